'use client';
import { useProject } from '../../../_shell/project.tsx';
import { Page } from '../../../_ui/panel.tsx';
import { EmptyState } from '../../../_ui/states.tsx';
import { AugmentationPanel } from './augmentation-panel.tsx';
import { ClassesPanel } from './classes-panel.tsx';
import { DangerPanel } from './danger-panel.tsx';
import { GeneralPanel } from './general-panel.tsx';
import { LabelingPanel } from './labeling-panel.tsx';

const SECTIONS = [
  ['general', 'General'],
  ['classes', 'Classes'],
  ['labeling', 'Labeling'],
  ['augmentation', 'Augmentation'],
  ['end', 'Pause, archive, delete'],
] as const;

export function SettingsPage() {
  const { may } = useProject();
  if (!may('project:update'))
    return (
      <EmptyState isPage title="Leads set up the project">
        Ask a lead to change its settings.
      </EmptyState>
    );
  return (
    <Page
      title="Settings"
      description="Everything may be changed at any time. Texts are saved with their button, all else at once."
    >
      <div className="gap-10 lg:grid lg:grid-cols-[10rem_minmax(0,48rem)]">
        <nav aria-label="Settings" className="max-lg:hidden">
          <ul className="sticky top-16 space-y-px">
            {SECTIONS.map(([id, label]) => (
              <li key={id}>
                <a
                  href={`#${id}`}
                  className="block rounded-md px-2 py-1 text-sm text-muted hover:bg-hover hover:text-ink"
                >
                  {label}
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
