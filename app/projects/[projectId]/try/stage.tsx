'use client';
import { useQuery } from '@tanstack/react-query';
import { Camera, CameraOff, FolderUp, Images, ImageUp } from 'lucide-react';
import { useEffect, useEffectEvent, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { IMAGE_KINDS, IMAGE_NAME } from '#core/image/image-files.ts';
import { useTRPC } from '../../../_lib/api.ts';
import { cn } from '../../../_lib/cn.ts';
import { newId } from '../../../_lib/id.ts';
import { imageSrc } from '../../../_lib/media.ts';
import { useText } from '../../../_text/text.tsx';
import { useProject } from '../../../_shell/project.tsx';
import { Button } from '../../../_ui/form/button.tsx';
import { Notice } from '../../../_ui/states.tsx';
import { filesOfDrop, filesOfInput } from '../data/pick-files.ts';
import type { Picture } from './ask.ts';

/** Milliseconds between two looks at the webcam, and the longest side of one, px. */
const WEBCAM_MS = 200;
const WEBCAM_SIDE = 640;
/** Pictures of a folder that are looked at. */
const MOST = 500;
const isImage = ({ path, file }: { path: string; file: File }): boolean =>
  file.type.startsWith('image/') || IMAGE_NAME.test(path);
const pictureOf = (name: string, blob: Blob): Picture => ({
  id: newId(),
  name,
  blob,
  url: URL.createObjectURL(blob),
});

/**
 * Where pictures come from: dropped, chosen, a folder, pasted, one of the project, or the webcam looked at again and
 * again.
 */
export function Stage({
  picture,
  onPictures,
}: {
  picture: Picture | null;
  /** What was brought; `isLive` for looks at the webcam, of which only the newest counts. */
  onPictures: (pictures: Picture[], isLive: boolean) => void;
}) {
  const { t } = useText();
  const trpc = useTRPC();
  const { project } = useProject();
  const samples = useQuery(trpc.run.sampleImages.queryOptions({ projectId: project.id }, { staleTime: Infinity }));
  const [sample, setSample] = useState(0);
  const [stream, setStream] = useState<MediaStream | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [over, setOver] = useState(false);
  const video = useWebcam(stream, (blob) => onPictures([pictureOf(t('trying.webcamName'), blob)], true));

  const take = (files: readonly { path: string; file: File }[]) => {
    const images = files.filter(isImage);
    if (files.length === 0) return;
    setStream(null);
    setProblem(
      images.length === 0
        ? t('trying.notImage', { kinds: IMAGE_KINDS })
        : images.length > MOST
          ? t('trying.firstOf', { most: MOST, count: images.length })
          : null,
    );
    if (images.length > 0)
      onPictures(
        images.slice(0, MOST).map(({ path, file }) => pictureOf(path, file)),
        false,
      );
  };
  const onPaste = useEffectEvent((event: ClipboardEvent) => {
    const files = [...(event.clipboardData?.files ?? [])];
    if (files.length === 0) return;
    event.preventDefault();
    take(files.map((file) => ({ path: file.name, file })));
  });
  useEffect(() => {
    const listener = (event: ClipboardEvent) => onPaste(event);
    window.addEventListener('paste', listener);
    return () => window.removeEventListener('paste', listener);
  }, []);

  const showSample = async () => {
    const imageId = samples.data?.[sample % samples.data.length];
    if (imageId === undefined) return;
    setSample(sample + 1);
    const response = await fetch(imageSrc(project.id, imageId)).catch(() => null);
    if (!response?.ok) return setProblem(t('trying.notFetched'));
    setStream(null);
    setProblem(null);
    onPictures([pictureOf(t('trying.oneName'), await response.blob())], false);
  };
  const toggleWebcam = async () => {
    if (stream) return setStream(null);
    if (!window.isSecureContext) return setProblem(t('trying.insecure'));
    try {
      setStream(await navigator.mediaDevices.getUserMedia({ video: true }));
      setProblem(null);
    } catch {
      setProblem(t('trying.noWebcam'));
    }
  };
  const empty = picture === null && stream === null;
  return (
    <div className="space-y-3">
      <div
        className={cn(
          'flex aspect-square max-h-[60dvh] w-full items-center justify-center overflow-hidden rounded-lg border ' +
            'bg-sunken',
          empty && 'border-dashed',
          over ? 'border-accent' : 'border-line-strong',
        )}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          event.preventDefault();
          setOver(false);
          void filesOfDrop(event.dataTransfer).then(take);
        }}
      >
        {stream && (
          <video ref={video} muted playsInline aria-label={t('trying.webcam')} className="size-full object-contain" />
        )}
        {!stream && picture && (
          <img
            src={picture.url}
            alt={t('trying.toClassify')}
            className="size-full object-contain [image-rendering:auto]"
            onError={() => setProblem(t('trying.notShown'))}
          />
        )}
        {empty && <p className="px-6 text-center text-sm text-muted">{t('trying.drop')}</p>}
      </div>
      <div className="flex flex-wrap gap-2">
        <FileButton label={t('trying.chooseImages')} icon={<ImageUp size={14} aria-hidden />} onFiles={take} />
        <FileButton label={t('trying.folder')} icon={<FolderUp size={14} aria-hidden />} folder onFiles={take} />
        {(samples.data?.length ?? 0) > 0 && (
          <Button icon={<Images size={14} aria-hidden />} onClick={() => void showSample()}>
            {t('trying.oneOfProject')}
          </Button>
        )}
        <Button
          aria-pressed={stream !== null}
          icon={stream ? <CameraOff size={14} aria-hidden /> : <Camera size={14} aria-hidden />}
          onClick={() => void toggleWebcam()}
        >
          {stream ? t('trying.stopWebcam') : t('trying.useWebcam')}
        </Button>
      </div>
      {problem !== null && <Notice tone="warn">{problem}</Notice>}
    </div>
  );
}

