import { findingOf, VALIDATION_WANTED } from '#core/math/finding.ts';
import type { Paired, Standings } from '#core/round/verdict.ts';
import type { Translate } from '#core/text/text.ts';

/** Without a plus: "8.2", "−1.0". */
const signed = (share: number): string => {
  const text = Math.abs(share * 100).toFixed(1);
  return share < 0 && text !== '0.0' ? `−${text}` : text;
};

function oneWords(t: Translate, paired: Paired, other: string): string {
  const points = Math.abs(paired.difference * 100).toFixed(1);
  const [low, high] = [signed(paired.interval[0]), signed(paired.interval[1])];
  const what =
    points === '0.0'
      ? t('run.standing.level', { other, low, high })
      : t(paired.difference < 0 ? 'run.standing.below' : 'run.standing.above', { points, other, low, high });
  return t(`run.standing.surely.${findingOf(paired)}`, { what });
}

/**
 * What `sayStandings` says in a verdict, as pages say it: a round beside others, without its full stop; null
 * where nothing was compared.
 */
export function pairedWords(t: Translate, pairs: readonly (readonly [Paired | null, string])[]): string | null {
  const known = pairs.flatMap(([paired, other]) => (paired && paired.n > 0 ? [{ paired, other }] : []));
  if (known.length === 0) return null;
  const values = {
    sizes: known.map(({ paired, other }) => oneWords(t, paired, other)).join('; '),
    intervals: known.length,
    count: Math.min(...known.map(({ paired }) => paired.n)),
  };
  return known.some(({ paired }) => findingOf(paired) === 'few')
    ? t('run.standing.allFew', { ...values, wanted: VALIDATION_WANTED })
    : t('run.standing.all', values);
}

/** The same of what a round was judged by. */
export const standingWords = (t: Translate, { teacher, control }: Standings): string | null =>
  pairedWords(t, [
    [teacher, t('run.standing.itsTeacher')],
    [control, t('run.standing.itsControl')],
  ]);
