'use client';
import { useMutation } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { useTRPC } from '../../../_lib/api.ts';
import { classColour } from '../../../_lib/class-colour.ts';
import { formatPercent } from '../../../_lib/format.ts';
import { loadTryout } from './tryout.ts';
import type { TryoutModel } from './tryout.ts';
import { useProject } from '../../../_shell/project.tsx';
import { Button } from '../../../_ui/form/button.tsx';
import { ClassBadge } from '../../../_ui/class-badge.tsx';
import { Panel } from '../../../_ui/panel.tsx';
import { Spinner } from '../../../_ui/spinner.tsx';
import { Notice } from '../../../_ui/states.tsx';
import { exportHref, useModelExports } from '../../../_runs/round-export.tsx';

export interface Picture {
  source: HTMLImageElement | HTMLVideoElement;
  width: number;
  height: number;
  /** When it was taken: the same source may show something else. */
  at: number;
}

type Answer = Awaited<ReturnType<TryoutModel['classify']>>;

/** One round's model in this browser: fetched as its TensorFlow.js export, which is asked for when there is none. */
export function TryModel({ roundId, picture }: { roundId: string; picture: Picture | null }) {
  const trpc = useTRPC();
  const { project } = useProject();
  const { exports, refresh } = useModelExports();
  const [model, setModel] = useState<TryoutModel | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const mine = exports.data?.filter((row) => row.roundId === roundId && row.format === 'tfjs-layers') ?? [];
  const ready = mine.find(({ status }) => status === 'ready');
  const waiting = mine.some(({ status }) => status === 'queued' || status === 'running');
  const failed = mine.find(({ status }) => status === 'failed');
  const request = useMutation(trpc.export.requestModel.mutationOptions({ onSuccess: refresh }));
  const readyId = ready?.id ?? null;
  useEffect(() => {
    if (readyId === null) return undefined;
    let current = true;
    let loaded: TryoutModel | null = null;
    loadTryout(exportHref(project.id, readyId)).then(
      (next) => {
        loaded = next;
        if (current) setModel(next);
        else next.dispose();
      },
      (error: unknown) =>
        current && setProblem(error instanceof Error ? error.message : 'The model could not be loaded.'),
    );
    return () => {
      current = false;
      loaded?.dispose();
    };
  }, [project.id, readyId]);
  if (problem !== null) return <Notice tone="bad">{problem}</Notice>;
  if (model) return <Answers model={model} picture={picture} />;
  if (readyId !== null || waiting || exports.isPending) {
    return (
      <Panel>
        <p role="status" className="flex items-center gap-2 text-sm text-muted">
          <Spinner /> {waiting ? 'A trainer is making the browser model…' : 'Loading the model…'}
        </p>
      </Panel>
    );
  }
  return (
    <Panel>
      <p className="mb-3 text-sm text-muted">{failed?.message ?? 'This round has no browser model yet.'}</p>
      <Button
        variant="primary"
        busy={request.isPending}
        onClick={() => request.mutate({ projectId: project.id, roundId, format: 'tfjs-layers' })}
      >
        Make it ready for the browser
      </Button>
    </Panel>
  );
}

function Answers({ model, picture }: { model: TryoutModel; picture: Picture | null }) {
  const { classes } = useProject();
  const [answer, setAnswer] = useState<Answer | null>(null);
  const busy = useRef(false);
  useEffect(() => {
    // A webcam brings pictures faster than a slow machine answers: what comes meanwhile is left out.
    if (!picture || busy.current) return;
    busy.current = true;
    void model
      .classify(picture.source, picture.width, picture.height)
      .then(setAnswer)
      .finally(() => (busy.current = false));
  }, [model, picture]);
  if (!answer)
    return (
      <Panel>
        <p className="text-sm text-muted">Ready. Drop an image or use the webcam.</p>
      </Panel>
    );
  const rows = answer.probabilities
    .map((p, index) => ({ p, name: model.classes[index] ?? '' }))
    .sort((a, b) => b.p - a.p)
    .slice(0, 6);
  return (
    <Panel>
      <ul className="space-y-1.5" aria-label="Answers">
        {rows.map(({ p, name }, index) => {
          const look = classes.find((one) => one.name === name);
          return (
            <li key={name} className={index === 0 ? 'font-medium' : ''}>
              <div className="flex justify-between text-sm">
                {look ? <ClassBadge look={look} /> : name}
                <span className="tabular">{formatPercent(p)}</span>
              </div>
              <div aria-hidden className="mt-0.5 h-1.5 rounded-full bg-hover">
                <div
                  className="h-full rounded-full"
                  style={{ width: `${p * 100}%`, background: classColour(look?.colour ?? '#666666') }}
                />
              </div>
            </li>
          );
        })}
      </ul>
      <p className="mt-2 text-xs text-muted tabular">{answer.ms.toFixed(0)} ms</p>
    </Panel>
  );
}
