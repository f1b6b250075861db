/** A chain in words: on the card that starts a run, on its page, on the command line. */
import { isDistillationWithNoise } from './chain.ts';
import type { ChainLink } from './chain-link.ts';
import { MODEL_WORDS } from './models.ts';

/** @param names of backbones, by id; one that is not there any more is called a backbone. */
function subjectOf(
  { kind, model, backboneId, members, tunedShare }: ChainLink,
  names: ReadonlyMap<string, string>,
): string {
  const backbone = names.get(backboneId ?? '') ?? 'a backbone';
  switch (kind) {
    case 'live':
      return `the live teacher on ${backbone}`;
    case 'frozen':
      return `a head on ${backbone}`;
    case 'noisy-head':
      return `a noisy head on ${backbone}`;
    case 'fine-tuned':
      return tunedShare < 1 ? `${backbone}, its last part tuned` : `${backbone}, fine-tuned`;
    case 'scratch': {
      const net = model ? MODEL_WORDS[model] : 'a net';
      return members > 1 ? `${members} nets ${net} from scratch` : `${net} from scratch`;
    }
  }
}

/** One phrase a round: "a head on MobileNetV2 teaches at 224 px", "S from scratch learns at 64 px (distillation …)". */
export function describeChain(chain: readonly ChainLink[], names: ReadonlyMap<string, string>): string[] {
  return chain.map((link) => {
    const verb = { teacher: link.members > 1 ? 'teach' : 'teaches', student: 'learns', distilled: 'is distilled' }[
      link.role
    ];
    const noise = isDistillationWithNoise(chain, link) ? ', by distillation with noise' : '';
    return `${subjectOf(link, names)} ${verb} at ${link.side} px${noise}`;
  });
}

/** The chain in one line, as lists of runs show it: "MobileNetV2 → S → M". */
export const chainLine = (chain: readonly ChainLink[], names: ReadonlyMap<string, string>): string =>
  chain
    .map((link) => {
      const backbone = names.get(link.backboneId ?? '') ?? 'backbone';
      const own = link.model ? MODEL_WORDS[link.model] : link.kind === 'noisy-head' ? 'noisy head' : backbone;
      return link.members > 1 ? `${link.members} × ${own}` : own;
    })
    .join(' → ');