function FileButton({
  label,
  icon,
  folder = false,
  onFiles,
}: {
  label: string;
  icon: ReactNode;
  folder?: boolean;
  onFiles: (files: { path: string; file: File }[]) => void;
}) {
  return (
    <Button asChild>
      <label className="cursor-pointer focus-within:outline-2 focus-within:outline-accent">
        {icon} {label}
        <input
          ref={(node) => {
            if (folder) node?.setAttribute('webkitdirectory', '');
          }}
          type="file"
          multiple
          accept={folder ? undefined : 'image/*,.jfif'}
          className="sr-only"
          onChange={(event) => {
            onFiles(filesOfInput(event.target.files));
            event.target.value = '';
          }}
        />
      </label>
    </Button>
  );
}

/** Shows the stream and takes a look at it again and again. */
function useWebcam(stream: MediaStream | null, onLook: (blob: Blob) => void) {
  const video = useRef<HTMLVideoElement>(null);
  const look = useEffectEvent(onLook);
  useEffect(() => {
    const node = video.current;
    if (!stream || !node) return undefined;
    node.srcObject = stream;
    void node.play().catch(() => undefined);
    const canvas = document.createElement('canvas');
    let isOn = true;
    const timer = setInterval(() => {
      if (node.videoWidth === 0) return;
      const scale = Math.min(1, WEBCAM_SIDE / Math.max(node.videoWidth, node.videoHeight));
      canvas.width = Math.round(node.videoWidth * scale);
      canvas.height = Math.round(node.videoHeight * scale);
      canvas.getContext('2d')?.drawImage(node, 0, 0, canvas.width, canvas.height);
      canvas.toBlob((blob) => isOn && blob && look(blob), 'image/jpeg', 0.9);
    }, WEBCAM_MS);
    return () => {
      // A look in flight must not take the place of what was brought instead.
      isOn = false;
      clearInterval(timer);
      for (const track of stream.getTracks()) track.stop();
    };
  }, [stream]);
  return video;
}
