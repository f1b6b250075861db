import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { and, eq, inArray, sql } from 'drizzle-orm';
import { mcNemar, wilsonInterval } from '#core/math/statistics.ts';
import { unpackMap } from '#core/round/point-map.ts';
import { roundName } from '#core/run/run.ts';
import { diffPseudoLabels } from '#db/queries/round/round-diff.ts';
import { annotation, image, prediction, pseudoLabel, reviewItem, round, roundLabel } from '#db/schema/index.ts';
import { createImages, createMember, createOrganization, createProject } from '#db/seed/factories.ts';
import { createFinishedRun } from '#db/seed/run-factory.ts';
import type { MadeRun } from '#db/seed/run-factory.ts';
import { createTestServices } from '../../testing/services.ts';
import type { TestServices } from '../../testing/services.ts';

let test: TestServices;
let lead: Awaited<ReturnType<typeof createMember>>;
let projectId: string;
let made: MadeRun;
const at = (position: number): string => made.roundIds[position] ?? '';
const caller = () => test.as(lead);

beforeAll(async () => {
  test = await createTestServices();
  const organizationId = await createOrganization(test.services.db);
  lead = await createMember(test.services.db, { organizationId, role: 'lead' });
  projectId = (await createProject(test.services.db, { organizationId, classes: ['ape', 'bee', 'cow'] })).id;
  await createImages(test.services.db, { projectId, count: 300 });
  await createImages(test.services.db, { projectId, count: 150, split: 'validation' });
  made = await createFinishedRun(test.services.db, { projectId, memberId: lead.memberId, seed: 5 });
});
afterAll(() => test.close());

/** Right or wrong on every validation image, straight from the table. */
async function answers(roundId: string): Promise<Map<string, boolean>> {
  const rows = await test.services.db.select().from(prediction).where(eq(prediction.roundId, roundId));
  const validation = new Set(
    (await caller().compare.changed({ projectId, roundId: at(0), otherRoundId: at(1), limit: 200 })).map(
      ({ imageId }) => imageId,
    ),
  );
  return new Map(
    rows
      .filter((row) => validation.has(row.imageId))
      .map((row) => [row.imageId, row.classIndex === made.truth.get(row.imageId)]),
  );
}

