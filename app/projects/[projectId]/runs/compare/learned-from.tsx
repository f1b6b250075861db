'use client';
import { useText } from '../../../../_text/text.tsx';
import { differingSettings } from '#core/book/settings.ts';
import { originOf } from '#core/run/plan-rounds.ts';
import type { Outputs } from '../../../../_lib/api.ts';
import { Panel } from '../../../../_ui/panel.tsx';
import { Table, Td, Th, Tr } from '../../../../_ui/table.tsx';
import { settingName, settingValue } from '../../../../_runs/words/setting-words.ts';
import { useBackboneNames } from '../../../../_runs/use-backbone-names.ts';
import { modelWords } from '../../../../_runs/words.tsx';

type Pair = Outputs['compare']['pair'];

/** What two frozen rounds were made of, and where that differs: labels, pseudo-labels, settings. */
export function LearnedFrom({ pair }: { pair: Pair }) {
  const text = useText();
  const { t, format } = text;
  const { first, second, learned } = pair;
  const names = new Map(pair.classes.map(({ id, name }) => [id, name]));
  const backbones = useBackboneNames(first.run.projectId);
  const what = (round: Pair['first']) =>
    modelWords(t, { model: round.model, ...originOf(round.run.config, round) }, backbones);
  const [before, after] = [what(first), what(second)];
  const called = { backbones, classes: names };
  const [one, other] = [first.run.config, second.run.config];
  const settings = differingSettings([one, other], called)
    .filter(({ key }) => key !== 'seed')
    .map((setting) => {
      const [a, b] = setting.values;
      return [
        settingName(text, setting, called),
        settingValue(t, a ?? null, one, called) ?? '–',
        settingValue(t, b ?? null, other, called) ?? '–',
      ] as const;
    });
  const differences = [
    ...(before === after ? [] : [[t('runcompare.model'), before, after] as const]),
    ...(first.seed === second.seed ? [] : [[t('runcompare.seed'), String(first.seed), String(second.seed)] as const]),
    ...(first.run.codeVersion === second.run.codeVersion
      ? []
      : [[t('runcompare.code'), first.run.codeVersion ?? '–', second.run.codeVersion ?? '–'] as const]),
    ...settings,
  ];
  return (
    <Panel title={t('runcompare.learned')} description={t('runcompare.learnedWhy')} flush>
      <Table label={t('runcompare.learned')}>
        <thead>
          <tr>
            <Th>{t('runcompare.set')}</Th>
            <Th numeric>{t('runcompare.alike')}</Th>
            <Th numeric>{t('runcompare.onlySecond')}</Th>
            <Th numeric>{t('runcompare.onlyFirst')}</Th>
            <Th numeric>{t('runcompare.otherClass')}</Th>
          </tr>
        </thead>
        <tbody>
          {(
            [
              [t('runcompare.humanLabels'), learned.labels],
              [t('runcompare.pseudo'), learned.pseudo],
            ] as const
          ).map(([name, diff]) => (
            <Tr key={name}>
              <Td>{name}</Td>
              <Td numeric className="tabular">
                {format.number(diff.same)}
              </Td>
              <Td numeric className="tabular">
                {format.number(diff.added)}
              </Td>
              <Td numeric className="tabular">
                {format.number(diff.removed)}
              </Td>
              <Td numeric className="tabular">
                {format.number(diff.changed)}
              </Td>
            </Tr>
          ))}
        </tbody>
      </Table>
      {differences.length > 0 && (
        <Table label={t('runcompare.differ')}>
          <thead>
            <tr>
              <Th>{t('runcompare.setting')}</Th>
              <Th>{t('runcompare.first')}</Th>
              <Th>{t('runcompare.second')}</Th>
            </tr>
          </thead>
          <tbody>
            {differences.map(([name, a, b]) => (
              <Tr key={name}>
                <Td className="font-medium">{name}</Td>
                <Td className="max-w-64 break-words">{a}</Td>
                <Td className="max-w-64 break-words">{b}</Td>
              </Tr>
            ))}
          </tbody>
        </Table>
      )}
    </Panel>
  );
}
