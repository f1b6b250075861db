'use client';
import { useQuery } from '@tanstack/react-query';
import { Camera, CameraOff, FlaskConical, Images, ImageUp } from 'lucide-react';
import { useRouter, useSearchParams } from 'next/navigation';
import { useEffect, useRef, useState } from 'react';
import { runTitle } from '#core/book/run-book.ts';
import { newestFinalRound, roundName } from '#core/run/run.ts';
import { useTRPC } from '../../../_lib/api.ts';
import { cn } from '../../../_lib/cn.ts';
import { imageSrc } from '../../../_lib/media.ts';
import { useAnnouncePresence } from '../../../_lib/socket.ts';
import { projectHref } from '../../../_shell/nav.ts';
import { useProject } from '../../../_shell/project.tsx';
import { Button } from '../../../_ui/form/button.tsx';
import { Page } from '../../../_ui/panel.tsx';
import { Select } from '../../../_ui/form/select.tsx';
import { EmptyState, Notice } from '../../../_ui/states.tsx';
import { RunsNav } from '../../../_runs/runs-nav.tsx';
import { TryModel } from './try-model.tsx';
import type { Picture } from './try-model.tsx';
import { useBackboneNames } from '../../../_runs/use-backbone-names.ts';
import { modelWords } from '../../../_runs/words.tsx';

/** Milliseconds between two looks at the webcam. */
const WEBCAM_MS = 120;
const INSECURE =
  'Browsers open a webcam only on https and on this machine’s own localhost. Whoever runs the server starts it with ' +
  '“npm start -- --https”, or puts it behind a proxy with TLS. An image can be dropped here meanwhile.';

/** One or two rounds on a dropped image or the webcam, in this browser: nothing is uploaded. */
export function TryPage() {
  const trpc = useTRPC();
  const router = useRouter();
  const params = useSearchParams();
  const { project, may } = useProject();
  useAnnouncePresence(project.id, 'runs', null);
  const names = useBackboneNames(project.id);
  const rounds = useQuery(trpc.compare.rounds.queryOptions({ projectId: project.id }));
  const first =
    params.get('first') ??
    newestFinalRound(rounds.data ?? [])?.id ??
    rounds.data?.findLast((one) => one.runNumber === rounds.data[0]?.runNumber && one.role !== 'control')?.id ??
    null;
  const second = params.get('second');
  const choose = (a: string | null, b: string | null) =>
    router.replace(projectHref(project.id, `try?first=${a ?? ''}${b === null ? '' : `&second=${b}`}`), {
      scroll: false,
    });
  const options =
    rounds.data?.map((one) => ({
      value: one.id,
      label: `${runTitle({ number: one.runNumber, name: one.runName })}, ${roundName(one)} (${modelWords(one, names)})`,
    })) ?? [];
  const [picture, setPicture] = useState<Picture | null>(null);
  if (!may('export:read'))
    return (
      <Page title="Try a model">
        <RunsNav />
        <Notice>Only leads and owners may load a model. Ask one of them.</Notice>
      </Page>
    );
  return (
    <Page
      title="Try a model"
      description="On an image of yours or the webcam. The model runs in this browser; nothing is uploaded."
    >
      <RunsNav />
      {rounds.data?.length === 0 ? (
        <EmptyState icon={<FlaskConical size={18} />} title="No model yet">
          The first round of a run gives one.
        </EmptyState>
      ) : (
        <div className="grid items-start gap-5 lg:grid-cols-2">
          <Stage onPicture={setPicture} />
          <div className="grid gap-4 sm:grid-cols-2">
            <div className="space-y-3">
              <Select
                label="First model"
                value={first}
                onChange={(id) => choose(id, second)}
                options={options}
                className="w-full"
              />
              {first !== null && <TryModel key={first} roundId={first} picture={picture} />}
            </div>
            <div className="space-y-3">
              <Select
                label="Second model"
                placeholder="Beside it…"
                value={second}
                onChange={(id) => choose(first, id)}
                options={options}
                className="w-full"
              />
              {second !== null && <TryModel key={second} roundId={second} picture={picture} />}
            </div>
          </div>
        </div>
      )}
    </Page>
  );
}

