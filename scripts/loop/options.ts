import { parseArgs } from 'node:util';
import { MODEL_EXPORT_NAMES } from '#core/export/model-export.ts';
import type { ModelExportName } from '#core/export/model-export.ts';
import { CHAIN_WORDS } from './chain.ts';
import type { ChainWord } from './chain.ts';
import { ENGINE_NAMES, METHODS } from '#core/run/learning.ts';
import { MODEL_NAMES } from '#core/chain/models.ts';
import type { EngineChoice, Method } from '#core/run/learning.ts';
import type { ModelName } from '#core/chain/models.ts';
import { inTerminal } from '../setup/help.mjs';
import { toolHelp } from '../setup/tool-help.mjs';

const ONE_SOURCE = {
  en: 'Name one folder or zip of labeled images.',
  ko: '라벨이 있는 이미지의 폴더나 zip을 하나 지정하세요.',
};

export interface LoopOptions {
  source: string;
  labelsPerClass: number;
  validationPerClass: number;
  /** Null: as many as students are named. */
  rounds: number | null;
  review: number;
  seed: number;
  select: 'random' | 'typical';
  /** Null: what the product recommends, or the chain. */
  method: Method | null;
  chain: ChainWord[][] | null;
  scratch: boolean;
  backboneSize: number | null;
  /** Null: as the first student asks. */
  teacher: ModelName | null;
  model: ModelName | null;
  students: ModelName[] | null;
  backbone: string | null;
  size: number | null;
  steps: number | null;
  teacherSteps: number | null;
  control: boolean;
  engine: EngineChoice;
  threads: number | null;
  out: string;
  formats: ModelExportName[];
  data: string | null;
  set: Record<string, unknown>;
  json: boolean;
}

/** @throws Error with a sentence for the person at the keyboard */
export function readOptions(args: string[]): LoopOptions {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      'labels-per-class': { type: 'string', default: '25' },
      validation: { type: 'string', default: '20' },
      rounds: { type: 'string' },
      review: { type: 'string', default: '50' },
      seed: { type: 'string', default: '1' },
      select: { type: 'string', default: 'random' },
      method: { type: 'string' },
      chain: { type: 'string' },
      scratch: { type: 'boolean', default: false },
      'backbone-size': { type: 'string' },
      teacher: { type: 'string' },
      model: { type: 'string' },
      students: { type: 'string' },
      backbone: { type: 'string' },
      size: { type: 'string' },
      steps: { type: 'string' },
      'teacher-steps': { type: 'string' },
      'no-control': { type: 'boolean', default: false },
      engine: { type: 'string', default: 'auto' },
      threads: { type: 'string' },
      out: { type: 'string', default: 'pupil-loop' },
      formats: { type: 'string', default: 'tfjs-layers' },
      data: { type: 'string' },
      set: { type: 'string', multiple: true },
      json: { type: 'boolean', default: false },
    },
  });
  const [source] = positionals;
  if (!source || positionals.length > 1) throw new Error(`${inTerminal(ONE_SOURCE)}\n\n${toolHelp('loop')}`);
  const whole = (name: string, text: string | undefined, least: number): number | null => {
    if (text === undefined) return null;
    const value = Number(text);
    if (!Number.isInteger(value) || value < least)
      throw new Error(`--${name} takes a whole number from ${least} up, not "${text}".`);
    return value;
  };
  const oneOf = <T extends string>(name: string, text: string, allowed: readonly T[]): T => {
    const found = allowed.find((item) => item === text);
    if (!found) throw new Error(`--${name} takes one of ${allowed.join(', ')}, not "${text}".`);
    return found;
  };
  const students = values.students?.split(',').map((name) => oneOf('students', name.trim(), MODEL_NAMES)) ?? null;
  const old = values.teacher || values.students || values.rounds !== undefined ? 'noisy-student' : null;
  const method = values.method ? oneOf('method', values.method, METHODS) : values.model ? 'distill' : old;
  if (values.scratch && (values.backbone || method === 'frozen' || method === 'fine-tune'))
    throw new Error('--scratch forbids backbones: leave it out, or what asks for one.');
  if (values.chain && method) throw new Error('--chain says all rounds: leave out what else names them.');
  if (method === 'noisy-student' && values.model)
    throw new Error('--model names what is distilled into; the teacher of a noisy student is --teacher.');
  if (method !== null && method !== 'noisy-student' && values.teacher)
    throw new Error(`--method ${method} has no teacher to choose: --model names what is distilled into.`);
  const chain =
    values.chain?.split(',').map((round) => round.split('+').map((word) => oneOf('chain', word.trim(), CHAIN_WORDS))) ??
    null;
  return {
    source,
    method,
    chain,
    scratch: values.scratch,
    backboneSize: whole('backbone-size', values['backbone-size'], 32),
    students,
    labelsPerClass: whole('labels-per-class', values['labels-per-class'], 1) ?? 25,
    validationPerClass: whole('validation', values.validation, 1) ?? 20,
    rounds: whole('rounds', values.rounds, 0),
    review: whole('review', values.review, 0) ?? 50,
    seed: whole('seed', values.seed, 0) ?? 1,
    select: oneOf('select', values.select, ['random', 'typical']),
    teacher: values.teacher ? oneOf('teacher', values.teacher, MODEL_NAMES) : null,
    model: values.model ? oneOf('model', values.model, MODEL_NAMES) : null,
    backbone: values.backbone ?? null,
    size: whole('size', values.size, 16),
    steps: whole('steps', values.steps, 1),
    teacherSteps: whole('teacher-steps', values['teacher-steps'], 1),
    control: !values['no-control'],
    engine: oneOf('engine', values.engine, [...ENGINE_NAMES, 'auto']),
    threads: whole('threads', values.threads, 1),
    formats: values.formats.split(',').map((name) => oneOf('formats', name.trim(), MODEL_EXPORT_NAMES)),
    out: values.out,
    data: values.data ?? null,
    set: readSettings(values.set ?? []),
    json: values.json,
  };
}

function readSettings(pairs: string[]): Record<string, unknown> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf('=');
      if (at < 1) throw new Error(`--set takes key=value, not "${pair}".`);
      const text = pair.slice(at + 1);
      try {
        return [pair.slice(0, at), JSON.parse(text)];
      } catch {
        return [pair.slice(0, at), text];
      }
    }),
  );
}
