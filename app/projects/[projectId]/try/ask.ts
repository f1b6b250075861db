import { useEffect, useRef, useState } from 'react';
import { ERROR_CODES } from '#core/errors.ts';
import type { ErrorCode } from '#core/errors.ts';
import { readSaid } from '../../../_lib/error.ts';
import { spokenText } from '../../../_text/text.tsx';
import type { Said } from '#core/text/said.ts';
import type { ClassAnswer, Prediction } from '#core/serving/serving.ts';

/** What is looked at: a file, what was pasted, an image of the project, one look at the webcam. */
export interface Picture {
  id: string;
  name: string;
  blob: Blob;
  /** Of the blob; whoever made the picture lets it go. */
  url: string;
}

export interface Answer {
  classes: ClassAnswer[];
  /** Which round answered, and how the server calls it. */
  roundId: string;
  title: string;
  /** There and back, ms. */
  ms: number;
}

/** A refusal with its sentence; some go by themselves. */
class AskError extends Error {
  readonly retryable: boolean;

  constructor(message: string, retryable: boolean) {
    super(message);
    this.retryable = retryable;
  }
}

/** How the server refuses. */
interface Refusal {
  code: ErrorCode;
  message: string;
  said?: Said | null;
}

/** How long to wait before asking once more what can be asked again, ms. */
const AGAIN_MS = 1500;

const wait = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((done) => {
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      done();
    });
  });

/** @throws AskError with a sentence for people */
async function askOnce(
  params: { projectId: string; roundId: string | null; blob: Blob },
  signal: AbortSignal,
): Promise<Answer> {
  const start = performance.now();
  const query = params.roundId === null ? '' : `?round=${params.roundId}`;
  const response = await fetch(`/api/projects/${params.projectId}/predict${query}`, {
    method: 'POST',
    headers: { 'content-type': 'application/octet-stream' },
    body: params.blob,
    signal,
  }).catch(() => {
    throw new AskError(spokenText().t('trying.offline'), true);
  });
  const body = (await response.json().catch(() => null)) as Prediction | Refusal | null;
  if (body === null || 'message' in body)
    throw new AskError(
      body === null ? spokenText().t('trying.unread') : readSaid(body.said, body.message),
      body !== null && isRetryable(body.code),
    );
  const [first] = body.results;
  if (!first || 'error' in first) throw new AskError(first?.error.message ?? spokenText().t('trying.empty'), false);
  return {
    classes: first.classes,
    roundId: body.model.roundId,
    title: body.model.title,
    ms: performance.now() - start,
  };
}

const isRetryable = (code: ErrorCode): boolean => ERROR_CODES[code].retryable && code !== 'INTERNAL';

/**
 * Asks until there is an answer, a refusal that stays, or nobody who wants it (null).
 * @param onWait is told why it takes longer
 * @throws Error with a sentence for people
 */
export async function askPicture(
  params: { projectId: string; roundId: string | null; blob: Blob },
  signal: AbortSignal,
  onWait: (message: string) => void = () => undefined,
): Promise<Answer | null> {
  while (!signal.aborted) {
    try {
      return await askOnce(params, signal);
    } catch (error) {
      if (signal.aborted) return null;
      if (!(error instanceof AskError) || !error.retryable) throw error;
      onWait(error.message);
      await wait(AGAIN_MS, signal);
    }
  }
  return null;
}

export interface Asking {
  answer: Answer | null;
  /** Why there is none. */
  problem: string | null;
  /** Why it takes longer. */
  waiting: string | null;
  busy: boolean;
}

const NOTHING: Asking = { answer: null, problem: null, waiting: null, busy: false };

/**
 * What a model says of the newest picture. A webcam brings pictures faster than a slow machine answers: those between
 * are left out, the last one never is.
 */
export function useAnswer(projectId: string, roundId: string | null, picture: Picture | null): Asking {
  const [asking, setAsking] = useState(NOTHING);
  const newest = useRef<Picture | null>(null);
  const asked = useRef<AbortController | null>(null);
  useEffect(() => () => asked.current?.abort(), []);
  useEffect(() => {
    newest.current = picture;
    if (!picture || asked.current) return;
    const control = new AbortController();
    asked.current = control;
    const askNewest = async (): Promise<void> => {
      for (let last: Picture | null = null; newest.current !== last && newest.current !== null;) {
        last = newest.current;
        setAsking((before) => ({ ...before, busy: true }));
        try {
          const answer = await askPicture({ projectId, roundId, blob: last.blob }, control.signal, (waiting) =>
            setAsking((before) => ({ ...before, waiting })),
          );
          if (control.signal.aborted) return;
          setAsking({ ...NOTHING, answer });
        } catch (error) {
          setAsking({ ...NOTHING, problem: error instanceof Error ? error.message : String(error) });
        }
      }
      asked.current = null;
    };
    void askNewest();
  }, [projectId, roundId, picture]);
  return asking;
}
