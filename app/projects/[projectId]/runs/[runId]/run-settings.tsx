'use client';
import { chainOf } from '#core/run/chain-of.ts';
import type { RunConfig } from '#core/run/learning.ts';
import { peakRates } from '#core/run/plan-rounds.ts';
import type { Translate } from '#core/text/text.ts';
import { useText } from '../../../../_text/text.tsx';
import type { Spoken } from '../../../../_text/text.tsx';
import { Panel } from '../../../../_ui/panel.tsx';
import type { RunView } from '../../../../_runs/use-run.ts';
import { describeLinks } from '../../../../_runs/words/link-words.ts';
import { useBackboneNames } from '../../../../_runs/use-backbone-names.ts';
import { useProject } from '../../../../_shell/project.tsx';

/** What the run was started with, frozen. */
export function RunSettings({ run }: { run: RunView }) {
  const { project } = useProject();
  const text = useText();
  const { t } = text;
  const rows = settingsOf(text, run, useBackboneNames(project.id));
  return (
    <Panel title={t('runpage.settings')} description={t('runpage.settingsWhy')}>
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
function settingsOf(text: Spoken, run: RunView, names: ReadonlyMap<string, string>): [string, string][] {
  const { t, format } = text;
  const { config } = run;
  const chain = chainOf(config);
  const count = (role: string): number => chain.filter((link) => link.role === role).length;
  const students = count('student') > 0;
  const floors = Object.entries(config.classFloors).map(
    ([id, floor]) => `${run.classes.find((one) => one.id === id)?.name ?? '?'} ${format.percent(floor, 0)}`,
  );
  const gate = {
    continue: t('runpage.set.reviewContinue', { items: config.reviewPerRound }),
    answers: t('runpage.set.reviewAnswers', { items: config.reviewPerRound, answers: config.reviewAnswers }),
    person: t('runpage.set.reviewPerson', { items: config.reviewPerRound }),
  }[config.reviewGate];
  const labeled = String(config.batchLabeled);
  const teacher = String(config.teacherSteps);
  const rows: [string, string | null][] = [
    ...describeLinks(t, chain, names).map((phrase, at): [string, string] => [
      t('runsetting.round', { number: String(at + 1) }),
      phrase,
    ]),
    [t('runpage.set.kept'), students ? config.keepShare.map((share) => format.percent(share, 0)).join(', ') : null],
    [t('runpage.set.floor'), students ? format.percent(config.floor, 0) : null],
    [t('runpage.set.floors'), students && floors.length > 0 ? floors.join(', ') : null],
    [
      t('runpage.set.targets'),
      students
        ? t('runpage.set.targetsWeight', {
            targets: t(`runsetting.targets.${config.pseudoLabels}`),
            weight: String(config.pseudoWeight),
          })
        : null,
    ],
    [
      t('runpage.set.batch'),
      students
        ? t('runpage.set.batchBoth', { labeled, pseudo: String(config.batchPseudo) })
        : t('runpage.set.batchLabeled', { labeled }),
    ],
    [
      t('runpage.set.steps'),
      count('student') + count('distilled') > 0
        ? t('runpage.set.stepsBoth', { teacher, student: String(config.steps) })
        : teacher,
    ],
    [
      t('runpage.set.rate'),
      t('runpage.set.schedule', {
        rates: ratesOf(t, config).join(', '),
        warmup: format.percent(config.warmup, 0),
        decay: String(config.weightDecay),
      }),
    ],
    [t('runpage.set.noise'), students || chain.some(({ kind }) => kind === 'scratch') ? noiseOf(t, config) : null],
    [
      t('runpage.set.distillation'),
      count('distilled') > 0
        ? t('runpage.set.distils', { temperature: String(config.temperature), alpha: String(config.alpha) })
        : null,
    ],
    [t('runpage.set.review'), students ? gate : null],
    [t('runpage.set.control'), students ? t(config.control ? 'runsetting.yes' : 'runsetting.no') : null],
    [t('runpage.set.code'), run.codeVersion ?? '–'],
  ];
  return rows.flatMap(([name, value]): [string, string][] => (value === null ? [] : [[name, value]]));
}

function ratesOf(t: Translate, config: RunConfig): string[] {
  const rates = peakRates(config).map(({ of, rows, rate }) => {
    const values = { rate: String(Number(rate.toPrecision(2))), rows: String(rows) };
    const isMixed = rows !== config.batchLabeled;
    return of === 'head'
      ? t(isMixed ? 'runpage.set.rateOfHeadMixed' : 'runpage.set.rateOfHead', values)
      : t(isMixed ? 'runpage.set.rateOfScratchMixed' : 'runpage.set.rateOfScratch', values);
  });
  return chainOf(config).some(({ kind }) => kind === 'fine-tuned') ? [...rates, t('runpage.set.rateOfBody')] : rates;
}

function noiseOf(t: Translate, { augmentation, dropout, stochasticDepth }: RunConfig): string {
  const { operations, magnitude, cutout } = augmentation;
  const values = {
    operations: String(operations),
    magnitude: String(magnitude),
    cutout: String(cutout),
    dropout: String(dropout),
  };
  return stochasticDepth > 0
    ? t('runpage.set.noisesDepth', { ...values, depth: String(stochasticDepth) })
    : t('runpage.set.noises', values);
}
