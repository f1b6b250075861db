'use client';
import { Download } from 'lucide-react';
import { useEffect, useState } from 'react';
import { formatCsvRow } from '#core/formats/csv.ts';
import { saveFile } from '../../../_lib/clipboard.ts';
import { cn } from '../../../_lib/cn.ts';
import { useText } from '../../../_text/text.tsx';
import { useProject } from '../../../_shell/project.tsx';
import { ClassBadge } from '../../../_ui/class-badge.tsx';
import { Button } from '../../../_ui/form/button.tsx';
import { Panel } from '../../../_ui/panel.tsx';
import { askPicture } from './ask.ts';
import type { Answer, Picture } from './ask.ts';

/** Pictures asked at once. */
const SIDE_BY_SIDE = 4;

type Result = Answer | { problem: string };

/** Asks all of them, a few at a time, and gives the results as they come. */
function useManyAnswers(projectId: string, roundId: string | null, pictures: readonly Picture[]) {
  const [results, setResults] = useState<ReadonlyMap<string, Result>>(new Map());
  useEffect(() => {
    const control = new AbortController();
    const queue = [...pictures];
    const keep = (id: string, result: Result) =>
      !control.signal.aborted && setResults((before) => new Map(before).set(id, result));
    const work = async (): Promise<void> => {
      for (let picture = queue.shift(); picture && !control.signal.aborted; picture = queue.shift()) {
        const { id, blob } = picture;
        await askPicture({ projectId, roundId, blob }, control.signal).then(
          (answer) => answer && keep(id, answer),
          (error: unknown) => keep(id, { problem: error instanceof Error ? error.message : String(error) }),
        );
      }
    };
    for (let i = 0; i < SIDE_BY_SIDE; i += 1) void work();
    return () => control.abort();
  }, [projectId, roundId, pictures]);
  return results;
}

const toCsv = (pictures: readonly Picture[], results: ReadonlyMap<string, Result>): string =>
  [
    formatCsvRow(['file', 'class', 'probability', 'problem']),
    ...pictures.flatMap(({ id, name }) => {
      const result = results.get(id);
      if (!result) return [];
      if ('problem' in result) return [formatCsvRow([name, '', '', result.problem])];
      const [first] = result.classes;
      return [formatCsvRow([name, first?.name ?? '', first?.probability ?? 0, ''])];
    }),
  ].join('');

/** A folder's pictures, each with the likeliest class; one of them is looked at closely. */
export function ManyAnswers({
  roundId,
  pictures,
  current,
  onChoose,
}: {
  roundId: string | null;
  pictures: readonly Picture[];
  current: Picture | null;
  onChoose: (picture: Picture) => void;
}) {
  const { t } = useText();
  const { project } = useProject();
  const results = useManyAnswers(project.id, roundId, pictures);
  return (
    <Panel
      title={t('trying.count', { count: pictures.length })}
      description={
        <span role="status" className="tabular">
          {results.size < pictures.length
            ? t('trying.answered', { done: results.size, count: pictures.length })
            : t('trying.allAnswered')}
        </span>
      }
      actions={
        <Button
          size="sm"
          icon={<Download size={13} aria-hidden />}
          disabled={results.size === 0}
          onClick={() => saveFile('answers.csv', toCsv(pictures, results), 'text/csv')}
        >
          {'CSV'}
        </Button>
      }
    >
      <ul
        aria-label={t('trying.picturesAndClasses')}
        className="grid max-h-96 grid-cols-[repeat(auto-fill,minmax(7rem,1fr))] gap-2 overflow-y-auto"
      >
        {pictures.map((picture) => (
          <li key={picture.id}>
            <button
              type="button"
              aria-pressed={picture.id === current?.id}
              onClick={() => onChoose(picture)}
              className={cn(
                'block w-full rounded-md border p-1 text-left hover:bg-hover',
                picture.id === current?.id ? 'border-accent' : 'border-line',
              )}
            >
              <img src={picture.url} alt="" loading="lazy" className="aspect-square w-full rounded-sm object-contain" />
              <span className="mt-1 block truncate text-2xs text-muted">{picture.name}</span>
              <Likeliest result={results.get(picture.id)} />
            </button>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function Likeliest({ result }: { result: Result | undefined }) {
  const { format } = useText();
  const { classById } = useProject();
  if (!result) return <span className="block text-xs text-faint">…</span>;
  if ('problem' in result)
    return (
      <span className="block truncate text-xs text-bad" title={result.problem}>
        {result.problem}
      </span>
    );
  const [first] = result.classes;
  if (!first) return null;
  const look = classById.get(first.classId);
  return (
    <span className="flex items-center justify-between gap-1 text-xs">
      <span className="min-w-0 truncate">{look ? <ClassBadge look={look} size="sm" /> : first.name}</span>
      <span className="text-muted tabular">{format.percent(first.probability)}</span>
    </span>
  );
}
