import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { must } from '#core/must.ts';
import { createRandom } from '#core/math/random.ts';
import type { Random } from '#core/math/random.ts';
import { transactAndAnnounce } from '#db/notify.ts';
import { claimLeases, releaseLeases, shortenLeases, sweepLeases } from '#db/queries/labeling/lease.ts';
import type { ClaimedImage } from '#db/queries/labeling/lease.ts';
import { createImages, createMember, createOrganization, createProject } from '#db/seed/factories.ts';
import { recordDecisions } from '#server/services/labeling/record-decisions.ts';
import type { Decision } from '#server/services/labeling/record-decisions.ts';
import { undoAnnotations } from '#server/services/labeling/undo-annotation.ts';
import { retryOnRace } from '#server/services/labeling/retry-on-race.ts';
import { describe, machine, numberArg, summarise, withDatabase } from './database.ts';
import { execute, number } from '#db/execute.ts';

const MEMBERS = 24;
const HAND = 12;

/** Share of the wanted leases after which the overlap is set to each value. */
const OVERLAPS = [
  { after: 0.3, overlap: 2 },
  { after: 0.6, overlap: 1 },
  { after: 0.7, overlap: 3 },
  { after: 0.9, overlap: 2 },
] as const;
/** A claim that began before the overlap fell may still follow the old value. */
const SETTLE_MS = 3000;

/**
 * A referee of its own inside the database: at each lease it counts what was committed, not the columns that the claim
 * goes by. The claim holds the image's row locked, so nothing about the image can change meanwhile.
 */
const REFEREE =
  `
  create table bench_referee (image_id uuid, held int, judged int, allowed int);
  create table bench_allowed (overlap int);
  insert into bench_allowed values (1);
  create function bench_referee() returns trigger language plpgsql as $$
  declare held int; judged int; allowed int;
  begin
    select count(*) into held from lease where image_id = new.image_id;
    select count(distinct a.member_id) into judged from annotation a where a.image_id = new.image_id and a.kind = ` +
  `'decide' and not a.late
      and not exists (select 1 from annotation u where u.undoes_id = a.id);
    select i.extra_wanted + b.overlap into allowed from image i, bench_allowed b where i.id = new.image_id;
    if held + judged > allowed then insert into bench_referee values (new.image_id, held, judged, allowed); end if;
    return null;
  end $$;
  create trigger bench_referee after insert on lease for each row execute function bench_referee()`;

/**
 * `npm run bench -- leases --count 1000000`: that many leases are handed out by the product's own statements to
 * simulated members (no sockets, no HTTP: a dying socket is the call that the server makes for it) who vanish with a
 * full hand, let leases run out and submit all the same, submit twice, without a token or with another one's, and take
 * decisions back, while a lead changes the overlap 1 → 2 → 1 → 3 → 2. Then everybody goes on until nothing can be
 * claimed. Doubles: leases that a referee inside the database, which counts rows and not our columns, found above what
 * was asked at that moment. Miscounted: images whose columns their rows do not bear out. Starved: images with fewer
 * answers than asked at the end.
 */
