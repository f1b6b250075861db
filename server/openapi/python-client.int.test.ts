import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { prediction } from '#db/schema/index.ts';
import { openAccessBench } from '../testing/access.ts';
import type { AccessBench } from '../testing/access.ts';
import { createServedProject } from '../testing/served-project.ts';
import type { ServedProject } from '../testing/served-project.ts';

const run = promisify(execFile);
const has = (work: Promise<unknown>): Promise<boolean> =>
  work.then(
    () => true,
    () => false,
  );
const version = run('python3', ['--version']);
const python = await has(version);
const ort = await has(Promise.all([import('onnxruntime-node') as Promise<unknown>, version]));
if (!python) console.warn('python3 is not installed: its client is not tested here');

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pupil-python-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs lines of Python that end by printing JSON. */
async function ask<T>(env: { url: string; token: string; project?: string }, lines: string): Promise<T> {
  const { stdout } = await run(
    'python3',
    [
      '-c',
      'import json, os\nfrom pathlib import Path\nfrom pupil import Pupil, PupilError\n' +
        `pupil = Pupil(os.environ["PUPIL_URL"], os.environ["PUPIL_TOKEN"])\nproject = os.environ["PROJECT"]\n${lines}`,
    ],
    {
      cwd: folder,
      env: {
        ...process.env,
        PYTHONPATH: fileURLToPath(new URL('../../client/python', import.meta.url)),
        PYTHONDONTWRITEBYTECODE: '1',
        PUPIL_URL: env.url,
        PUPIL_TOKEN: env.token,
        PROJECT: env.project ?? '',
      },
    },
  );
  return JSON.parse(stdout) as T;
}

describe.skipIf(!python)('the Python client, against a server', () => {
  let test: AccessBench;
  let project: ServedProject;
  let env: { url: string; token: string; project: string };
  beforeAll(async () => {
    test = await openAccessBench();
    project = await createServedProject(test.services);
    await test.asToken(project).serving.promote({ projectId: project.projectId, roundId: project.roundIds[0] });
    await project.makeFiles();
    env = { url: test.origin, token: await test.tokenFor(project.memberId), project: project.projectId };
    const picture = sharp({ create: { width: 40, height: 30, channels: 3, background: '#2468ac' } });
    await writeFile(join(folder, 'picture.png'), await picture.png().toBuffer());
  });
  afterAll(() => test.close());

  it('OPS-61 labels are rows for a table, with provenance; changed ones go back in', async () => {
    const rows = await ask<Record<string, unknown>[]>(env, 'print(json.dumps(pupil.labels(project)))');
    const labeled = rows.filter(({ split }) => split === 'train');
    expect(labeled).toHaveLength(project.classIds.length);
    expect(new Set(rows.map((row) => Object.keys(row).join()))).toHaveProperty('size', 1);
    expect(labeled[0]).toMatchObject({ source: 'consensus', confidence: null, file: expect.any(String) as string });
    await test.services.db.insert(prediction).values(
      project.ids.pool.slice(1).map((imageId) => ({
        roundId: project.roundIds[0],
        imageId,
        probabilities: [1, 0, 0],
        classIndex: 0,
        confidence: 1,
      })),
    );
    const all = await ask<Record<string, unknown>[]>(
      env,
      `print(json.dumps(pupil.labels(project, unlabeled=True, round_id="${project.roundIds[0]}")))`,
    );
    expect(all.length).toBeGreaterThan(rows.length);
    const said = all.filter((row) => row['source'] === 'round');
    expect(said).toHaveLength(project.ids.pool.length - labeled.length);
    expect(said[0]).toMatchObject({ round: 0, confidence: 1, annotator: null });
    const taken = await ask<{ labeled: number; status: string }>(
      env,
      'rows = [row for row in pupil.labels(project, unlabeled=True) if row["class"] is None][:1]\n' +
        'rows[0]["class"] = "slanted"\nprint(json.dumps(pupil.import_labels(project, rows)))',
    );
    expect(taken).toMatchObject({ labeled: 1, status: 'ended' });
  });

  it('RUN-58 OPS-61 a run is planned, started with a change, found with its rounds, and cancelled', async () => {
    const [config, state, rounds] = await ask<[{ steps: number }, { status: string }, unknown[]]>(
      env,
      'config = {**pupil.run_plan(project)["config"], "steps": 7}\n' +
        'run = pupil.run_start(project, config, name="By Python")["runId"]\n' +
        'pupil.run_control(project, run, "cancel")\n' +
        'print(json.dumps([config, pupil.wait_for_run(project, run), pupil.rounds(project, run)]))',
    );
    expect([config.steps, state.status, rounds]).toEqual([7, 'cancelled', []]);
    const [newest] = await test.asToken(project).run.list({ projectId: project.projectId });
    expect(newest).toMatchObject({ name: 'By Python', config: { steps: 7 } });
  });

  it('OPS-61 what is refused is an exception with its code and sentence', async () => {
    const refused = await ask<unknown[]>(
      env,
      'told = []\n' +
        'for work in (\n' +
        '    lambda: pupil.project_get("00000000-0000-4000-8000-000000000000"),\n' +
        '    lambda: pupil.export_labels(project, "word", "never.txt"),\n' +
        '    lambda: pupil.project_add_classes(project, [""]),\n' +
        '    lambda: pupil.import_files(project, "picture.png"),\n' +
        '    lambda: Pupil(pupil.transport.url, "pupil_wrong").create_project("Mine"),\n' +
        '):\n' +
        '    try:\n        told.append(work())\n    except PupilError as error:\n' +
        '        told.append([error.code, error.status, error.message])\n' +
        'print(json.dumps(told))',
    );
    expect(refused).toMatchObject([
      ['NOT_FOUND', 404, expect.stringContaining('does not exist') as string],
      ['BAD_INPUT', 400, expect.stringContaining('format') as string],
      ['BAD_REQUEST', 400, expect.stringContaining('Write something') as string],
      [expect.any(String), expect.any(Number), expect.stringContaining('zip') as string],
      ['UNAUTHORIZED', 401, expect.stringContaining('Tokens page') as string],
    ]);
    expect(await readdir(folder)).toEqual(['picture.png']);
    const [failed] = await test.asToken(project).image.imports({ projectId: project.projectId });
    expect(failed).toMatchObject({ status: 'failed', name: 'picture.png' });
  });

  it.skipIf(!ort)(
    'OPS-61 a picture is asked as bytes, by path, several at once; one that cannot be read is named',
    async () => {
      const [path, bytes, several, alone] = await ask<
        [{ class: string; classes: object[]; embedding: number[] }, object, object[], string]
      >(
        env,
        'picture = Path("picture.png")\n' +
          'answers = [pupil.predict(project, "picture.png", top=2, embedding=True), ' +
          'pupil.predict(project, picture.read_bytes(), top=2, embedding=True)]\n' +
          'several = [picture, b"no image", "http://127.0.0.1:1/a.png"] + [picture] * 40\n' +
          'answers.append(pupil.predict(project, several, top=2, embedding=True))\n' +
          'try:\n    pupil.predict(project, b"no image")\n' +
          'except PupilError as error:\n    answers.append(error.code)\n' +
          'print(json.dumps(answers))',
      );
      expect(path.classes).toHaveLength(2);
      expect(path.embedding.length).toBeGreaterThan(8);
      expect(bytes).toEqual(path);
      expect(several).toHaveLength(43);
      expect(several[42]).toEqual(path);
      expect(several.slice(1, 3)).toMatchObject([
        { error: { code: 'UNREADABLE_IMAGE' } },
        { error: { code: 'BAD_INPUT' } },
      ]);
      expect(alone).toBe('UNREADABLE_IMAGE');
    },
  );
});

