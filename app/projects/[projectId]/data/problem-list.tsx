import { plural } from '../../../_lib/format.ts';
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
  if (problems.length === 0) return null;
  return (
    <details className="rounded-md border border-line">
      <summary className="cursor-pointer px-3 py-2 text-sm">
        {areTaken
          ? `Of ${plural(total, 'file that was taken', 'files that were taken')}`
          : `${plural(total, 'file was', 'files were')} not taken. Why?`}
      </summary>
      <ul
        className="max-h-64 divide-y divide-line overflow-y-auto border-t border-line"
        tabIndex={0}
        aria-label={areTaken ? 'Files that were taken' : 'Files that were not taken'}
      >
        {problems.map((problem, index) => (
          <li key={`${index}${problem.file}`} className="px-3 py-1.5 text-xs">
            <span className="font-mono break-all">{problem.file}</span>
            <span className="block text-muted">{problem.message}</span>
          </li>
        ))}
      </ul>
      {total > problems.length && (
        <p className="border-t border-line px-3 py-1.5 text-xs text-muted">The first {problems.length} are listed.</p>
      )}
    </details>
  );
}
