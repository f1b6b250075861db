import type { TRPCLink } from '@trpc/client';
import { observable } from '@trpc/server/observable';
import type { AppRouter } from '#server/trpc/router.ts';
import { readError } from '../_lib/error.ts';
import { findOffline, keepOffline, ownOffline } from './store.ts';

/** What the label and review pages ask before they show an image. */
const KEPT: ReadonlySet<string> = new Set([
  'people.me',
  'project.get',
  'label.progress',
  'label.mine',
  'review.counts',
  'mention.unread',
]);

export const keptKey = (path: string, input: unknown): string => `answer/${path}/${JSON.stringify(input ?? null)}`;

/** Nothing is kept before it is known whose it is. */
let owned: (() => void) | null = null;
const whose = new Promise<void>((resolve) => {
  owned = resolve;
});

async function keepAnswer(path: string, input: unknown, data: unknown): Promise<void> {
  if (path === 'people.me') {
    await ownOffline((data as { userId: string } | null)?.userId ?? null);
    owned?.();
  }
  await whose;
  await keepOffline(keptKey(path, input), data);
}

/** Answers a few questions with what was said last, while nobody answers them. */
export const keptLink: TRPCLink<AppRouter> =
  () =>
  ({ op, next }) => {
    if (op.type !== 'query' || !KEPT.has(op.path)) return next(op);
    return observable((observer) => {
      const subscription = next(op).subscribe({
        next: (value) => {
          if ('data' in value.result) void keepAnswer(op.path, op.input, value.result.data);
          observer.next(value);
        },
        error: (error) => {
          if (readError(error).code !== 'NETWORK') return observer.error(error);
          void findOffline(keptKey(op.path, op.input)).then((data) => {
            if (data === null) return observer.error(error);
            observer.next({ result: { type: 'data', data } });
            return observer.complete();
          });
        },
        complete: () => observer.complete(),
      });
      return () => subscription.unsubscribe();
    });
  };
