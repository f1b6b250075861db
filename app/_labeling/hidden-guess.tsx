'use client';
import { useText } from '../_text/text.tsx';
import { useProject } from '../_shell/project.tsx';

/** Why a model's answer is not shown to somebody who is no lead. */
export function useHiddenWords(): string {
  const { t } = useText();
  const { project } = useProject();
  return t(project.settings.guess === 'never' ? 'hand.hiddenNever' : 'hand.hiddenBefore');
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
