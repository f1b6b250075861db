'use client';
import { useRef, useState } from 'react';
import { toast } from 'sonner';
import { useText } from '../../../_text/text.tsx';
import { useTRPCClient } from '../../../_lib/api.ts';
import type { Inputs, Outputs } from '../../../_lib/api.ts';
import { readError } from '../../../_lib/error.ts';
import { windowId } from '../../../_lib/socket.ts';
import { newId } from '../../../_lib/id.ts';
import { useOutbox } from '../../../_labeling/outbox/use-outbox.ts';
import { tellRefusal } from '../../../_labeling/tell-refusal.ts';
import { useLeases } from '../../../_labeling/use-leases.ts';

export type GridSource = Inputs['label']['claimGrid']['by'];
export type GridImage = Outputs['label']['claimGrid']['images'][number];

/** What was answered, and what the model says of it. */
export interface Said {
  imageId: string;
  answer: string;
  guess: string;
  confidence: number;
}

/** How long a stroke may be on its way before the page goes on without what follows it. */
const PATIENCE_MS = 5000;

interface Stroke {
  images: GridImage[];
  answers: ReadonlyMap<string, string>;
  annotationIds: string[];
}

/**
 * A grid of leased images answered in one stroke. Where the images come from one class, each starts with that class and
 * the wrong ones are marked; from the queue, each starts without and those that belong are marked.
 */
export function useGrid(projectId: string, count: number) {
  const { t } = useText();
  const client = useTRPCClient();
  const [source, setSource] = useState<GridSource | null>(null);
  const [images, setImages] = useState<readonly GridImage[]>([]);
  const [answers, setAnswers] = useState<ReadonlyMap<string, string>>(new Map());
  const [end, setEnd] = useState<Outputs['label']['claimGrid']['end']>(null);
  const [round, setRound] = useState<Outputs['label']['claimGrid']['round']>(null);
  const [loading, setLoading] = useState(false);
  const [strokes, setStrokes] = useState<readonly Stroke[]>([]);
  const [said, setSaid] = useState<readonly Said[] | null>(null);
  const compared = useRef(0);
  const asked = useRef(0);
  const {
    state,
    ready: _ready,
    ...outbox
  } = useOutbox(projectId, {
    settled: () => undefined,
    refused: tellRefusal,
    undone: ({ imageId, token }) =>
      setImages((before) => before.map((image) => (image.id === imageId ? { ...image, token } : image))),
  });

  const leases = useLeases({
    holds: () => images.length > 0,
    renew: () => client.label.renew.mutate({ projectId }),
    release: () => client.label.release.mutate({ projectId, windowId: windowId() }),
    drained: outbox.drained,
  });

  /**
   * Gives back what is on the page, once its answers are on the server, then leases the next grid. `startClass` is what
   * each image is taken for until somebody says otherwise.
   */
  const load = async (by: GridSource, startClass: string | null): Promise<void> => {
    const turn = ++asked.current;
    setSource(by);
    setLoading(true);
    setImages([]);
    setAnswers(new Map());
    try {
      await leases.giveBack();
      if (turn !== asked.current) return;
      const unsent = outbox.unsentImages();
      const answer = await client.label.claimGrid.mutate({ projectId, count, by }, { context: { alone: true } });
      if (turn !== asked.current) return;
      const fresh = answer.images.filter((image) => !unsent.has(image.id));
      setImages(fresh);
      setAnswers(new Map(startClass === null ? [] : fresh.map((image) => [image.id, startClass])));
      setEnd(answer.end);
      setRound(answer.round);
    } catch (error) {
      const { title, message } = readError(error);
      toast.error(title, { description: message, id: 'grid' });
    } finally {
      if (turn === asked.current) setLoading(false);
    }
  };

  const answer = (imageId: string, classId: string | null): void =>
    setAnswers((before) => {
      const next = new Map(before);
      if (classId === null) next.delete(imageId);
      else next.set(imageId, classId);
      return next;
    });

  /** Saves every answer on the page. Returns the images that have none. */
  const confirm = (): readonly GridImage[] => {
    const answered = images.filter((image) => answers.has(image.id));
    if (answered.length === 0) return images;
    const annotationIds = answered.map((image) => {
      const id = newId();
      outbox.submit({
        id,
        imageId: image.id,
        kind: 'decide',
        classId: answers.get(image.id) ?? null,
        token: image.token,
        source: 'grid',
        guessShown: source?.kind === 'class',
      });
      return id;
    });
    setStrokes((before) => [...before, { images: answered, answers, annotationIds }]);
    const rest = images.filter((image) => !answers.has(image.id));
    setImages(rest);
    setAnswers(new Map());
    toast.success(t('grid.labeled', { count: answered.length }), { id: 'grid-stroke' });
    if (source?.kind !== 'class') void compare(answered, answers);
    if (source?.kind === 'queue' && rest.length > 0) void refill(rest);
    return rest;
  };

  /** Fills the grid up again: what was left stays in its place, and the next of the queue come behind it. */
  const refill = async (rest: readonly GridImage[]): Promise<void> => {
    const turn = ++asked.current;
    try {
      // What the member holds comes back first: what was just answered has to be on the server before.
      if (!(await outbox.drained(PATIENCE_MS)) || turn !== asked.current) return;
      const by = { kind: 'queue' } as const;
      const answer = await client.label.claimGrid.mutate({ projectId, count, by }, { context: { alone: true } });
      if (turn !== asked.current) return;
      const there = new Set([...rest.map(({ id }) => id), ...outbox.unsentImages()]);
      setImages([...rest, ...answer.images.filter(({ id }) => !there.has(id))]);
    } catch {
      // The page stays as it is; it asks again with the next stroke.
    }
  };

  /** What the model says of what was just answered, once the answers are on the server. */
  const compare = async (answered: readonly GridImage[], given: ReadonlyMap<string, string>): Promise<void> => {
    const turn = ++compared.current;
    setSaid(null);
    if (!(await outbox.drained(PATIENCE_MS))) return;
    const imageIds = answered.map(({ id }) => id);
    const guesses = await client.label.guesses.query({ projectId, imageIds }).catch(() => []);
    if (turn !== compared.current) return;
    setSaid(
      guesses.flatMap(({ imageId, classId, confidence }) => {
        const answer = given.get(imageId);
        return answer === undefined ? [] : [{ imageId, answer, guess: classId, confidence }];
      }),
    );
  };

  /** Takes the newest stroke back; its images come to the page again. */
  const undo = (): void => {
    const last = strokes.at(-1);
    if (last === undefined) return;
    asked.current += 1;
    setLoading(false);
    compared.current += 1;
    setSaid(null);
    for (const annotationId of last.annotationIds) outbox.undo(newId(), annotationId);
    setStrokes((before) => before.slice(0, -1));
    setImages((before) => [
      ...last.images.map((image) => ({ ...image, token: null })),
      ...before.filter((image) => !last.images.some((one) => one.id === image.id)),
    ]);
    setAnswers((before) => new Map([...before, ...last.answers]));
  };

  return {
    source,
    images,
    answers,
    end,
    round,
    loading,
    said,
    strokes: strokes.length,
    sync: state,
    load,
    answer,
    confirm,
    undo,
  };
}
