'use client';
import { useEffect, useEffectEvent, useRef, useState } from 'react';
import { toast } from 'sonner';
import { useText } from '../../_text/text.tsx';
import { useTRPCClient } from '../../_lib/api.ts';
import { behindFrame } from '../frame/after-frame.ts';
import { readError } from '../../_lib/error.ts';
import { getSocket } from '../../_lib/socket.ts';
import { useProject } from '../../_shell/project.tsx';
import { Outbox } from './outbox.ts';
import type { OutboxListeners, OutboxState } from './outbox.ts';
import { openOutboxStore } from './outbox-store.ts';
import type { Decision } from './outbox-store.ts';

const alone = { context: { alone: true } };

export interface OutboxHandle {
  /** False only before the page runs in a browser. */
  submit(decision: Decision): boolean;
  undo(id: string, annotationId: string): boolean;
  state: OutboxState;
  /** True once nothing is unsent, false when something still is after this long. */
  drained(patienceMs: number): Promise<boolean>;
  /** Images whose decision is on its way, from this page or an earlier one: not to be shown again. */
  unsentImages(): ReadonlySet<string>;
  /** Whether it is known what an earlier page left behind. */
  ready: boolean;
}

/** The member's outbox of a project on this page: opened once, sent again whenever the connection comes back. */
export function useOutbox(
  projectId: string,
  on: Pick<OutboxListeners, 'settled' | 'refused' | 'undone'>,
): OutboxHandle {
  const { memberId } = useProject().me;
  const { t } = useText();
  const client = useTRPCClient();
  const [state, setState] = useState<OutboxState>({ unsent: 0, unkept: 0, refused: 0, trouble: null });
  const outbox = useRef<Outbox | null>(null);
  const [ready, setReady] = useState(false);
  const settled = useEffectEvent(() => on.settled());
  const refused = useEffectEvent<OutboxListeners['refused']>((refusal) => on.refused(refusal));
  const undone = useEffectEvent<OutboxListeners['undone']>((result) => on.undone(result));

  useEffect(() => {
    const made = new Outbox(
      openOutboxStore(projectId, memberId),
      {
        submit: (annotations) => client.label.submit.mutate({ projectId, memberId, annotations }, alone),
        undo: (input) => client.label.undo.mutate({ projectId, memberId, ...input }, alone),
        readError,
      },
      {
        changed: behindFrame(setState),
        settled: () => settled(),
        refused: (refusal) => refused(refusal),
        undone: (result) => undone(result),
      },
    );
    outbox.current = made;
    void made.open().finally(() => setReady(true));
    const flush = () => made.flush();
    const socket = getSocket();
    socket.on('connect', flush);
    window.addEventListener('online', flush);
    return () => {
      socket.off('connect', flush);
      window.removeEventListener('online', flush);
      made.close();
    };
  }, [client, projectId, memberId]);

  const isUnkept = state.unkept > 0;
  useEffect(() => {
    if (!isUnkept) return undefined;
    toast.warning(t('hand.storesNothing'), {
      description: t('hand.storesNothingWhy'),
      id: 'outbox-unkept',
    });
    const stay = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener('beforeunload', stay);
    return () => window.removeEventListener('beforeunload', stay);
  }, [isUnkept, t]);
  return {
    submit: (decision) => {
      outbox.current?.submit(decision);
      return outbox.current !== null;
    },
    undo: (id, annotationId) => {
      outbox.current?.undo(id, annotationId);
      return outbox.current !== null;
    },
    drained: (patienceMs) => outbox.current?.drained(patienceMs) ?? Promise.resolve(true),
    unsentImages: () => outbox.current?.unsentImages() ?? new Set(),
    state,
    ready,
  };
}
