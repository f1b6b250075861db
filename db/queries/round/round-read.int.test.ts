import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eq, inArray, sql } from 'drizzle-orm';
import { prediction, image, pseudoLabel, reviewItem } from '../../schema/index.ts';
import { createImages, createMember, createOrganization, createProject } from '../../seed/factories.ts';
import { createFinishedRun } from '../../seed/run-factory.ts';
import type { MadeRun } from '../../seed/run-factory.ts';
import { createTestDatabase } from '../../testing/database.ts';
import type { TestDatabase } from '../../testing/database.ts';
import {
  countAudit,
  countPoolAudit,
  drawAudit,
  listFlipCandidates,
  listSuspects,
  listUncertain,
} from '../review/insight.ts';
import { insertReviewItems } from '../review/review-write.ts';
import {
  countConfidence,
  countFlips,
  countPaired,
  countPseudoLabels,
  listCell,
  listChanged,
  listFlips,
  readMapPoints,
  listMistakes,
  listValidation,
} from './round-read.ts';
import { getRound, listCurve } from '../run/run-read.ts';

/** Rows as they lie in the tables; every expectation below is counted from them in plain code. */
interface Row {
  roundId: string;
  imageId: string;
  classIndex: number;
  confidence: number;
  split: string;
  truth: number;
  resolved: boolean;
}

let test: TestDatabase;
let made: MadeRun;
let rows: Row[];
let projectId: string;
const at = (position: number): string => made.roundIds[position] ?? '';
const of = (roundId: string, split: string): Row[] =>
  rows.filter((row) => row.roundId === roundId && row.split === split);

beforeAll(async () => {
  test = await createTestDatabase();
  const organizationId = await createOrganization(test.db);
  const lead = await createMember(test.db, { organizationId, role: 'lead' });
  const project = await createProject(test.db, { organizationId, classes: ['ape', 'bee', 'cow'] });
  projectId = project.id;
  await createImages(test.db, { projectId, count: 400 });
  await createImages(test.db, { projectId, count: 120, split: 'validation' });
  await createImages(test.db, { projectId, count: 30, split: 'test' });
  made = await createFinishedRun(test.db, { projectId, memberId: lead.memberId, seed: 7 });
  const stored = await test.db
    .select({
      roundId: prediction.roundId,
      imageId: prediction.imageId,
      classIndex: prediction.classIndex,
      confidence: prediction.confidence,
      split: image.split,
      state: image.consensusState,
    })
    .from(prediction)
    .innerJoin(image, eq(image.id, prediction.imageId));
  rows = stored.map(({ state, ...row }) => ({
    ...row,
    truth: made.truth.get(row.imageId) ?? -1,
    resolved: state === 'agreed',
  }));
});
afterAll(() => test.close());

