'use client';
import { roundTitle, runWords } from './words.tsx';
import { useQuery } from '@tanstack/react-query';
import { useHiddenWords } from '../_labeling/hidden-guess.tsx';
import { Said, useText } from '../_text/text.tsx';
import { useTRPC } from '../_lib/api.ts';
import { imageSrc } from '../_lib/media.ts';
import { classColour } from '../_lib/class-colour.ts';
import { formatPercent } from '../_lib/format.ts';
import { useProject } from '../_shell/project.tsx';
import { ClassBadge } from '../_ui/class-badge.tsx';
import { Dialog } from '../_ui/dialog.tsx';
import { Loading } from '../_ui/spinner.tsx';

export interface OpenImage {
  imageId: string;
  fileName: string;
  truthClassId?: string | null;
}

/** One image, what people said, and what every round said of it. */
export function ImageDialog({ image, onClose }: { image: OpenImage | null; onClose: () => void }) {
  const { t } = useText();
  const trpc = useTRPC();
  const { project, classById } = useProject();
  const predictions = useQuery(
    trpc.round.image.queryOptions(
      { projectId: project.id, imageId: image?.imageId ?? '' },
      { enabled: image !== null },
    ),
  );
  const words = useHiddenWords();
  const truth = classById.get(image?.truthClassId ?? '');
  return (
    <Dialog open={image !== null} onOpenChange={(open) => !open && onClose()} title={image?.fileName ?? ''} size="lg">
      {image && (
        <div className="grid gap-5 sm:grid-cols-[16rem_1fr]">
          <div>
            <img
              src={imageSrc(project.id, image.imageId)}
              alt={image.fileName}
              className="aspect-square w-full rounded-md border border-line bg-sunken object-contain
              [image-rendering:pixelated]"
            />
            <p className="mt-2 flex items-center gap-2 text-sm">
              {truth ? (
                <>
                  <Said of="chart.peopleSay" with={{ badge: <ClassBadge look={truth} /> }} />
                </>
              ) : (
                <span className="text-muted">{t('chart.noHuman')}</span>
              )}
            </p>
          </div>
          <div className="space-y-3">
            {predictions.isPending && <Loading />}
            {predictions.data?.map((one) => (
              <div key={one.roundId}>
                <div className="flex items-baseline justify-between text-xs">
                  <span className="font-medium">
                    {runWords(t, { number: one.runNumber, name: one.runName })}, {roundTitle(t, one)}
                  </span>
                  <span className="text-muted tabular">{formatPercent(one.confidence)}</span>
                </div>
                <ul className="mt-1 space-y-0.5">
                  {top(one.probabilities).map(({ index, p }) => {
                    const look = classById.get(one.classIds[index] ?? '');
                    return (
                      <li key={index} className="flex items-center gap-2 text-xs">
                        <span className="w-24 shrink-0">{look ? <ClassBadge look={look} size="sm" /> : '–'}</span>
                        <span aria-hidden className="h-2 min-w-0 flex-1 rounded-sm bg-hover">
                          <span
                            className="block h-full rounded-sm"
                            style={{ width: `${p * 100}%`, background: classColour(look?.colour ?? '#666666') }}
                          />
                        </span>
                        <span className="w-12 shrink-0 text-right text-muted tabular">{formatPercent(p)}</span>
                      </li>
                    );
                  })}
                </ul>
              </div>
            ))}
            {predictions.data === null && <p className="text-sm text-muted">— {words}</p>}
            {predictions.data?.length === 0 && <p className="text-sm text-muted">{t('chart.noRound')}</p>}
          </div>
        </div>
      )}
    </Dialog>
  );
}

const top = (probabilities: readonly number[]) =>
  probabilities
    .map((p, index) => ({ index, p }))
    .sort((a, b) => b.p - a.p)
    .slice(0, 3);
