import type { FileLabel } from '#core/proposal/label-book.ts';
import type { ImportProblem } from '#core/formats/types.ts';
import type { SafeAgentOptions } from '../../net/safe-agents.ts';

export interface PlacedObject {
  key: string;
  /** What it is called here, with its folders. */
  name: string;
  /** Bytes; 0 where nothing tells. */
  size: number;
  /** By what another content is told; empty where nothing tells. */
  mark: string;
  said: FileLabel | null;
}

/** A source's place, opened: every kind lists and gives in the same way. Errors are sentences for people. */
export interface OpenPlace {
  /** Objects in the order of their keys, those after a key where one is told. */
  list(after: string | null): AsyncIterable<PlacedObject>;
  /**
   * @throws AppError UNAVAILABLE where nothing answers, so that a later try may help; FORBIDDEN where the place lets
   * nobody in; another one about this object alone
   */
  get(key: string, maxBytes: number): Promise<Buffer>;
  nameOf(key: string): string;
  /** Who has to answer for an object: one that is away is no word about the others. */
  hostOf(key: string): string;
  /** What the listing could not read, the first of them, and how many. */
  problems(): { some: ImportProblem[]; count: number };
  close(): void;
}

/** Who opens places: the rule of addresses can be another one in tests. */
export type SourceNet = SafeAgentOptions;

export interface Keys {
  accessKeyId: string;
  secretAccessKey: string;
}
