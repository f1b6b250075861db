import type { RoundPlace } from '#core/run/run.ts';
import type { Translate } from '#core/text/text.ts';

/** How a round is called within a sentence: "teacher", "student 2". */
export function roundWords(t: Translate, { index, role, member }: RoundPlace): string {
  if (role === 'distilled') return t('hand.round.distilled');
  if (role !== 'teacher') return t(`hand.round.${role}`, { number: index });
  return member === 0 ? t('hand.round.teacher') : t('hand.round.teacherMore', { number: member + 1 });
}
