'use client';
import { useQuery } from '@tanstack/react-query';
import { RefreshCw } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import type { AugmentationPolicy, PixelSet } from '#core/run/learning.ts';
import { previewAugmentation } from '#ml/augment/augment.ts';
import { useText } from '../_text/text.tsx';
import { useProject } from '../_shell/project.tsx';
import { IconButton } from '../_ui/form/button.tsx';
import { useTRPC } from '../_lib/api.ts';
import { imageSrc } from '../_lib/media.ts';

const PREVIEWS = 11;

export interface AugmentationPreviewProps {
  policy: AugmentationPolicy;
  /** Pixels a side that training sees. */
  inputSize: number;
  seed: number;
}

/** An image of the project, and views of it that the policy makes. The same code trains. */
export function AugmentationPreview({ policy, inputSize, seed }: AugmentationPreviewProps) {
  const { t } = useText();
  const trpc = useTRPC();
  const { project } = useProject();
  const [draw, setDraw] = useState(0);
  const sample = useQuery(trpc.run.sampleImages.queryOptions({ projectId: project.id }, { staleTime: Infinity }));
  const ids = sample.data ?? [];
  const imageId = ids[draw % Math.max(1, ids.length)];
  const pixels = useQuery({
    queryKey: ['augmentation-pixels', imageId, inputSize],
    queryFn: () => readPixels(imageSrc(project.id, imageId ?? ''), inputSize),
    enabled: imageId !== undefined,
    staleTime: Infinity,
  });
  if (sample.data?.length === 0) return <p className="text-sm text-muted">{t('settings.previewEmpty')}</p>;
  const image = pixels.data;
  const views = image ? [image.data, ...previewAugmentation(image, policy, seed + draw, PREVIEWS)] : [];
  return (
    <div>
      <div className="mb-2 flex items-center justify-between text-xs text-muted">
        <span>{t('settings.previewWhat')}</span>
        <IconButton label={t('settings.anotherImage')} size="sm" onClick={() => setDraw(draw + 1)}>
          <RefreshCw size={14} aria-hidden />
        </IconButton>
      </div>
      <div className="grid grid-cols-4 gap-2">
        {views.map((data, index) => (
          <Pixels
            key={index}
            data={data}
            size={inputSize}
            label={index === 0 ? t('settings.theImage') : t('settings.augmentedView', { index })}
            marked={index === 0}
          />
        ))}
      </div>
    </div>
  );
}

function Pixels({ data, size, label, marked }: { data: Uint8Array; size: number; label: string; marked: boolean }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (!context) return;
    const frame = context.createImageData(size, size);
    for (let i = 0; i < size * size; i += 1) {
      frame.data[i * 4] = data[i * 3] ?? 0;
      frame.data[i * 4 + 1] = data[i * 3 + 1] ?? 0;
      frame.data[i * 4 + 2] = data[i * 3 + 2] ?? 0;
      frame.data[i * 4 + 3] = 255;
    }
    context.putImageData(frame, 0, 0);
  }, [data, size]);
  return (
    <canvas
      ref={canvas}
      width={size}
      height={size}
      role="img"
      aria-label={label}
      className={
        `aspect-square w-full rounded-md border ${marked ? 'border-accent' : 'border-line'} ` +
        `[image-rendering:pixelated]`
      }
    />
  );
}

/** The pixels of an image at the training size, as the trainer gets them. */
async function readPixels(src: string, size: number): Promise<PixelSet> {
  const image = new Image();
  image.src = src;
  await image.decode();
  const canvas = document.createElement('canvas');
  canvas.width = size;
  canvas.height = size;
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) throw new Error('This browser gives no canvas to draw on.');
  context.drawImage(image, 0, 0, size, size);
  const rgba = context.getImageData(0, 0, size, size).data;
  const data = new Uint8Array(size * size * 3);
  for (let i = 0; i < size * size; i += 1) {
    data[i * 3] = rgba[i * 4] ?? 0;
    data[i * 3 + 1] = rgba[i * 4 + 1] ?? 0;
    data[i * 3 + 2] = rgba[i * 4 + 2] ?? 0;
  }
  return { data, count: 1, height: size, width: size, channels: 3 };
}