describe('figures of a round, recounted', () => {
  it('RUN-24 histogram counts every unlabeled pool image once, by class and bin', async () => {
    const counted = await countConfidence(test.db, { roundId: at(1), bins: 20 });
    const mine = of(at(1), 'pool').filter(({ resolved }) => !resolved);
    expect(counted.reduce((sum, { n }) => sum + n, 0)).toBe(mine.length);
    for (const { classIndex, bin, n } of counted) {
      expect(
        mine.filter((row) => row.classIndex === classIndex && Math.min(19, Math.floor(row.confidence * 20)) === bin),
      ).toHaveLength(n);
    }
  });

  it('RUN-24 a confusion cell lists exactly its images, and pages through them without repeating one', async () => {
    const wanted = of(at(0), 'validation')
      .filter(({ truth, classIndex }) => truth === 1 && classIndex === 2)
      .map(({ imageId }) => imageId);
    expect(wanted.length).toBeGreaterThan(2);
    const params = { roundId: at(0), truthClassId: made.classIds[1] ?? '', predictedIndex: 2 };
    const seen: string[] = [];
    let cursor: { confidence: number; imageId: string } | null = null;
    for (;;) {
      const page: Awaited<ReturnType<typeof listCell>> = await listCell(test.db, {
        ...params,
        cursor,
        limit: 2,
        blind: null,
      });
      seen.push(...page.map(({ imageId }) => imageId));
      const last = page.at(-1);
      if (!last || page.length < 2) break;
      cursor = { confidence: last.confidence, imageId: last.imageId };
    }
    expect(seen.toSorted()).toEqual(wanted.toSorted());
  });

  it('RUN-24 worst mistakes are the wrong ones, surest first', async () => {
    const wanted = of(at(2), 'validation')
      .filter(({ truth, classIndex }) => truth !== classIndex)
      .sort((a, b) => b.confidence - a.confidence);
    const mistakes = await listMistakes(test.db, { roundId: at(2), classIds: made.classIds, limit: 200, blind: null });
    expect(mistakes.map(({ confidence }) => confidence)).toEqual(wanted.map(({ confidence }) => confidence));
  });

  it('reads validation with its truth, and no other split', async () => {
    const validation = await listValidation(test.db, { roundId: at(0) });
    expect(validation).toHaveLength(120);
    expect(
      validation.every(
        ({ imageId, truthClassId }) => made.classIds.indexOf(truthClassId ?? '') === made.truth.get(imageId),
      ),
    ).toBe(true);
  });

  it('counts accepted pseudo-labels by class', async () => {
    const stored = await test.db
      .select()
      .from(pseudoLabel)
      .where(eq(pseudoLabel.roundId, at(1)));
    const counted = await countPseudoLabels(test.db, { roundId: at(1) });
    expect(counted.length).toBeGreaterThan(0);
    for (const { classIndex, n } of counted)
      expect(stored.filter((row) => row.classIndex === classIndex)).toHaveLength(n);
  });

  it('marks map points that flipped', async () => {
    const points = await readMapPoints(test.db, {
      roundId: at(1),
      otherRoundId: at(0),
      limit: 1000,
      blind: null,
      tags: [],
    });
    const before = new Map(of(at(0), 'pool').map((row) => [row.imageId, row.classIndex]));
    const flips = of(at(1), 'pool').filter((row) => before.get(row.imageId) !== row.classIndex).length;
    expect(points.x).toHaveLength(400);
    expect(points.flipped.filter((flag) => flag === 1)).toHaveLength(flips);
    expect(points.labeled.filter((flag) => flag === 1)).toHaveLength(30);
    // Each point's columns belong together: they are found again in its row.
    const pool = new Map(
      (
        await test.db
          .select()
          .from(prediction)
          .where(eq(prediction.roundId, at(1)))
      ).map((row) => [`${Math.fround(row.mapX ?? 0)} ${Math.fround(row.mapY ?? 0)}`, row]),
    );
    for (let i = 0; i < 400; i += 1) {
      const row = pool.get(`${points.x[i]} ${points.y[i]}`);
      expect([points.classIndex[i], points.confidence[i], points.flipped[i]]).toEqual([
        row?.classIndex,
        Math.fround(row?.confidence ?? 0),
        before.get(row?.imageId ?? '') === row?.classIndex ? 0 : 1,
      ]);
    }
    expect(
      (await readMapPoints(test.db, { roundId: at(1), otherRoundId: null, limit: 100, blind: null, tags: [] })).x
        .length,
    ).toBeGreaterThan(60);
    expect(
      (await readMapPoints(test.db, { roundId: at(1), otherRoundId: null, limit: 100, blind: null, tags: [] })).x
        .length,
    ).toBeLessThan(140);
    expect(
      (await readMapPoints(test.db, { roundId: made.runId, otherRoundId: null, limit: 100, blind: null, tags: [] })).x,
    ).toHaveLength(0);
  });

  it('RUN-26 a round of another project does not exist', async () => {
    await expect(
      getRound(test.db, { projectId: '6c3e5ff4-9a35-4d0e-a6cb-5a0f0c7c8b11', roundId: at(0) }),
    ).rejects.toThrow('does not exist');
  });

  it('pages a curve in the order of its rounds, each control arm after its student, and by step', async () => {
    const all = await listCurve(test.db, { runId: made.runId, limit: 5000 });
    expect(all).toHaveLength(60 * made.roundIds.length);
    // As the factory made them: teacher, student, control, student, control.
    expect([...new Set(all.map(({ roundId }) => roundId))]).toEqual(made.roundIds);
    for (const roundId of made.roundIds) {
      const steps = all.filter((point) => point.roundId === roundId).map(({ step }) => step);
      expect(steps).toEqual([...steps].sort((a, b) => a - b));
    }
    const last = all[99];
    const rest = await listCurve(test.db, {
      runId: made.runId,
      cursor: last && { roundId: last.roundId, step: last.step },
      limit: 5000,
    });
    expect(rest).toEqual(all.slice(100));
  });
});

