'use client';
import type { Translate } from '#core/text/text.ts';
import { useText } from '../../../_text/text.tsx';
import type { Outputs } from '../../../_lib/api.ts';
import { formatFraction, formatNumber } from '../../../_lib/format.ts';
import { Panel } from '../../../_ui/panel.tsx';
import { Stat } from '../../../_ui/stat.tsx';

/** Landis and Koch (1977): a word for a kappa, so that the figure can be read. */
/** Landis and Koch, 1977. */
const LEVELS = [
  { below: 0, level: 'worse' },
  { below: 0.21, level: 'slight' },
  { below: 0.41, level: 'fair' },
  { below: 0.61, level: 'moderate' },
  { below: 0.81, level: 'substantial' },
] as const;

const word = (t: Translate, kappa: number | null): string =>
  kappa === null
    ? t('team.kappa.none')
    : t(`team.kappa.${LEVELS.find(({ below }) => kappa < below)?.level ?? 'perfect'}`);

/** How far people agree beyond chance, over the images that at least two of them answered. */
export function AgreementPanel({
  agreement,
  nameOf,
}: {
  agreement: Outputs['quality']['team']['agreement'];
  nameOf: (memberId: string) => string;
}) {
  const { t } = useText();
  return (
    <Panel title={t('team.agreement')} description={t('team.agreementWhy')}>
      {agreement.images === 0 ? (
        <p className="text-sm text-muted">{t('team.agreementNone')}</p>
      ) : (
        <>
          <div className="grid grid-cols-3 gap-4">
            <Stat
              label={t('team.krippendorff')}
              value={formatFraction(agreement.alpha, 2)}
              note={word(t, agreement.alpha)}
            />
            <Stat
              label={t('team.fleiss')}
              value={formatFraction(agreement.fleiss, 2)}
              note={word(t, agreement.fleiss)}
            />
            <Stat label={t('team.shared')} value={formatNumber(agreement.images)} />
          </div>
          <ul className="mt-4 divide-y divide-line" aria-label={t('team.cohen')}>
            {agreement.pairs.map((pair) => (
              <li
                key={`${pair.first}${pair.second}`}
                className="flex items-baseline justify-between gap-3 py-1.5 text-sm"
              >
                <span className="min-w-0 truncate">
                  {t('team.pair', { first: nameOf(pair.first), second: nameOf(pair.second) })}
                </span>
                <span className="shrink-0 text-xs text-muted tabular">
                  {t('team.kappaOn', { kappa: formatFraction(pair.kappa, 2), images: pair.images })}
                </span>
              </li>
            ))}
          </ul>
        </>
      )}
    </Panel>
  );
}
