'use client';
import { DrawValidation } from '../../../_labeling/draw-validation.tsx';
import { useProject } from '../../../_shell/project.tsx';
import { Page } from '../../../_ui/panel.tsx';
import { EmptyState } from '../../../_ui/states.tsx';
import { FeaturesPanel } from './features-panel.tsx';
import { ImportAdvice } from './import-advice.tsx';
import { ImportList } from './import-list.tsx';
import { UploadPanel } from './upload-panel.tsx';

export function DataPage() {
  const { may } = useProject();
  if (!may('image:import'))
    return (
      <EmptyState isPage title="Leads bring in the data">
        Ask a lead to add images; they appear here for everyone to label.
      </EmptyState>
    );
  return (
    <Page
      title="Data"
      description={
        'Images come in here. Each is decoded and stored anew, turned upright, and taken once however ' +
        'often it is sent.'
      }
    >
      <div className="space-y-5">
        <UploadPanel />
        <FeaturesPanel />
        <DrawValidation />
        <ImportAdvice />
        <ImportList />
      </div>
    </Page>
  );
}
