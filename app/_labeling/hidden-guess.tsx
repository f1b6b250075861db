'use client';
import { useProject } from '../_shell/project.tsx';

/** Why a model's answer is not shown to somebody who is no lead. */
export function useHiddenWords(): string {
  const { project } = useProject();
  return project.settings.guess === 'never'
    ? 'This project keeps the model’s answers to its leads.'
    : 'The model’s answer is shown after yours.';
}

/** Stands where a model's answer would. */
export function HiddenGuess() {
  const words = useHiddenWords();
  return (
    <span title={words} className="text-faint">
      <span aria-hidden>—</span>
      <span className="sr-only">{words}</span>
    </span>
  );
}
