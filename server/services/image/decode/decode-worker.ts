/** The decoding thread: what sharp does not decode, one file at a time. Its caller bounds time, pixels and heap. */
import { parentPort } from 'node:worker_threads';
import { AppError } from '#core/errors.ts';
import { say } from '#core/text/said.ts';
import type { ThreadReply } from '../../../threads/thread-desk.ts';
import { decodeBmp } from './bmp.ts';
import type { RawImage } from './bmp.ts';
import { decodeHeic } from './heic.ts';

export interface DecodeQuestion {
  kind: 'bmp' | 'heic';
  bytes: Uint8Array<ArrayBuffer>;
}

async function answer({ id, kind, bytes }: DecodeQuestion & { id: number }): Promise<void> {
  try {
    const image = kind === 'bmp' ? decodeBmp(bytes) : await decodeHeic(bytes);
    const reply: ThreadReply<RawImage> = { id, answer: image };
    parentPort?.postMessage(reply, [image.data.buffer]);
  } catch (error) {
    const told = error instanceof AppError ? error : new AppError('UNREADABLE_IMAGE', say('refusal.damagedImage'));
    parentPort?.postMessage({ id, code: told.code, why: told.why } satisfies ThreadReply<RawImage>);
  }
}

// The decoder writes a line about each broken file, whoever sends how many; what it was is told to its owner.
const ignore = (): void => undefined;
Object.assign(globalThis.console, { log: ignore, info: ignore, warn: ignore, error: ignore });

parentPort?.on('message', (question: DecodeQuestion & { id: number }) => void answer(question));
