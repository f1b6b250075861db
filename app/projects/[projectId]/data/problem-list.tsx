import { useText } from '../../../_text/text.tsx';
import { readSaid } from '../../../_lib/error.ts';
import type { FileProblem } from './upload.ts';

/** Files that were not taken, each with its reason; or what is to be said of those that were. */
export function ProblemList({
  problems,
  total,
  areTaken = false,
}: {
  problems: readonly FileProblem[];
  total: number;
  areTaken?: boolean;
}) {
  const { t } = useText();
  if (problems.length === 0) return null;
  return (
    <details className="rounded-md border border-line">
      <summary className="cursor-pointer px-3 py-2 text-sm">
        {areTaken ? t('data.ofTaken', { total }) : t('data.whyNot', { total })}
      </summary>
      <ul
        className="max-h-64 divide-y divide-line overflow-y-auto border-t border-line"
        tabIndex={0}
        aria-label={t(areTaken ? 'data.filesTaken' : 'data.filesNotTaken')}
      >
        {problems.map((problem, index) => (
          <li key={`${index}${problem.file}`} className="px-3 py-1.5 text-xs">
            <span className="font-mono break-all">{problem.file}</span>
            <span className="block text-muted">{readSaid(problem.said, problem.message)}</span>
          </li>
        ))}
      </ul>
      {total > problems.length && (
        <p className="border-t border-line px-3 py-1.5 text-xs text-muted">
          {t('data.firstListed', { count: problems.length })}
        </p>
      )}
    </details>
  );
}
