'use client';
import { useText } from '../../../_text/text.tsx';
import { useProject } from '../../../_shell/project.tsx';
import { Page } from '../../../_ui/panel.tsx';
import { EmptyState } from '../../../_ui/states.tsx';
import { AugmentationPanel } from './augmentation-panel.tsx';
import { ClassesPanel } from './classes-panel.tsx';
import { DangerPanel } from './danger-panel.tsx';
import { GeneralPanel } from './general-panel.tsx';
import { LabelingPanel } from './labeling-panel.tsx';

const SECTIONS = ['general', 'classes', 'labeling', 'augmentation', 'end'] as const;

export function SettingsPage() {
  const { t } = useText();
  const { may } = useProject();
  if (!may('project:update'))
    return (
      <EmptyState isPage title={t('settings.leadsSet')}>
        {t('settings.askLead')}
      </EmptyState>
    );
  return (
    <Page title={t('shell.nav.settings')} description={t('settings.everything')}>
      <div className="gap-10 lg:grid lg:grid-cols-[10rem_minmax(0,48rem)]">
        <nav aria-label={t('shell.nav.settings')} className="max-lg:hidden">
          <ul className="sticky top-16 space-y-px">
            {SECTIONS.map((id) => (
              <li key={id}>
                <a
                  href={`#${id}`}
                  className="block rounded-md px-2 py-1 text-sm text-muted hover:bg-hover hover:text-ink"
                >
                  {t(`settings.section.${id}`)}
                </a>
              </li>
            ))}
          </ul>
        </nav>
        <div className="space-y-5 [&>*]:scroll-mt-16">
          <div id="general">
            <GeneralPanel />
          </div>
          <div id="classes">
            <ClassesPanel />
          </div>
          <div id="labeling">
            <LabelingPanel />
          </div>
          <div id="augmentation">
            <AugmentationPanel />
          </div>
          <div id="end">
            <DangerPanel />
          </div>
        </div>
      </div>
    </Page>
  );
}
