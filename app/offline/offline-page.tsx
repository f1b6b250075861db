'use client';
import { useEffect, useState } from 'react';
import type { Language } from '#core/text/languages.ts';
import type { Catalogue } from '#core/text/text.ts';
import { TextProvider, useText } from '../_text/text.tsx';
import type { Outputs } from '../_lib/api.ts';
import { openOutboxStore } from '../_labeling/outbox/outbox-store.ts';
import { listOffline } from '../_offline/store.ts';
import { AuthFrame } from '../_people/auth-frame.tsx';
import { projectHref } from '../_shell/nav.ts';
import { Button } from '../_ui/form/button.tsx';

type Project = Outputs['project']['get'];

interface Unsent {
  project: Project;
  unsent: number;
}

async function readWaiting(): Promise<Unsent[]> {
  const projects = await listOffline<Project>('answer/project.get/');
  return Promise.all(
    projects.map(async (project) => ({
      project,
      unsent: (
        await openOutboxStore(project.id, project.me.memberId)
          .list()
          .catch(() => [])
      ).length,
    })),
  );
}

/**
 * What opens when a page does not: what waits to be sent, and where work can go on. No server answers here, so it
 * brings its texts in every language.
 */
export function OfflinePage({ texts }: { texts: Readonly<Record<string, Catalogue>> }) {
  const [chosen, setChosen] = useState<Language | null>(null);
  const waiting = <Waiting onLanguage={setChosen} />;
  useEffect(() => {
    if (chosen !== null) document.documentElement.lang = chosen;
  }, [chosen]);
  if (chosen === null) return waiting;
  return (
    <TextProvider language={chosen} catalogue={texts[chosen] ?? {}}>
      {waiting}
    </TextProvider>
  );
}

function Waiting({ onLanguage }: { onLanguage: (language: Language) => void }) {
  const { t } = useText();
  const [waiting, setWaiting] = useState<Unsent[]>([]);
  useEffect(() => {
    void readWaiting().then(setWaiting);
    const back = () => window.location.reload();
    window.addEventListener('online', back);
    return () => window.removeEventListener('online', back);
  }, []);
  const unsent = waiting.reduce((sum, one) => sum + one.unsent, 0);
  return (
    <AuthFrame
      onLanguage={onLanguage}
      title={t('common.noConnection')}
      description={unsent === 0 ? t('common.nothingUnsent') : t('common.unsentHere', { count: unsent })}
    >
      <ul className="space-y-3">
        {waiting.map(({ project, unsent: here }) => (
          <li key={project.id} className="space-y-2">
            <p className="flex justify-between gap-3 text-sm">
              <span className="truncate font-medium">{project.name}</span>
              {here > 0 && <span className="shrink-0 text-muted tabular">{t('common.unsent', { count: here })}</span>}
            </p>
            {/* Plain links: the worker opens what it has kept. */}
            <div className="flex gap-2">
              <Button asChild variant="primary" size="lg" className="flex-1">
                <a href={projectHref(project.id, 'label')}>{t('common.goOnLabeling')}</a>
              </Button>
              <Button asChild size="lg" className="flex-1">
                <a href={projectHref(project.id, 'review')}>{t('common.review')}</a>
              </Button>
            </div>
          </li>
        ))}
      </ul>
      <Button className="mt-4 w-full" size="lg" onClick={() => window.location.reload()}>
        {t('common.tryAgain')}
      </Button>
    </AuthFrame>
  );
}
