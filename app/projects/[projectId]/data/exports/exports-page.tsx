'use client';
import { useText } from '../../../../_text/text.tsx';
import { useProject } from '../../../../_shell/project.tsx';
import { Page } from '../../../../_ui/panel.tsx';
import { EmptyState } from '../../../../_ui/states.tsx';
import { CardPanel } from './card-panel.tsx';
import { LabelsPanel } from './labels-panel.tsx';
import { ModelsPanel } from './models-panel.tsx';

export function ExportsPage() {
  const { t } = useText();
  const { may } = useProject();
  if (!may('export:read'))
    return (
      <EmptyState isPage title={t('exports.leadsTake')}>
        {t('exports.askForCopy')}
      </EmptyState>
    );
  return (
    <Page title={t('data.export')} description={t('exports.description')}>
      <div className="space-y-5">
        <LabelsPanel />
        <ModelsPanel />
        <CardPanel />
      </div>
    </Page>
  );
}