describe('the lead’s figures', () => {
  it('RUN-24 a round page counts what lies in the tables', async () => {
    const { figures, round, previousRoundId, siblings } = await caller().round.get({ projectId, roundId: at(1) });
    expect(previousRoundId).toBe(at(0));
    expect(siblings.map(({ role }) => role)).toEqual(['teacher', 'student', 'control', 'student', 'control']);
    expect(figures.classes.reduce((sum, { accepted }) => sum + accepted, 0)).toBe(round.metrics?.pseudo);
    expect(figures.classes.reduce((sum, { prior }) => sum + prior, 0)).toBeCloseTo(1, 10);
    expect(figures.classes.map(({ labeled }) => labeled)).toEqual([10, 10, 10]);
    expect(figures.unlabeled).toBe(270);
    expect(figures.reliability.count).toBe(150);
    expect(figures.reliability.after.reduce((sum, { count }) => sum + count, 0)).toBe(150);
    const right = figures.reliability.after.reduce((sum, bin) => sum + bin.right, 0);
    expect(right / 150).toBeCloseTo(round.metrics?.valAccuracy ?? NaN, 10);
    expect(figures.reliability.before.reduce((sum, bin) => sum + bin.right, 0)).toBe(right);
    const class0 = figures.classes[0];
    const support = [...made.truth].filter(([, truth]) => truth === 0).length;
    expect(class0?.support).toBeLessThan(support);
    expect(class0?.recallInterval).toEqual(wilsonInterval(class0?.right ?? 0, class0?.support ?? 0));
  });

  it('RUN-25 compares two rounds by the exact paired test', async () => {
    const pair = await caller().compare.pair({ projectId, roundId: at(0), otherRoundId: at(1) });
    const older = await answers(at(0));
    const newer = await answers(at(1));
    const onlyFirst = [...older].filter(([id, right]) => right && !newer.get(id)).length;
    const onlySecond = [...newer].filter(([id, right]) => right && !older.get(id)).length;
    expect(pair.validation).toMatchObject({ n: 150, onlyFirst, onlySecond });
    expect(onlyFirst + onlySecond).toBeGreaterThan(20);
    expect(pair.validation.p).toBe(mcNemar(onlyFirst, onlySecond).twoSided);
    expect(pair.validation.difference).toBeCloseTo((onlySecond - onlyFirst) / 150, 10);
    expect(pair.classes.reduce((sum, { n }) => sum + n, 0)).toBe(150);
    const back = await caller().compare.pair({ projectId, roundId: at(1), otherRoundId: at(0) });
    expect(back.validation.difference).toBeCloseTo(-pair.validation.difference, 10);
  });

  it('RUN-34 tells how two frozen rounds differ in what they learned from', async () => {
    const { db } = test.services;
    const [first, second] = [at(1), at(3)];
    const { learned: before } = await caller().compare.pair({ projectId, roundId: first, otherRoundId: second });
    expect(before.labels).toEqual({ added: 0, removed: 0, changed: 0, same: 30 });
    const sets = await Promise.all(
      [first, second].map(
        async (roundId) =>
          new Map(
            (await db.select().from(pseudoLabel).where(eq(pseudoLabel.roundId, roundId))).map((row) => [
              row.imageId,
              row.classIndex,
            ]),
          ),
      ),
    );
    const [a = new Map<string, number>(), b = new Map<string, number>()] = sets;
    const shared = [...a].filter(([id]) => b.has(id));
    const same = shared.filter(([id, classIndex]) => b.get(id) === classIndex).length;
    expect(before.pseudo).toEqual({
      added: b.size - shared.length,
      removed: a.size - shared.length,
      changed: shared.length - same,
      same,
    });
    expect(
      Math.min(before.pseudo.added, before.pseudo.removed, before.pseudo.changed, before.pseudo.same),
    ).toBeGreaterThan(0);
    // One label less, one with another class, and the class order of the other run reversed.
    const [gone, moved] = await db
      .select()
      .from(roundLabel)
      .where(eq(roundLabel.roundId, second))
      .orderBy(roundLabel.imageId)
      .limit(2);
    const other = made.classIds.find((id) => id !== moved?.classId) ?? '';
    await db.delete(roundLabel).where(and(eq(roundLabel.roundId, second), eq(roundLabel.imageId, gone?.imageId ?? '')));
    await db
      .update(roundLabel)
      .set({ classId: other })
      .where(and(eq(roundLabel.roundId, second), eq(roundLabel.imageId, moved?.imageId ?? '')));
    const { learned: after } = await caller().compare.pair({ projectId, roundId: first, otherRoundId: second });
    expect(after.labels).toEqual({ added: 0, removed: 1, changed: 1, same: 28 });
    const reversed = await diffPseudoLabels(db, {
      roundId: first,
      otherRoundId: first,
      classIds: made.classIds,
      otherClassIds: made.classIds.toReversed(),
    });
    expect(reversed).toEqual({
      added: 0,
      removed: 0,
      changed: [...a.values()].filter((index) => index !== 1).length,
      same: [...a.values()].filter((index) => index === 1).length,
    });
    await db.insert(roundLabel).values(gone ? [gone] : []);
    await db
      .update(roundLabel)
      .set({ classId: moved?.classId ?? '' })
      .where(and(eq(roundLabel.roundId, second), eq(roundLabel.imageId, moved?.imageId ?? '')));
  });

  it('RUN-32 student minus control, one row a student', async () => {
    const rows = await caller().insight.control({ projectId });
    expect(rows.map(({ index }) => index)).toEqual([1, 2]);
    const { validation } = await caller().compare.pair({ projectId, roundId: at(2), otherRoundId: at(1) });
    expect(rows[0]).toMatchObject({
      difference: validation.difference,
      p: validation.p,
      controlRoundId: at(2),
      studentRoundId: at(1),
    });
  });

  it('RUN-36 a student’s or distilled round carries its gain over the control arm, no other round does', async () => {
    const [row] = await caller().insight.control({ projectId });
    const read = async (index: number) =>
      (await caller().round.get({ projectId, roundId: at(index) })).standings.control;
    expect(await read(1)).toMatchObject({ difference: row?.difference, interval: row?.interval });
    expect(await read(0)).toBeNull();
    expect(await read(2)).toBeNull();
    const { db } = test.services;
    await db
      .update(round)
      .set({ role: 'distilled' })
      .where(eq(round.id, at(1)));
    try {
      expect(await read(1)).toMatchObject({ difference: row?.difference, interval: row?.interval });
      const [shown] = await caller().insight.control({ projectId });
      expect(shown && roundName(shown)).toBe('Distilled');
    } finally {
      await db
        .update(round)
        .set({ role: 'student' })
        .where(eq(round.id, at(1)));
    }
  });

  it('RUN-29 audit, anchoring and order from the answers that people gave', async () => {
    const trust = await caller().insight.trust({ projectId });
    const items = await test.services.db
      .select({ item: reviewItem, answer: annotation })
      .from(reviewItem)
      .innerJoin(annotation, eq(annotation.id, reviewItem.annotationId));
    const right = items.filter(({ item, answer }) => item.guessClassId === answer.classId).length;
    expect(trust.audit.pool).toMatchObject({ n: 40, right, interval: wilsonInterval(right, 40) });
    const students = await test.services.db
      .select()
      .from(pseudoLabel)
      .where(eq(pseudoLabel.roundId, at(1)));
    const accepted = items.filter(({ item }) => students.some(({ imageId }) => imageId === item.imageId));
    expect(accepted.length).toBeGreaterThan(3);
    expect(accepted.length).toBeLessThan(40);
    expect(trust.audit.overall).toMatchObject({
      n: accepted.length,
      right: accepted.filter(({ item, answer }) => item.guessClassId === answer.classId).length,
    });
    expect(trust.audit.byRound).toMatchObject([{ overall: { n: accepted.length }, pool: { n: 40, right } }]);
    expect(trust.anchoring.shown.n).toBe(30);
    expect(trust.anchoring.hidden.n).toBe(10);
    const hidden = items.filter(({ answer }) => !answer.guessShown);
    expect(trust.anchoring.hidden.hits).toBe(
      hidden.filter(({ item, answer }) => item.guessClassId === answer.classId).length,
    );
    const audit = trust.reasons.find(({ reason }) => reason === 'audit');
    expect(audit).toMatchObject({ answered: 40, lift: 1, corrected: { n: 40, hits: 40 - right } });
    expect(trust.reasons.find(({ reason }) => reason === 'uncertain')).toMatchObject({
      open: 20,
      answered: 0,
      lift: null,
    });
  });

  it(
    'RUN-29 an audit answered before the student froze its labels counts where the guess was above the ' + 'threshold',
    async () => {
      const before = (await caller().insight.trust({ projectId })).audit.overall.n;
      const students = new Set(
        (
          await test.services.db
            .select()
            .from(pseudoLabel)
            .where(eq(pseudoLabel.roundId, at(1)))
        ).map(({ imageId }) => imageId),
      );
      const early = (
        await test.services.db
          .select({ item: reviewItem, answer: annotation })
          .from(reviewItem)
          .innerJoin(annotation, eq(annotation.id, reviewItem.annotationId))
      ).filter(({ item }) => item.reason === 'audit' && item.roundId === at(0) && !students.has(item.imageId));
      const cut =
        early.map(({ item }) => item.confidence ?? 0).sort((a, b) => a - b)[Math.floor(early.length / 2)] ?? 0;
      const sure = early.filter(({ item }) => (item.confidence ?? 0) >= cut);
      expect(sure.length).toBeLessThan(early.length);
      const [student] = await test.services.db
        .select()
        .from(round)
        .where(eq(round.id, at(1)));
      const metrics = student?.metrics as NonNullable<typeof student>['metrics'];
      const setMetrics = (set: typeof metrics) =>
        test.services.db
          .update(round)
          .set({ metrics: set })
          .where(eq(round.id, at(1)));
      await setMetrics(
        metrics && {
          ...metrics,
          thresholds: Object.fromEntries(Object.keys(metrics.thresholds).map((id) => [id, cut])),
        },
      );
      const rows = early.map(({ item, answer }) => ({
        roundId: at(1),
        imageId: item.imageId,
        classId: answer.classId ?? '',
      }));
      await test.services.db.insert(roundLabel).values(rows);
      expect((await caller().insight.trust({ projectId })).audit.overall.n).toBe(before + sure.length);
      await setMetrics(metrics);
      await test.services.db.delete(roundLabel).where(
        inArray(
          roundLabel.imageId,
          rows.map(({ imageId }) => imageId),
        ),
      );
    },
  );

  it(
    'RUN-27 labels alone are the control arm, the best round stands beside it, and one number of labels tells no ' +
      'gain',
    async () => {
      const gain = await caller().insight.gain({ projectId });
      expect(gain.kind?.role).toBe('control');
      expect(gain.points).toHaveLength(1);
      expect(gain.chains[0]?.points).toHaveLength(1);
      expect(gain.total?.labels ?? null).toBeNull();
    },
  );

  it('RUN-28 the next action rests on live counts', async () => {
    const next = await caller().insight.next({ projectId });
    expect(next).toMatchObject({
      labeled: 30,
      validationLabeled: 150,
      review: { open: 20, answered: 40 },
      run: { number: 1, ended: true },
    });
    expect(next.action).toMatchObject({ kind: 'answer-review', title: 'Answer 20 review items' });
  });

  it('REVIEW-9 counts open items as Review does: of the whole project, not of its newest run', async () => {
    const { db } = test.services;
    const { id } = await createProject(db, { organizationId: lead.organizationId, classes: ['ape', 'bee'] });
    await createImages(db, { projectId: id, count: 120 });
    await createImages(db, { projectId: id, count: 40, split: 'validation' });
    await createFinishedRun(db, { projectId: id, memberId: lead.memberId, seed: 5 });
    const { runId } = await createFinishedRun(db, { projectId: id, memberId: lead.memberId, seed: 6 });
    const [next, counts, run] = await Promise.all([
      caller().insight.next({ projectId: id }),
      caller().review.counts({ projectId: id }),
      caller().run.get({ projectId: id, runId }),
    ]);
    const total = counts.reduce((sum, { open }) => sum + open, 0);
    expect(next.run?.id).toBe(runId);
    expect(next.review.open).toBe(total);
    expect(run.review.open).toBeLessThan(total);
    expect(next.action.title).toBe(`Answer ${total} review items`);
  });

  it('packs the map of the pool', async () => {
    const map = unpackMap((await caller().round.map({ projectId, roundId: at(1) })).map);
    expect(map.count).toBe(300);
    expect([...map.labeled].reduce((sum, value) => sum + value, 0)).toBe(30);
  });

  it('MAP-5 sends what a lead picked to review once: labels for a look of their own, nothing held out', async () => {
    const { db } = test.services;
    const pick = async (condition: ReturnType<typeof sql>, limit: number) =>
      (await db.select({ id: image.id }).from(image).where(condition).orderBy(image.id).limit(limit)).map(
        ({ id }) => id,
      );
    const of = sql`${image.projectId} = ${projectId}`;
    const open = await pick(sql`${of} and ${image.split} = 'pool' and ${image.consensusState} = 'none'`, 4);
    const settled = await pick(sql`${of} and ${image.split} = 'pool' and ${image.consensusState} = 'agreed'`, 2);
    const held = await pick(sql`${of} and ${image.split} = 'validation'`, 3);
    const imageIds = [...open, ...settled, ...held];
    const roundId = at(4);
    const first = await caller().insight.queueImages({ projectId, roundId, imageIds });
    expect(first).toEqual({ queued: 6, passed: 3 });
    expect(await caller().insight.queueImages({ projectId, roundId, imageIds })).toEqual({ queued: 0, passed: 9 });
    const items = await db.select().from(reviewItem).where(inArray(reviewItem.imageId, imageIds));
    const own = items.filter((item) => item.roundId === roundId && item.priority > 1);
    expect(own.map(({ reason }) => reason).sort()).toEqual([
      ...settled.map(() => 'suspect-label'),
      ...open.map(() => 'uncertain'),
    ]);
    await db.delete(reviewItem).where(
      inArray(
        reviewItem.id,
        own.map(({ id }) => id),
      ),
    );
  });

  it('RUN-33 a queue button sends review items once, with the chance of the draw for audits', async () => {
    const before = await test.services.db.$count(reviewItem);
    const audit = await caller().insight.queue({ projectId, roundId: at(0), reason: 'audit', count: 7 });
    expect(audit.queued).toBe(7);
    const drawn = (await test.services.db.select().from(reviewItem)).filter(
      ({ reason, status }) => reason === 'audit' && status === 'open',
    );
    expect(drawn).toHaveLength(7);
    expect(
      drawn.every(({ drawProbability }) => drawProbability !== null && drawProbability > 0 && drawProbability < 1),
    ).toBe(true);
    const flips = await caller().insight.queue({ projectId, roundId: at(1), reason: 'flip', count: 1000 });
    expect(flips.queued).toBeGreaterThan(10);
    expect(await caller().insight.queue({ projectId, roundId: at(1), reason: 'flip', count: 1000 })).toEqual({
      queued: 0,
    });
    expect(await test.services.db.$count(reviewItem)).toBe(before + 7 + flips.queued);
    await expect(caller().insight.queue({ projectId, roundId: at(0), reason: 'flip', count: 1 })).rejects.toThrow(
      'this is the first',
    );
  });
});
