'use client';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import Link from 'next/link';
import { adviseLookAlikes } from '#core/image/look-alikes.ts';
import { adviseSplits } from '#core/run/run-advice.ts';
import { useText } from '../../../_text/text.tsx';
import { useTRPC } from '../../../_lib/api.ts';
import { useEvent } from '../../../_lib/socket.ts';
import { projectHref } from '../../../_shell/nav.ts';
import { useProject } from '../../../_shell/project.tsx';
import { Button } from '../../../_ui/form/button.tsx';
import { Notice } from '../../../_ui/states.tsx';

/**
 * What the data that came in leaves to be mended before a figure can be trusted: look-alikes across splits and, after
 * an import with labels, classes that nothing measures.
 */
export function ImportAdvice() {
  const { t } = useText();
  const { project } = useProject();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const key = { projectId: project.id };
  const imports = useQuery(trpc.image.imports.queryOptions(key));
  const counts = useQuery(trpc.image.lookAlikeCounts.queryOptions(key));
  const readiness = useQuery(trpc.run.readiness.queryOptions(key));
  useEvent('import:ended', () => {
    void queryClient.invalidateQueries(trpc.image.lookAlikeCounts.queryFilter(key));
    void queryClient.invalidateQueries(trpc.run.readiness.queryFilter(key));
  });
  const newest = imports.data?.[0];
  if (newest === undefined || newest.status === 'running') return null;
  const alike = counts.data ? adviseLookAlikes(t, counts.data) : null;
  const unmeasured = newest.labeled > 0 && readiness.data ? adviseSplits(t, readiness.data.classes) : [];
  if (alike === null && unmeasured.length === 0) return null;
  return (
    <section aria-label={t('data.beforeTrust')} className="space-y-2">
      {alike !== null && (
        <Notice
          tone={alike.many ? 'neutral' : 'warn'}
          action={
            <Button asChild size="sm">
              <Link href={projectHref(project.id, 'data/look-alikes')}>{t('data.lookAtPairs')}</Link>
            </Button>
          }
        >
          {alike.text}
        </Notice>
      )}
      {unmeasured.map((sentence) => (
        <Notice key={sentence} tone="warn">
          {sentence}
        </Notice>
      ))}
    </section>
  );
}
