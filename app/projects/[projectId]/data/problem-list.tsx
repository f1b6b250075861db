import { plural } from '../../../_lib/format.ts';
import type { FileProblem } from './upload.ts';

/** Files that were not taken, each with its reason. */
export function ProblemList({ problems, total }: { problems: readonly FileProblem[]; total: number }) {
  if (problems.length === 0) return null;
  return (
    <details className="rounded-md border border-line">
      <summary className="cursor-pointer px-3 py-2 text-sm">
        {plural(total, 'file was', 'files were')} not taken. Why?
      </summary>
      <ul
        className="max-h-64 divide-y divide-line overflow-y-auto border-t border-line"
        tabIndex={0}
        aria-label="Files that were not taken"
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
