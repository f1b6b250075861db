'use client';
import { formatPercent } from '../../../../_lib/format.ts';
import { Panel } from '../../../../_ui/panel.tsx';
import type { RunView } from '../../../../_runs/use-run.ts';
import { METHOD_WORDS, MODEL_WORDS } from '../../../../_runs/words.tsx';

/** What the run was started with, frozen. */
export function RunSettings({ run }: { run: RunView }) {
  const { config } = run;
  const floors = Object.entries(config.classFloors);
  const rows: [string, string][] = [
    ['Method', METHOD_WORDS[config.method]],
    ['Models', [config.teacher, ...config.students].map((model) => MODEL_WORDS[model]).join(' → ')],
    ['Kept by round', config.keepShare.map((share) => formatPercent(share, 0)).join(', ')],
    ['Confidence floor', formatPercent(config.floor, 0)],
    ...(floors.length > 0
      ? [
          [
            'Floors by class',
            floors
              .map(
                ([id, floor]) => `${run.classes.find((one) => one.id === id)?.name ?? '?'} ${formatPercent(floor, 0)}`,
              )
              .join(', '),
          ] as [string, string],
        ]
      : []),
    [
      'Targets',
      `${config.pseudoLabels}, weight ${config.pseudoWeight}; ${
        config.teachers === 1 ? 'one teacher' : `mean of ` + `${config.teachers} teachers`
      } first`,
    ],
    ['Batch', `${config.batchLabeled} labeled + ${config.batchPseudo} pseudo-labeled`],
    ['Steps', `${config.teacherSteps} teacher, ${config.steps} a student`],
    [
      'Learning rate',
      `${config.learningRate} peak, ${formatPercent(config.warmup, 0)} warm-up, weight decay ${config.weightDecay}`,
    ],
    [
      'Noise',
      `RandAugment N ${config.augmentation.operations}, M ${config.augmentation.magnitude}; cutout ` +
        `${config.augmentation.cutout} px; dropout ${config.dropout}; stochastic depth ${config.stochasticDepth}`,
    ],
    [
      'Distillation',
      config.exportModel === null && config.method !== 'distill'
        ? 'none'
        : `into ${config.exportModel === null ? '–' : MODEL_WORDS[config.exportModel]}, T ${config.temperature}, ` +
          `alpha ${config.alpha}`,
    ],
    [
      'Review',
      `${config.reviewPerRound} items a round; ${
        config.reviewGate === 'continue'
          ? 'goes on at ' + 'once'
          : config.reviewGate === 'answers'
            ? `waits for ${config.reviewAnswers} answers`
            : 'waits for a person'
      }`,
    ],
    ['Control arm', config.control ? 'yes' : 'no'],
    ['Image side', `${config.inputSize} px`],
    ['Code', run.codeVersion ?? '–'],
  ];
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
