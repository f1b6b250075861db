'use client';
import { useProject } from '../../../../_shell/project.tsx';
import { Page } from '../../../../_ui/panel.tsx';
import { EmptyState } from '../../../../_ui/states.tsx';
import { CardPanel } from './card-panel.tsx';
import { LabelsPanel } from './labels-panel.tsx';
import { ModelsPanel } from './models-panel.tsx';

export function ExportsPage() {
  const { may } = useProject();
  if (!may('export:read'))
    return (
      <EmptyState isPage title="Leads take data and models out">
        Ask a lead for a copy.
      </EmptyState>
    );
  return (
    <Page
      title="Export"
      description="Labels and models in forms that other tools load. Each download is written down under Activity."
    >
      <div className="space-y-5">
        <LabelsPanel />
        <ModelsPanel />
        <CardPanel />
      </div>
    </Page>
  );
}
