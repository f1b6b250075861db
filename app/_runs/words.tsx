import {
  ArrowUpRight,
  Check,
  CircleAlert,
  CircleDashed,
  CircleX,
  Clock3,
  Minus,
  Pause,
  Play,
  Undo2,
} from 'lucide-react';
import type { ReactNode } from 'react';
import { VALIDATION_WANTED } from '#core/math/finding.ts';
import type { Finding } from '#core/math/finding.ts';
import { MODEL_WORDS as NET_WORDS } from '#core/chain/models.ts';
import { wordOfVerdict } from '#core/round/verdict.ts';
import type { Standings } from '#core/round/verdict.ts';
import type { RoundKind } from '#core/chain/chain-link.ts';
import type { Verdict } from '#core/run/learning.ts';
import type { ModelName } from '#core/chain/models.ts';
import type { RoundPlace, RunStatus } from '#core/run/run.ts';
import type { Translate } from '#core/text/text.ts';
import { roundWords } from '../_labeling/round-words.ts';
import { useText } from '../_text/text.tsx';
import { Badge } from '../_ui/badge.tsx';
import type { Tone } from '../_ui/badge.tsx';

/** "Run 3", or "Run 3 · weaker noise": how a run is called everywhere. */
export const runWords = (t: Translate, { number, name }: { number: number; name: string }): string =>
  name === '' ? t('shell.run', { number: String(number) }) : t('shell.runNamed', { number: String(number), name });

/** "Teacher", "Student 2": how a round is called where it stands by itself. */
export function roundTitle(t: Translate, round: RoundPlace): string {
  const words = roundWords(t, round);
  return `${words.slice(0, 1).toUpperCase()}${words.slice(1)}`;
}

const STATUS_LOOKS: Record<RunStatus, { tone: Tone; icon: ReactNode }> = {
  queued: { tone: 'neutral', icon: <Clock3 size={11} aria-hidden /> },
  training: { tone: 'accent', icon: <Play size={11} aria-hidden /> },
  'waiting-review': { tone: 'warn', icon: <CircleAlert size={11} aria-hidden /> },
  paused: { tone: 'warn', icon: <Pause size={11} aria-hidden /> },
  cancelled: { tone: 'neutral', icon: <Minus size={11} aria-hidden /> },
  failed: { tone: 'bad', icon: <CircleX size={11} aria-hidden /> },
  finished: { tone: 'good', icon: <Check size={11} aria-hidden /> },
};

export function RunStatusBadge({ status }: { status: RunStatus }) {
  const { t } = useText();
  return (
    <Badge tone={STATUS_LOOKS[status].tone} icon={STATUS_LOOKS[status].icon}>
      {t(`run.status.${status}`)}
    </Badge>
  );
}

/** What may be said of a round beside another one. */
export const findingWords = (t: Translate, finding: Finding): string =>
  finding === 'few' ? t('run.finding.few', { count: VALIDATION_WANTED }) : t(`run.finding.${finding}`);

/** What a round is, with its backbone's name: "S", "Head on MobileNetV2 (Open Images)". */
export function modelWords(
  t: Translate,
  { model, kind, backboneId }: { model: ModelName | 'backbone-head'; kind: RoundKind; backboneId: string | null },
  names: ReadonlyMap<string, string>,
): string {
  if (model !== 'backbone-head') return NET_WORDS[model];
  const backbone = names.get(backboneId ?? '') ?? t('run.aBackbone');
  return t(kind === 'fine-tuned' || kind === 'noisy-head' ? `run.model.${kind}` : 'run.model.head', { backbone });
}

const VERDICT_ICONS: Record<Verdict, ReactNode> = {
  accept: <ArrowUpRight size={11} aria-hidden />,
  hold: <CircleDashed size={11} aria-hidden />,
  'roll-back': <Undo2 size={11} aria-hidden />,
};

/** What was decided of a round, and what may be said of it: the one badge for it on every page. */
export function VerdictBadge({ verdict, standings }: { verdict: Verdict; standings: Standings }) {
  const { t } = useText();
  const { word, tone } = wordOfVerdict(verdict, standings);
  return (
    <Badge tone={tone} icon={VERDICT_ICONS[verdict]}>
      {t(`run.verdict.${word}`)}
    </Badge>
  );
}
