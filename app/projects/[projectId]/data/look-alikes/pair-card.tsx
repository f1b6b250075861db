'use client';
import Link from 'next/link';
import type { Split } from '#core/project/project.ts';
import { useText } from '../../../../_text/text.tsx';
import { cn } from '../../../../_lib/cn.ts';
import { thumbnailSrc } from '../../../../_lib/media.ts';
import { projectHref } from '../../../../_shell/nav.ts';
import { useProject } from '../../../../_shell/project.tsx';
import { Badge } from '../../../../_ui/badge.tsx';
import { Button } from '../../../../_ui/form/button.tsx';
import { ClassBadge } from '../../../../_ui/class-badge.tsx';
import type { LookAlikePair } from './use-look-alikes.ts';

/** The measured image at the left, its twin in the pool at the right. */
export function PairCard({
  pair: { image, twin },
  busy,
  onMove,
}: {
  pair: LookAlikePair;
  busy: boolean;
  onMove: () => void;
}) {
  const { t } = useText();
  const isContradiction = image.classId !== null && twin.classId !== null && image.classId !== twin.classId;
  return (
    <article className="rounded-lg border border-line bg-panel p-3">
      <div className="grid grid-cols-2 gap-3">
        <PairSide image={image} split={image.split} />
        <PairSide image={twin} split="pool" />
      </div>
      <div className="mt-2.5 flex min-h-8 items-center justify-between gap-2">
        {isContradiction ? <Badge tone="warn">{t('data.labelsDiffer')}</Badge> : <span />}
        <Button size="sm" variant="ghost" disabled={busy} onClick={onMove}>
          {t('data.moveTo', { split: t(`common.split.${image.split}`) })}
        </Button>
      </div>
    </article>
  );
}

/** One image of a pair: its picture, split, label and name. */
export function PairSide({ image, split }: { image: LookAlikePair['twin']; split: Split }) {
  const { t } = useText();
  const { project, classById } = useProject();
  const look = image.classId === null ? undefined : classById.get(image.classId);
  return (
    <div className="min-w-0">
      <Link href={projectHref(project.id, `images/${image.id}`)} className="block rounded-md">
        <img
          src={thumbnailSrc(project.id, image.id)}
          alt={image.fileName}
          loading="lazy"
          decoding="async"
          className="aspect-square w-full rounded-md border border-line bg-sunken object-contain"
        />
      </Link>
      <div className="mt-1.5 flex items-center justify-between gap-2">
        <Badge tone={split === 'pool' ? 'outline' : 'accent'}>{t(`common.split.${split}`)}</Badge>
        <span className={cn('min-w-0 text-xs', look === undefined && 'text-faint')}>
          {look === undefined ? t('review.noLabel') : <ClassBadge look={look} size="sm" />}
        </span>
      </div>
      <p className="mt-1 truncate font-mono text-2xs text-muted" title={image.fileName}>
        {image.fileName}
      </p>
    </div>
  );
}