describe('two rounds beside each other', () => {
  const pair = () => ({ roundId: at(1), otherRoundId: at(0), classIds: made.classIds, otherClassIds: made.classIds });

  it('RUN-25 pairs validation answers by truth', async () => {
    const older = new Map(of(at(0), 'validation').map((row) => [row.imageId, row]));
    const paired = await countPaired(test.db, pair());
    for (const { truthClassId, both, onlyNow, onlyThen, neither } of paired) {
      const mine = of(at(1), 'validation').filter(({ truth }) => made.classIds[truth] === truthClassId);
      const count = (now: boolean, then: boolean) =>
        mine.filter(
          (row) =>
            (row.classIndex === row.truth) === now && (older.get(row.imageId)?.classIndex === row.truth) === then,
        ).length;
      expect([both, onlyNow, onlyThen, neither]).toEqual([
        count(true, true),
        count(true, false),
        count(false, true),
        count(false, false),
      ]);
    }
    expect(paired).toHaveLength(3);
  });

  it('RUN-25 counts and lists what moved in the unlabeled pool', async () => {
    const older = new Map(of(at(0), 'pool').map((row) => [row.imageId, row.classIndex]));
    const moved = of(at(1), 'pool').filter((row) => !row.resolved && older.get(row.imageId) !== row.classIndex);
    const flips = await countFlips(test.db, pair());
    expect(flips).toMatchObject({ compared: 370, moved: moved.length });
    const listed = await listFlips(test.db, { ...pair(), limit: 1000 });
    expect(listed.map(({ imageId }) => imageId).toSorted()).toEqual(moved.map(({ imageId }) => imageId).toSorted());
  });

  it('compares runs whose classes stand in another order', async () => {
    const turned = made.classIds.toReversed();
    const same = await countFlips(test.db, { ...pair(), roundId: at(0), otherClassIds: made.classIds });
    expect(same.moved).toBe(0);
    const other = await countFlips(test.db, { ...pair(), roundId: at(0), otherClassIds: turned });
    expect(other.moved).toBe(
      of(at(0), 'pool').filter(({ resolved, classIndex }) => !resolved && classIndex !== 1).length,
    );
  });

  it('lists validation images that only one of the two got right', async () => {
    const older = new Map(of(at(0), 'validation').map((row) => [row.imageId, row]));
    const wanted = of(at(1), 'validation').filter(
      (row) => (row.classIndex === row.truth) !== (older.get(row.imageId)?.classIndex === row.truth),
    );
    expect(
      (await listChanged(test.db, { ...pair(), limit: 200, blind: null })).map(({ imageId }) => imageId).toSorted(),
    ).toEqual(wanted.map(({ imageId }) => imageId).toSorted());
  });
});

