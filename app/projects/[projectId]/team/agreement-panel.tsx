'use client';
import type { Outputs } from '../../../_lib/api.ts';
import { formatFraction, formatNumber, plural } from '../../../_lib/format.ts';
import { Panel } from '../../../_ui/panel.tsx';
import { Stat } from '../../../_ui/stat.tsx';

/** Landis and Koch (1977): a word for a kappa, so that the figure can be read. */
const word = (kappa: number | null): string =>
  kappa === null
    ? 'not defined'
    : kappa < 0
      ? 'worse than chance'
      : kappa < 0.21
        ? 'slight'
        : kappa < 0.41
          ? 'fair'
          : kappa < 0.61
            ? 'moderate'
            : kappa < 0.81
              ? 'substantial'
              : 'almost perfect';

/** How far people agree beyond chance, over the images that at least two of them answered. */
export function AgreementPanel({
  agreement,
  nameOf,
}: {
  agreement: Outputs['quality']['team']['agreement'];
  nameOf: (memberId: string) => string;
}) {
  return (
    <Panel title="Agreement" description="Beyond chance, on the newest shared images: 1 is perfect, 0 is guessing.">
      {agreement.images === 0 ? (
        <p className="text-sm text-muted">
          No image has answers of two people yet. Ask for more than one answer an image (overlap) in the settings: it
          may be changed at any time.
        </p>
      ) : (
        <>
          <div className="grid grid-cols-3 gap-4">
            <Stat
              label="Krippendorff’s alpha"
              value={formatFraction(agreement.alpha, 2)}
              note={word(agreement.alpha)}
            />
            <Stat label="Fleiss’ kappa" value={formatFraction(agreement.fleiss, 2)} note={word(agreement.fleiss)} />
            <Stat label="Shared images" value={formatNumber(agreement.images)} />
          </div>
          <ul className="mt-4 divide-y divide-line" aria-label="Cohen’s kappa of each pair">
            {agreement.pairs.map((pair) => (
              <li
                key={`${pair.first}${pair.second}`}
                className="flex items-baseline justify-between gap-3 py-1.5 text-sm"
              >
                <span className="min-w-0 truncate">
                  {nameOf(pair.first)} and {nameOf(pair.second)}
                </span>
                <span className="shrink-0 text-xs text-muted tabular">
                  κ {formatFraction(pair.kappa, 2)} on {plural(pair.images, 'image')}
                </span>
              </li>
            ))}
          </ul>
        </>
      )}
    </Panel>
  );
}
