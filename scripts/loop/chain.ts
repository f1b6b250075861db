import { backboneLink, scratchLink } from '#core/chain/chain.ts';
import type { ChainLink } from '#core/chain/chain-link.ts';
import { MODEL_NAMES } from '#core/chain/models.ts';

/** How rounds are called on the command line. */
export const CHAIN_WORDS = ['live', 'frozen', 'tuned', 'noisy-head', ...MODEL_NAMES] as const;
export type ChainWord = (typeof CHAIN_WORDS)[number];

/** Teachers of one model from scratch answer together where nothing else is asked (LEARN-9). */
const TEACHERS = 3;

/** Rounds by their words: what stands first teaches, the others learn in turn. */
export function readChain(
  words: readonly (readonly ChainWord[])[],
  at: { backbones: readonly { backboneId: string; side: number }[]; side: number },
): ChainLink[] {
  const needs = words.flat().some((word) => !isModel(word));
  if (needs && at.backbones.length === 0)
    throw new Error('This chain needs a backbone: name one with --backbone, or leave --scratch out.');
  return words.flatMap((round, position) => {
    const role = position === 0 ? 'teacher' : 'student';
    if (role === 'student' && round.length > 1)
      throw new Error('Only teachers answer together: name one student a round.');
    return round.flatMap((word): ChainLink[] => {
      if (isModel(word))
        return [scratchLink(role, word, at.side, role === 'teacher' && round.length === 1 ? TEACHERS : 1)];
      const kind = word === 'tuned' ? 'fine-tuned' : word;
      const bodies = role === 'teacher' ? at.backbones : at.backbones.slice(0, 1);
      return bodies.map((body) => backboneLink(role, kind, body));
    });
  });
}

const isModel = (word: ChainWord): word is (typeof MODEL_NAMES)[number] =>
  (MODEL_NAMES as readonly string[]).includes(word);