describe.skipIf(!python)('the Python client, against a server that', () => {
  let asked: string[] = [];
  let answer: (req: IncomingMessage, res: ServerResponse) => void;
  const stub = createServer((req, res) => {
    asked.push(`${req.method} ${req.url?.split('?')[0] ?? ''}`);
    req.resume().on('end', () => answer(req, res));
  });
  let env: { url: string; token: string };
  beforeAll(async () => {
    await new Promise<void>((done) => stub.listen(0, '127.0.0.1', done));
    env = { url: `http://127.0.0.1:${(stub.address() as AddressInfo).port}`, token: 'pupil_any' };
  });
  afterAll(() => void stub.close());
  const tell = (res: ServerResponse, json: unknown) => res.end(JSON.stringify({ result: { data: { json } } }));

  it('OPS-61 refuses too fast a question is asked again; a change whose answer is lost is not', async () => {
    asked = [];
    answer = (req, res) => {
      if (asked.length < 3) res.writeHead(429, { 'retry-after': '0' }).end('{"code":"RATE_LIMITED","message":"Wait."}');
      else tell(res, { runId: 'r', number: 1 });
    };
    const start = 'print(json.dumps(pupil.run_start("p", {})))';
    expect(await ask(env, start)).toEqual({ runId: 'r', number: 1 });
    expect(asked).toEqual(Array(3).fill('POST /api/trpc/run.start'));
    asked = [];
    answer = (req) => void req.socket.destroy();
    const lost =
      start.replace('print', 'try:\n    print') + '\nexcept PupilError as error:\n    print(json.dumps(error.code))';
    expect(await ask(env, lost)).toBe('NO_ANSWER');
    expect(asked).toHaveLength(1);
  });

  it('OPS-61 sends another file than it told of leaves nothing behind', async () => {
    answer = (req, res) => {
      if (req.url?.includes('requestModel')) tell(res, { exportId: 'e' });
      else if (req.url?.includes('listModels')) tell(res, [{ id: 'e', title: 'T', status: 'ready', sha256: '00' }]);
      else res.end('half');
    };
    const told = await ask(
      env,
      'try:\n    pupil.export_model("p", "r", "model.zip")\n' +
        'except PupilError as error:\n    print(json.dumps(error.code))',
    );
    expect(told).toBe('CUT_OFF');
    expect((await readdir(folder)).filter((name) => name.startsWith('model'))).toEqual([]);
  });
});