describe('what is worth asking people', () => {
  it('RUN-29 audit precision counts answered audit items only', async () => {
    const items = await test.db
      .select()
      .from(reviewItem)
      .where(sql`${reviewItem.reason} = 'audit' and ${reviewItem.status} = 'answered'`);
    const counted = await countAudit(test.db, { roundIds: made.roundIds, bins: 10 });
    expect(counted.reduce((sum, { n }) => sum + n, 0)).toBe(items.length);
    const right = items.filter(
      (item) => made.classIds[made.truth.get(item.imageId) ?? -1] === item.guessClassId,
    ).length;
    expect(counted.reduce((sum, row) => sum + row.right, 0)).toBe(right);
    expect(items.length).toBe(40);
  });

  it('finds flips, unsure images and suspect answers that were not sent yet', async () => {
    const flips = await listFlipCandidates(test.db, { roundId: at(1), otherRoundId: at(0), limit: 1000 });
    const { moved } = await countFlips(test.db, {
      roundId: at(1),
      otherRoundId: at(0),
      classIds: made.classIds,
      otherClassIds: made.classIds,
    });
    expect(flips).toHaveLength(moved);
    const suspects = await listSuspects(test.db, { roundId: at(1), classIds: made.classIds, limit: 1000 });
    expect(suspects).toHaveLength(
      of(at(1), 'pool').filter((row) => row.resolved && row.classIndex !== row.truth).length,
    );
    // A label given since, that the round is sure to be another class; where it is not sure, people know better.
    const open = of(at(1), 'pool').filter((row) => !row.resolved);
    const since = [
      open.find(({ confidence }) => confidence >= 0.9),
      open.find(({ confidence }) => confidence < 0.9),
    ].map((row) => ({ imageId: row?.imageId ?? '', other: made.classIds[row?.classIndex === 0 ? 1 : 0] ?? '' }));
    const answer = (settled: boolean) =>
      Promise.all(
        since.map(({ imageId, other }) =>
          test.db
            .update(image)
            .set({ consensusState: settled ? 'agreed' : 'none', consensusClassIds: settled ? [other] : null })
            .where(eq(image.id, imageId)),
        ),
      );
    await answer(true);
    const more = await listSuspects(test.db, { roundId: at(1), classIds: made.classIds, limit: 1000 });
    await answer(false);
    expect(more.map(({ imageId }) => imageId).toSorted()).toEqual(
      [...suspects.map(({ imageId }) => imageId), since[0]?.imageId ?? ''].toSorted(),
    );
    const unsure = await listUncertain(test.db, { roundId: at(0), limit: 1000 });
    expect(unsure).toHaveLength(370 - 60);
    expect(unsure[0]?.confidence).toBeLessThanOrEqual(unsure[1]?.confidence ?? 1);
  });

  it('RUN-29 draws an audit from the accepted pseudo-labels alone, and sends an image once a round', async () => {
    const accepted = await test.db
      .select()
      .from(pseudoLabel)
      .where(eq(pseudoLabel.roundId, at(1)));
    const { rows: drawn, of: total } = await drawAudit(test.db, {
      studentRoundId: at(1),
      teacherRoundId: at(0),
      limit: 5,
    });
    const ids = new Set(accepted.map(({ imageId }) => imageId));
    expect(drawn).toHaveLength(5);
    expect(drawn.every(({ imageId }) => ids.has(imageId))).toBe(true);
    expect(total).toBeLessThanOrEqual(accepted.length);
    const send = () =>
      insertReviewItems(test.db, {
        projectId,
        runId: made.runId,
        roundId: at(0),
        reason: 'audit',
        classIds: made.classIds,
        drawProbability: 5 / total,
        candidates: drawn,
      });
    expect(await send()).toHaveLength(5);
    expect(await send()).toHaveLength(0);
  });

  it(
    'LEARN-4 judges by what the trainer drew from the whole pool, not by what a lead drew from accepted ' +
      'pseudo-labels',
    async () => {
      const audits = (
        await test.db
          .select()
          .from(reviewItem)
          .where(eq(reviewItem.roundId, at(0)))
      ).filter(({ reason }) => reason === 'audit');
      const drawn = audits.filter(({ status }) => status === 'answered');
      const asked = audits.filter(({ status }) => status === 'open');
      expect(drawn.length).toBeGreaterThan(0);
      expect(asked).toHaveLength(5);
      await test.db
        .update(reviewItem)
        .set({ status: 'answered', annotationId: drawn[0]?.annotationId ?? null })
        .where(
          inArray(
            reviewItem.id,
            asked.map(({ id }) => id),
          ),
        );
      const correct = drawn.filter(
        (item) => made.classIds[made.truth.get(item.imageId) ?? -1] === item.guessClassId,
      ).length;
      expect(await countPoolAudit(test.db, at(0))).toEqual({ total: drawn.length, correct });
    },
  );
});
