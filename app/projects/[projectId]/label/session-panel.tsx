'use client';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useText } from '../../../_text/text.tsx';
import { useTRPC } from '../../../_lib/api.ts';
import { MISSING } from '../../../_lib/format.ts';
import { useProject } from '../../../_shell/project.tsx';
import { Progress } from '../../../_ui/progress.tsx';
import { Stat } from '../../../_ui/stat.tsx';
import { readPace, readSummaryInterval } from '../../../_labeling/hand/hand.ts';
import type { Done } from '../../../_labeling/hand/hand.ts';

/** How this session goes: calm figures, no race. */
export function SessionPanel({
  past,
  done,
  total,
  today,
}: {
  past: readonly Done[];
  done: number;
  total: number;
  today: number;
}) {
  const { t, format } = useText();
  const trpc = useTRPC();
  const { project } = useProject();
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 5000);
    return () => clearInterval(timer);
  }, []);
  const summary = useQuery(
    trpc.label.summary.queryOptions(
      { projectId: project.id },
      { refetchInterval: ({ state }) => readSummaryInterval(past, state.dataUpdatedAt) },
    ),
  );
  const pace = readPace(past, Math.max(now, past.at(-1)?.at ?? 0));
  const own = summary.data;
  return (
    <section aria-label={t('label.session')} className="space-y-4">
      <div className="grid grid-cols-2 gap-x-4 gap-y-3">
        <Stat label={t('label.thisSession')} value={format.number(pace.count)} />
        <Stat label={t('label.aMinute')} value={pace.perMinute === null ? MISSING : pace.perMinute.toFixed(0)} />
        <Stat label={t('label.lastDay')} value={format.number(today)} />
        <Stat
          label={t('label.agreement')}
          value={own && own.compared > 0 ? format.percent(own.agreed / own.compared, 0) : MISSING}
          note={own && own.compared > 0 ? t('label.agreementOn', { count: own.compared }) : t('label.agreementNone')}
        />
      </div>
      <Progress done={done} total={total} label={t('label.project')} noun={t('label.images')} still />
    </section>
  );
}
