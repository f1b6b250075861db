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
import type { ReviewReason } from '#core/project/project.ts';
import type { RoundStage, RunStatus } from '#core/run/run.ts';
import { Badge } from '../_ui/badge.tsx';
import type { Tone } from '../_ui/badge.tsx';

/** How runs and rounds are called everywhere. */
export const STATUS_WORDS: Record<RunStatus, string> = {
  queued: 'Queued',
  training: 'Training',
  'waiting-review': 'Waits for people',
  paused: 'Paused',
  cancelled: 'Cancelled',
  failed: 'Failed',
  finished: 'Finished',
};
const STATUS_LOOKS: Record<RunStatus, { tone: Tone; icon: ReactNode }> = {
  queued: { tone: 'neutral', icon: <Clock3 size={11} aria-hidden /> },
  training: { tone: 'accent', icon: <Play size={11} aria-hidden /> },
  'waiting-review': { tone: 'warn', icon: <CircleAlert size={11} aria-hidden /> },
  paused: { tone: 'warn', icon: <Pause size={11} aria-hidden /> },
  cancelled: { tone: 'neutral', icon: <Minus size={11} aria-hidden /> },
  failed: { tone: 'bad', icon: <CircleX size={11} aria-hidden /> },
  finished: { tone: 'good', icon: <Check size={11} aria-hidden /> },
};

export const RunStatusBadge = ({ status }: { status: RunStatus }) => (
  <Badge tone={STATUS_LOOKS[status].tone} icon={STATUS_LOOKS[status].icon}>
    {STATUS_WORDS[status]}
  </Badge>
);

export const STAGE_WORDS: Record<RoundStage, string> = {
  waiting: 'waits',
  embedding: 'embedding images',
  predicting: 'predicting the pool',
  selecting: 'selecting pseudo-labels',
  training: 'training',
  evaluating: 'scoring validation',
  doubting: 'looking for wrong labels',
  control: 'training the control arm',
  judging: 'judging',
  testing: 'measuring on the test split',
  done: 'done',
};

/** What may be said of a round beside another one. */
export const FINDING_WORDS: Record<Finding, string> = {
  better: 'better',
  worse: 'worse',
  few: `nothing: fewer than ${VALIDATION_WANTED} images`,
  chance: 'nothing: may be chance',
};

/** What a round is, with its backbone's name: "S", "Head on MobileNetV2 (Open Images)". */
export function modelWords(
  { model, kind, backboneId }: { model: ModelName | 'backbone-head'; kind: RoundKind; backboneId: string | null },
  names: ReadonlyMap<string, string>,
): string {
  if (model !== 'backbone-head') return NET_WORDS[model];
  const backbone = names.get(backboneId ?? '') ?? 'a backbone';
  const how = kind === 'fine-tuned' ? 'Tuned' : kind === 'noisy-head' ? 'Noisy head on' : 'Head on';
  return `${how} ${backbone}`;
}

export const REASON_WORDS: Record<ReviewReason, string> = {
  uncertain: 'Uncertain',
  'rare-class': 'Rare class',
  audit: 'Random audit',
  flip: 'Flip',
  'suspect-label': 'Suspect label',
  disagreement: 'Disagreement',
};

const VERDICT_ICONS: Record<Verdict, ReactNode> = {
  accept: <ArrowUpRight size={11} aria-hidden />,
  hold: <CircleDashed size={11} aria-hidden />,
  'roll-back': <Undo2 size={11} aria-hidden />,
};

/** What was decided of a round, and what may be said of it: the one badge for it on every page. */
export function VerdictBadge({ verdict, standings }: { verdict: Verdict; standings: Standings }) {
  const { word, tone } = wordOfVerdict(verdict, standings);
  return (
    <Badge tone={tone} icon={VERDICT_ICONS[verdict]}>
      {word}
    </Badge>
  );
}
