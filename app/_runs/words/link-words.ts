import { isDistillationWithNoise } from '#core/chain/chain.ts';
import type { ChainLink } from '#core/chain/chain-link.ts';
import { MODEL_WORDS } from '#core/chain/models.ts';
import type { Translate } from '#core/text/text.ts';

/** What learns in a link of a chain: a head on a backbone, nets from scratch. */
function subjectOf(
  t: Translate,
  { kind, model, backboneId, members, tunedShare }: ChainLink,
  names: ReadonlyMap<string, string>,
): string {
  const backbone = names.get(backboneId ?? '') ?? t('run.aBackbone');
  if (kind === 'scratch') {
    const net = model ? MODEL_WORDS[model] : t('run.link.net');
    return members > 1 ? t('run.link.nets', { count: members, net }) : t('run.link.scratch', { net });
  }
  if (kind === 'fine-tuned') return t(tunedShare < 1 ? 'run.link.partTuned' : 'run.link.tuned', { backbone });
  return t(`run.link.${kind}`, { backbone });
}

/** One phrase a round: "a head on MobileNetV2 teaches at 224 px", "S from scratch learns at 64 px (distillation …)". */
export const describeLinks = (
  t: Translate,
  chain: readonly ChainLink[],
  names: ReadonlyMap<string, string>,
): string[] =>
  chain.map((link) => {
    const subject = subjectOf(t, link, names);
    const phrase = t(`run.link.does.${link.role}`, { subject, members: link.members, side: link.side });
    return isDistillationWithNoise(chain, link) ? t('run.link.withNoise', { phrase }) : phrase;
  });

/** The chain in one line, as lists of runs show it: "MobileNetV2 → S → M". */
export const linkLine = (t: Translate, chain: readonly ChainLink[], names: ReadonlyMap<string, string>): string =>
  chain
    .map(({ backboneId, kind, members, model }) => {
      const backbone = names.get(backboneId ?? '') ?? t('run.link.backbone');
      const own = model ? MODEL_WORDS[model] : kind === 'noisy-head' ? t('run.link.noisyHead') : backbone;
      return members > 1 ? `${members} × ${own}` : own;
    })
    .join(' → ');
