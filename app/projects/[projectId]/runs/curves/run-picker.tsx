'use client';
import { Plus, X } from 'lucide-react';
import { useState } from 'react';
import { searchRuns } from '#core/book/book-table.ts';
import type { BookRun } from '#core/book/book-table.ts';
import { OVERLAY_MOST } from '#core/book/limits.ts';
import { useText } from '../../../../_text/text.tsx';
import { Button } from '../../../../_ui/form/button.tsx';
import { Input } from '../../../../_ui/form/field.tsx';
import { Checkbox } from '../../../../_ui/form/toggles.tsx';
import { Popover } from '../../../../_ui/menu.tsx';
import { runWords } from '../../../../_runs/words.tsx';

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
  const { t } = useText();
  const [search, setSearch] = useState('');
  const full = chosen.length >= OVERLAY_MOST;
  const offered = searchRuns(runs, search, (run) => runWords(t, run))
    .filter(({ rounds }) => rounds.length > 0)
    .slice(0, OFFERED);
  return (
    <section aria-label={t('runcurves.shown')} className="flex flex-wrap items-center gap-1.5">
      {chosen.map((id) => {
        const run = runs.find((one) => one.id === id);
        const title = run ? runWords(t, run) : t('runcurves.gone');
        return (
          <Button
            key={id}
            size="sm"
            aria-label={t('runcurves.takeOff', { run: title })}
            onClick={() => onChosen(chosen.filter((one) => one !== id))}
          >
            <span className="max-w-52 truncate">{title}</span>
            <X size={12} aria-hidden />
          </Button>
        );
      })}
      <Popover
        label={t('runcurves.chooseRuns')}
        className="max-h-[60dvh] w-80 max-w-[90vw] overflow-y-auto"
        trigger={
          <Button size="sm" variant="ghost" icon={<Plus size={13} aria-hidden />}>
            {t('runcurves.run')}
          </Button>
        }
      >
        <div className="space-y-2">
          <Input
            type="search"
            aria-label={t('runcurves.find')}
            placeholder={t('runcurves.findHint')}
            value={search}
            onChange={(event) => setSearch(event.target.value)}
          />
          {full && <p className="text-xs text-muted">{t('runcurves.full')}</p>}
          <ul className="space-y-1.5">
            {offered.map((run) => (
              <li key={run.id}>
                <Checkbox
                  label={runWords(t, run)}
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
