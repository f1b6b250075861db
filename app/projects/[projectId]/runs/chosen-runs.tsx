'use client';
import { ChartSpline, GitCompareArrows, X } from 'lucide-react';
import Link from 'next/link';
import { useState } from 'react';
import { OVERLAY_MOST } from '#core/book/limits.ts';
import { speakingRound } from '#core/book/book-table.ts';
import type { BookRun } from '#core/book/book-table.ts';
import { differingSettings } from '#core/book/settings.ts';
import type { SettingNames } from '#core/book/settings.ts';
import { useText } from '../../../_text/text.tsx';
import { projectHref } from '../../../_shell/nav.ts';
import { useProject } from '../../../_shell/project.tsx';
import { Button } from '../../../_ui/form/button.tsx';
import { Panel } from '../../../_ui/panel.tsx';
import { Table, Td, Th, Tr } from '../../../_ui/table.tsx';
import { settingName, settingValue } from '../../../_runs/words/setting-words.ts';
import { runWords } from '../../../_runs/words.tsx';

/** Most runs whose settings stand beside each other. */
const BESIDE_MOST = 12;

/** What can be done with the runs that were chosen: their curves, their settings, a pair on the same images. */
export function ChosenRuns({
  runs,
  names,
  onClear,
}: {
  runs: readonly BookRun[];
  names: SettingNames;
  onClear: () => void;
}) {
  const { t } = useText();
  const { project } = useProject();
  const [open, setOpen] = useState(false);
  const overlaid = runs.slice(0, OVERLAY_MOST).map(({ id }) => id);
  const pair = runs.length === 2 ? runs.map(speakingRound) : [];
  const [first, second] = [pair[1]?.id, pair[0]?.id];
  return (
    <section aria-label={t('runbook.chosen')} className="space-y-3">
      <div className="flex flex-wrap items-center gap-2">
        <span className="text-sm font-medium" role="status">
          {t('runbook.chosenCount', { count: runs.length })}
        </span>
        <Button asChild size="sm">
          <Link href={projectHref(project.id, `runs/curves?runs=${overlaid.join(',')}`)}>
            <ChartSpline size={13} aria-hidden /> {t('runbook.curves')}
          </Link>
        </Button>
        {runs.length > 1 && (
          <Button size="sm" aria-expanded={open} onClick={() => setOpen(!open)}>
            {t('runbook.differ')}
          </Button>
        )}
        {first !== undefined && second !== undefined && (
          <Button asChild size="sm">
            <Link href={projectHref(project.id, `runs/compare?first=${first}&second=${second}`)}>
              <GitCompareArrows size={13} aria-hidden /> {t('runbook.compare')}
            </Link>
          </Button>
        )}
        <Button size="sm" variant="ghost" icon={<X size={13} aria-hidden />} onClick={onClear}>
          {t('runbook.chooseNone')}
        </Button>
      </div>
      {open && runs.length > 1 && <Differences runs={runs.slice(0, BESIDE_MOST)} names={names} all={runs.length} />}
    </section>
  );
}

/** A row a setting in which they differ, a column a run. */
function Differences({ runs, names, all }: { runs: readonly BookRun[]; names: SettingNames; all: number }) {
  const text = useText();
  const { t } = text;
  const rows = differingSettings(
    runs.map(({ config }) => config),
    names,
  );
  if (rows.length === 0)
    return (
      <p className="text-sm text-muted" role="status">
        {t('runbook.alike')}
      </p>
    );
  return (
    <Panel
      title={t('runbook.differ')}
      {...(all > runs.length ? { description: t('runbook.ofFirst', { count: runs.length }) } : {})}
      flush
    >
      <Table label={t('runbook.differ')}>
        <thead>
          <tr>
            <Th>{t('runbook.setting')}</Th>
            {runs.map((run) => (
              <Th key={run.id}>{runWords(t, run)}</Th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <Tr key={row.key}>
              <Td className="font-medium">{settingName(text, row, names)}</Td>
              {row.values.map((one, at) => (
                <Td key={at}>
                  {settingValue(t, one, runs[at]?.config, names) ?? <span className="text-faint">–</span>}
                </Td>
              ))}
            </Tr>
          ))}
        </tbody>
      </Table>
    </Panel>
  );
}
