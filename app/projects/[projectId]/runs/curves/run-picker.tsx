'use client';
import { Plus, X } from 'lucide-react';
import { useState } from 'react';
import { runTitle } from '#core/book/run-book.ts';
import { searchRuns } from '#core/book/book-table.ts';
import type { BookRun } from '#core/book/book-table.ts';
import { OVERLAY_MOST } from '#core/book/limits.ts';
import { Button } from '../../../../_ui/form/button.tsx';
import { Input } from '../../../../_ui/form/field.tsx';
import { Checkbox } from '../../../../_ui/form/toggles.tsx';
import { Popover } from '../../../../_ui/menu.tsx';

/** Rows of the list; the search finds the others. */
const OFFERED = 40;

/** Which runs are laid over each other: each as a chip that can be taken off, others by a search. */
export function RunPicker({
  runs,
  chosen,
  onChosen,
}: {
  runs: readonly BookRun[];
  chosen: readonly string[];
  onChosen: (ids: readonly string[]) => void;
}) {
  const [search, setSearch] = useState('');
  const full = chosen.length >= OVERLAY_MOST;
  const offered = searchRuns(runs, search)
    .filter(({ rounds }) => rounds.length > 0)
    .slice(0, OFFERED);
  return (
    <section aria-label="Runs shown" className="flex flex-wrap items-center gap-1.5">
      {chosen.map((id) => {
        const run = runs.find((one) => one.id === id);
        const title = run ? runTitle(run) : 'A run that is gone';
        return (
          <Button
            key={id}
            size="sm"
            aria-label={`Take ${title} off`}
            onClick={() => onChosen(chosen.filter((one) => one !== id))}
          >
            <span className="max-w-52 truncate">{title}</span>
            <X size={12} aria-hidden />
          </Button>
        );
      })}
      <Popover
        label="Choose runs"
        className="max-h-[60dvh] w-80 max-w-[90vw] overflow-y-auto"
        trigger={
          <Button size="sm" variant="ghost" icon={<Plus size={13} aria-hidden />}>
            Run
          </Button>
        }
      >
        <div className="space-y-2">
          <Input
            type="search"
            aria-label="Find runs"
            placeholder="Number, name, tag, person"
            value={search}
            onChange={(event) => setSearch(event.target.value)}
          />
          {full && <p className="text-xs text-muted">Twenty runs are shown, as many as one picture holds.</p>}
          <ul className="space-y-1.5">
            {offered.map((run) => (
              <li key={run.id}>
                <Checkbox
                  label={runTitle(run)}
                  checked={chosen.includes(run.id)}
                  disabled={full && !chosen.includes(run.id)}
                  onChange={(on) => onChosen(on ? [...chosen, run.id] : chosen.filter((id) => id !== run.id))}
                />
              </li>
            ))}
          </ul>
        </div>
      </Popover>
    </section>
  );
}
