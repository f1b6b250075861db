'use client';
import { ChartSpline, GitCompareArrows, X } from 'lucide-react';
import Link from 'next/link';
import { useState } from 'react';
import { OVERLAY_MOST } from '#core/book/limits.ts';
import { runTitle } from '#core/book/run-book.ts';
import { speakingRound } from '#core/book/book-table.ts';
import type { BookRun } from '#core/book/book-table.ts';
import { differingSettings } from '#core/book/settings.ts';
import type { SettingNames } from '#core/book/settings.ts';
import { plural } from '../../../_lib/format.ts';
import { projectHref } from '../../../_shell/nav.ts';
import { useProject } from '../../../_shell/project.tsx';
import { Button } from '../../../_ui/form/button.tsx';
import { Panel } from '../../../_ui/panel.tsx';
import { Table, Td, Th, Tr } from '../../../_ui/table.tsx';

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
  const { project } = useProject();
  const [open, setOpen] = useState(false);
  const overlaid = runs.slice(0, OVERLAY_MOST).map(({ id }) => id);
  const pair = runs.length === 2 ? runs.map(speakingRound) : [];
  const [first, second] = [pair[1]?.id, pair[0]?.id];
  return (
    <section aria-label="Chosen runs" className="space-y-3">
      <div className="flex flex-wrap items-center gap-2">
        <span className="text-sm font-medium" role="status">
          {plural(runs.length, 'run')} chosen
        </span>
        <Button asChild size="sm">
          <Link href={projectHref(project.id, `runs/curves?runs=${overlaid.join(',')}`)}>
            <ChartSpline size={13} aria-hidden /> Curves
          </Link>
        </Button>
        {runs.length > 1 && (
          <Button size="sm" aria-expanded={open} onClick={() => setOpen(!open)}>
            Settings that differ
          </Button>
        )}
        {first !== undefined && second !== undefined && (
          <Button asChild size="sm">
            <Link href={projectHref(project.id, `runs/compare?first=${first}&second=${second}`)}>
              <GitCompareArrows size={13} aria-hidden /> Compare on the same images
            </Link>
          </Button>
        )}
        <Button size="sm" variant="ghost" icon={<X size={13} aria-hidden />} onClick={onClear}>
          Choose none
        </Button>
      </div>
      {open && runs.length > 1 && <Differences runs={runs.slice(0, BESIDE_MOST)} names={names} all={runs.length} />}
    </section>
  );
}

/** A row a setting in which they differ, a column a run. */
function Differences({ runs, names, all }: { runs: readonly BookRun[]; names: SettingNames; all: number }) {
  const rows = differingSettings(
    runs.map(({ config }) => config),
    names,
  );
  if (rows.length === 0)
    return (
      <p className="text-sm text-muted" role="status">
        Their settings are alike; what differs is the labels that they learned from.
      </p>
    );
  return (
    <Panel
      title="Settings that differ"
      {...(all > runs.length ? { description: `Of the first ${runs.length}.` } : {})}
      flush
    >
      <Table label="Settings that differ">
        <thead>
          <tr>
            <Th>Setting</Th>
            {runs.map((run) => (
              <Th key={run.id}>{runTitle(run)}</Th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ key, name, values }) => (
            <Tr key={key}>
              <Td className="font-medium">{name}</Td>
              {values.map((one, at) => (
                <Td key={at}>{one?.value ?? <span className="text-faint">–</span>}</Td>
              ))}
            </Tr>
          ))}
        </tbody>
      </Table>
    </Panel>
  );
}
