import type { AppError } from '#core/errors.ts';
import type { EngineName } from '#core/run/learning.ts';
import type { Answers } from '../engine/answer-runtime.ts';
import type { Session, Shard, ShardResult } from './replica-work.ts';

export interface ReplicaStart {
  engine: EngineName;
  wasmPath: string | null;
}

export type ReplicaRequest =
  | { call: number; type: 'open'; session: Session; changes: boolean }
  | { call: number; type: 'close'; id: number }
  | { call: number; type: 'gradients'; id: number; shard: Shard }
  | { call: number; type: 'predict'; id: number; pixels: Uint8Array | Float32Array };

export type ReplicaReply = { call: number } & (
  | { code: AppError['code']; why: AppError['why'] }
  | { error: string }
  | { result: ShardResult | Answers | null }
);
