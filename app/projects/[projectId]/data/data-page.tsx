'use client';
import { DrawValidation } from '../../../_labeling/draw-validation.tsx';
import { useText } from '../../../_text/text.tsx';
import { useProject } from '../../../_shell/project.tsx';
import { Page } from '../../../_ui/panel.tsx';
import { EmptyState } from '../../../_ui/states.tsx';
import { FeaturesPanel } from './features-panel.tsx';
import { ImportAdvice } from './import-advice.tsx';
import { ImportList } from './import-list.tsx';
import { UploadPanel } from './upload-panel.tsx';

export function DataPage() {
  const { t } = useText();
  const { may } = useProject();
  if (!may('image:import'))
    return (
      <EmptyState isPage title={t('data.leadsBring')}>
        {t('data.askLead')}
      </EmptyState>
    );
  return (
    <Page title={t('shell.nav.data')} description={t('data.description')}>
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
