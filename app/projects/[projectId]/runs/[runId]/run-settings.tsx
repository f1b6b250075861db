'use client';
import { chainOf } from '#core/run/chain-of.ts';
import { peakRates } from '#core/run/plan-rounds.ts';
import { describeChain } from '#core/chain/chain-words.ts';
import { formatPercent, plural } from '../../../../_lib/format.ts';
import { Panel } from '../../../../_ui/panel.tsx';
import type { RunView } from '../../../../_runs/use-run.ts';
import { useBackboneNames } from '../../../../_runs/use-backbone-names.ts';
import { useProject } from '../../../../_shell/project.tsx';

/** What the run was started with, frozen. */
export function RunSettings({ run }: { run: RunView }) {
  const { project } = useProject();
  const rows = settingsOf(run, useBackboneNames(project.id));
  return (
    <Panel title="Settings" description="Frozen when the run started.">
      <dl className="grid gap-x-8 gap-y-1.5 text-sm sm:grid-cols-2">
        {rows.map(([name, value]) => (
          <div key={name} className="flex gap-3">
            <dt className="w-32 shrink-0 text-muted">{name}</dt>
            <dd className="min-w-0">{value}</dd>
          </div>
        ))}
      </dl>
    </Panel>
  );
}

/** Only settings that applied: a run without students has no pseudo-labels, one from scratch no backbone. */
function settingsOf(run: RunView, names: ReadonlyMap<string, string>): [string, string][] {
  const { config } = run;
  const chain = chainOf(config);
  const count = (role: string): number => chain.filter((link) => link.role === role).length;
  const students = count('student') > 0;
  const scratch = chain.some(({ kind }) => kind === 'scratch');
  const tuned = chain.some(({ kind }) => kind === 'fine-tuned');
  const floors = Object.entries(config.classFloors).map(
    ([id, floor]) => `${run.classes.find((one) => one.id === id)?.name ?? '?'} ${formatPercent(floor, 0)}`,
  );
  const gate = {
    continue: 'goes on at once',
    answers: `waits for ${plural(config.reviewAnswers, 'answer')}`,
    person: 'waits for a person',
  }[config.reviewGate];
  const { operations, magnitude, cutout } = config.augmentation;
  const noise =
    scratch || students
      ? `RandAugment N ${operations}, M ${magnitude}; cutout ${cutout} px; dropout ${config.dropout}` +
        (config.stochasticDepth > 0 ? `; stochastic depth ${config.stochasticDepth}` : '')
      : null;
  const rates = [
    ...peakRates(config).map(
      ({ of, rows, rate }) =>
        `peak ${Number(rate.toPrecision(2))} ${of === 'head' ? 'for the head' : 'from scratch'} in batches of ${rows}` +
        (rows === config.batchLabeled ? ' labels' : ', a model’s answers among them'),
    ),
    ...(tuned ? ['a tenth of that for the body'] : []),
  ];
  const rows: [string, string | null][] = [
    ...describeChain(chain, names).map((phrase, at): [string, string] => [`Round ${at + 1}`, phrase]),
    ['Kept by round', students ? config.keepShare.map((share) => formatPercent(share, 0)).join(', ') : null],
    ['Confidence floor', students ? formatPercent(config.floor, 0) : null],
    ['Floors by class', students && floors.length > 0 ? floors.join(', ') : null],
    ['Targets', students ? `${config.pseudoLabels}, weight ${config.pseudoWeight}` : null],
    [
      'Batch',
      students
        ? `${config.batchLabeled} labeled + ${config.batchPseudo} pseudo-labeled`
        : `${config.batchLabeled} labeled`,
    ],
    [
      'Steps',
      count('student') + count('distilled') > 0
        ? `${config.teacherSteps} a teacher, ${config.steps} a student`
        : `${config.teacherSteps}`,
    ],
    [
      'Learning rate',
      `${rates.join(', ')}; ${formatPercent(config.warmup, 0)} warm-up, weight decay ${config.weightDecay}`,
    ],
    ['Noise', noise],
    ['Distillation', count('distilled') > 0 ? `T ${config.temperature}, alpha ${config.alpha}` : null],
    ['Review', students ? `${plural(config.reviewPerRound, 'item')} a round; ${gate}` : null],
    ['Control arm', students ? (config.control ? 'yes' : 'no') : null],
    ['Code', run.codeVersion ?? '–'],
  ];
  return rows.flatMap(([name, value]): [string, string][] => (value === null ? [] : [[name, value]]));
}