export async function run(args: string[]): Promise<void> {
  const count = numberArg(args, 'count', 20_000);
  await withDatabase({ durable: false, connections: MEMBERS }, async ({ db, pool }) => {
    const organizationId = await createOrganization(db);
    const { id: projectId, classes } = await createProject(db, {
      organizationId,
      settings: { overlap: 1, overlapOnDisagreement: 1 },
    });
    const images = Math.max(200, Math.floor(count / 2.2));
    await createImages(db, { projectId, count: images });
    const people = await Promise.all(
      Array.from({ length: MEMBERS }, (_, index) =>
        createMember(db, { organizationId, role: 'annotator', name: `Member ${index}` }),
      ),
    );
    await db.execute(sql`vacuum analyze image`);

    await pool.query(REFEREE);

    let leases = 0;
    let told = 0;
    const claimTimes: number[] = [];
    const submitTimes: number[] = [];
    const tally = { killed: 0, expired: 0, late: 0, repeated: 0, strange: 0, undone: 0 };
    const started = performance.now();
    const setOverlap = async (overlap: number): Promise<void> => {
      await db.execute(sql`update bench_allowed set overlap = greatest(overlap, ${overlap})`);
      await db.execute(
        sql`update project set overlap = ${overlap}, settings = jsonb_set(settings, '{overlap}',
          to_jsonb(${overlap}::int)) where id = ${projectId}`,
      );
      await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
      await db.execute(sql`update bench_allowed set overlap = (select overlap from project where id = ${projectId})`);
    };
    const waiting = [...OVERLAPS];
    let lead: Promise<void> = Promise.resolve();
    const watch = (): void => {
      const next = waiting[0];
      if (next && leases > count * next.after) {
        waiting.shift();
        lead = lead.then(() => setOverlap(next.overlap));
      }
      if (leases - told < count / 10) return;
      told = leases;
      console.log(`  ${leases} leases after ${((performance.now() - started) / 1000).toFixed(0)} s`);
    };

    const work = async (index: number): Promise<void> => {
      const actor = people[index];
      if (!actor) return;
      const random = createRandom(`member ${index}`);
      const who = { projectId, memberId: actor.memberId };
      let idle = 0;
      while (idle < 3) {
        const began = performance.now();
        const hand = await retryOnRace(() => claimLeases(db, { ...who, count: HAND, seconds: 60 }));
        claimTimes.push(performance.now() - began);
        leases += hand.length;
        watch();
        if (hand.length === 0) {
          // Before the last change of the overlap an empty queue is no end.
          idle = waiting.length > 0 ? 0 : idle + 1;
          if (waiting.length > 0) leases += 1;
          await sweepLeases(db);
          await new Promise((resolve) => setTimeout(resolve, 20));
          continue;
        }
        idle = 0;
        const luck = leases > count ? 1 : random.next();
        if (luck < 0.06) {
          tally.killed += 1;
          await (random.next() < 0.5 ? releaseLeases(db, who) : shortenLeases(db, { ...who, seconds: 0 }));
          continue;
        }
        if (luck < 0.12) {
          tally.expired += 1;
          await shortenLeases(db, { ...who, seconds: 0 });
          await sweepLeases(db);
        }
        await submit(actor, hand, random);
      }
    };

    const submit = async (
      actor: (typeof people)[number],
      hand: readonly ClaimedImage[],
      random: Random,
    ): Promise<void> => {
      const strange = leases < count && random.next() < 0.02;
      if (strange) tally.strange += hand.length;
      const decisions = hand.map((item): Decision => ({
        id: randomUUID(),
        imageId: item.imageId,
        kind: 'decide',
        classIds: [must(classes, random.below(10) === 0 ? 1 : 0, 'class').id],
        token: !strange ? item.token : random.below(2) === 0 ? null : item.token + 1_000_000_000,
        reviewItemId: null,
        guessShown: false,
        reason: null,
        durationMs: 900,
      }));
      const send = () =>
        retryOnRace(() =>
          transactAndAnnounce(pool, (announced) => recordDecisions(announced, actor, projectId, 'label', decisions)),
        );
      const began = performance.now();
      const answers = await send();
      submitTimes.push(performance.now() - began);
      tally.late += answers.filter((answer) => answer.late).length;
      if (random.next() < 0.1) tally.repeated += (await send()).filter((answer) => answer.repeated).length;
      if (leases < count && random.next() < 0.05) {
        const undos = decisions.map((item) => ({ id: randomUUID(), annotationId: item.id }));
        tally.undone += (await undoAnnotations({ pool }, actor, projectId, undos)).undone;
      }
    };

    await Promise.all(people.map((_, index) => work(index)));
    await lead;
    const seconds = (performance.now() - started) / 1000;
    const [found] = await execute(
      db,
      sql`
      select
        (select count(*)::int from bench_referee) as doubles,
        count(*) filter (where i.judgment_count <> j.n or i.lease_count <> (select count(*) from lease l
          where l.image_id = i.id))::int as miscounted,
        count(*) filter (where j.n < p.overlap)::int as starved,
        sum(j.n)::int as answers, (select count(*)::int from lease) as leases
      from image i join project p on p.id = i.project_id,
      lateral (select count(distinct a.member_id)::int as n from annotation a where a.image_id = i.id
        and a.kind = 'decide'
               and not exists (select 1 from annotation u where u.undoes_id = a.id)) j
      where i.project_id = ${projectId}`,
      { doubles: number, miscounted: number, starved: number, answers: number, leases: number },
    );
    console.log(machine());
    console.log(
      `${leases} leases on ${images} images by ${MEMBERS} members in ${seconds.toFixed(0)} s; overlap 1 → 2 → 1 → 3 ` +
        `→ 2 on the way`,
    );
    console.log(
      `killed hands ${tally.killed}, expired hands ${tally.expired}, strange tokens ${tally.strange}, late answers ` +
        `kept ${tally.late}, sent twice ${tally.repeated}, undone ${tally.undone}, answers ${found?.answers ?? 0}`,
    );
    console.log(`claim ${HAND}: ${describe(summarise(claimTimes))}`);
    console.log(`submit ${HAND} in one transaction: ${describe(summarise(submitTimes))}`);
    console.log(
      `doubles ${found?.doubles ?? '?'}, miscounted ${found?.miscounted ?? '?'}, starved ${found?.starved ?? '?'}, ` +
        `leases left ${found?.leases ?? '?'}`,
    );
    if (!found || found.doubles + found.miscounted + found.starved > 0) process.exitCode = 1;
  });
}