/** Where the image comes from: dropped, chosen, pasted, or the webcam looked at again and again. */
function Stage({ onPicture }: { onPicture: (picture: Picture | null) => void }) {
  const trpc = useTRPC();
  const { project } = useProject();
  const samples = useQuery(trpc.run.sampleImages.queryOptions({ projectId: project.id }, { staleTime: Infinity }));
  const [sample, setSample] = useState(0);
  const video = useRef<HTMLVideoElement>(null);
  const [url, setUrl] = useState<string | null>(null);
  const [stream, setStream] = useState<MediaStream | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [over, setOver] = useState(false);
  useEffect(
    () => () => {
      if (url?.startsWith('blob:')) URL.revokeObjectURL(url);
    },
    [url],
  );
  useEffect(() => {
    const node = video.current;
    if (!stream || !node) return undefined;
    node.srcObject = stream;
    void node.play().catch(() => undefined);
    const timer = setInterval(() => {
      if (node.videoWidth > 0)
        onPicture({ source: node, width: node.videoWidth, height: node.videoHeight, at: performance.now() });
    }, WEBCAM_MS);
    return () => {
      clearInterval(timer);
      for (const track of stream.getTracks()) track.stop();
    };
  }, [stream, onPicture]);
  const open = (file: File | undefined) => {
    if (!file) return;
    setStream(null);
    setProblem(null);
    setUrl(URL.createObjectURL(file));
  };
  const showSample = () => {
    const imageId = samples.data?.[sample % samples.data.length];
    if (imageId === undefined) return;
    setStream(null);
    setProblem(null);
    setSample(sample + 1);
    setUrl(imageSrc(project.id, imageId));
  };
  const toggleWebcam = async () => {
    if (stream) {
      setStream(null);
      return;
    }
    if (!window.isSecureContext) {
      setProblem(INSECURE);
      return;
    }
    try {
      setStream(await navigator.mediaDevices.getUserMedia({ video: true }));
      setProblem(null);
    } catch {
      setProblem('The webcam is not available. Allow it in the browser, or drop an image.');
    }
  };
  const empty = url === null && stream === null;
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
          open(event.dataTransfer.files[0]);
        }}
        onPaste={(event) => open(event.clipboardData.files[0])}
      >
        {stream && <video ref={video} muted playsInline aria-label="Webcam" className="size-full object-contain" />}
        {!stream && url !== null && (
          <img
            src={url}
            alt="To be classified"
            className="size-full object-contain [image-rendering:auto]"
            onLoad={({ currentTarget: node }) =>
              onPicture({ source: node, width: node.naturalWidth, height: node.naturalHeight, at: performance.now() })
            }
            onError={() => setProblem('This file is not an image that this browser can read.')}
          />
        )}
        {empty && <p className="px-6 text-center text-sm text-muted">Drop an image here</p>}
      </div>
      <div className="flex flex-wrap gap-2">
        <Button asChild>
          <label className="cursor-pointer">
            <ImageUp size={14} aria-hidden /> Choose an image
            <input
              type="file"
              accept="image/*"
              className="sr-only"
              onChange={(event) => open(event.target.files?.[0])}
            />
          </label>
        </Button>
        {(samples.data?.length ?? 0) > 0 && (
          <Button icon={<Images size={14} aria-hidden />} onClick={showSample}>
            One of the project
          </Button>
        )}
        <Button
          aria-pressed={stream !== null}
          icon={stream ? <CameraOff size={14} aria-hidden /> : <Camera size={14} aria-hidden />}
          onClick={() => void toggleWebcam()}
        >
          {stream ? 'Stop the webcam' : 'Use the webcam'}
        </Button>
      </div>
      {problem !== null && <Notice tone="warn">{problem}</Notice>}
    </div>
  );
}
