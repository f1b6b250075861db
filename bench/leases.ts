import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { createRandom } from '#core/random.ts';
import type { Random } from '#core/random.ts';
import { claimLeases, releaseLeases, shortenLeases, sweepLeases } from '#db/queries/lease.ts';
import type { ClaimedImage } from '#db/queries/lease.ts';
import { createImages, createMember, createOrganization, createProject } from '#db/seed/factories.ts';
import { recordDecisions } from '#server/services/labeling/record-decisions.ts';
import type { Decision } from '#server/services/labeling/record-decisions.ts';
import { retryOnRace } from '#server/services/labeling/retry-on-race.ts';
import { describe, machine, numberArg, summarise, withDatabase } from './database.ts';

const MEMBERS = 24;
const HAND = 12;

/**
 * `npm run bench -- leases --count 100000`: simulated members claim that many leases on a real database while their sockets die, their
 * submits come late and twice, leases run out under them, and a lead raises the overlap from 1 to 2 half way. Then everybody goes on until nothing can be
 * claimed. Counts images held by more people than asked, images with counts that their rows do not bear out, and images starved.
 */
export async function run(args: string[]): Promise<void> {
  const count = numberArg(args, 'count', 20_000);
  await withDatabase({ durable: false, connections: MEMBERS }, async ({ db }) => {
    const organizationId = await createOrganization(db);
    const { id: projectId, classes } = await createProject(db, { organizationId, settings: { overlap: 1, overlapOnDisagreement: 1 } });
    const images = Math.max(200, Math.floor(count / 2.2));
    await createImages(db, { projectId, count: images });
    const people = await Promise.all(Array.from({ length: MEMBERS }, (_, index) => createMember(db, { organizationId, role: 'annotator', name: `Member ${index}` })));
    await db.execute(sql`vacuum analyze image`);

    let leases = 0;
    let done = false;
    const claimTimes: number[] = [];
    const submitTimes: number[] = [];
    const tally = { killed: 0, late: 0, repeated: 0, expired: 0 };
    /** Half the images are out: the lead wants two answers an image from now on. */
    const raiseOverlap = async (): Promise<void> => {
      await db.execute(sql`update project set overlap = 2, settings = jsonb_set(settings, '{overlap}', '2') where id = ${projectId}`);
    };
    let raised = false;

    const work = async (index: number): Promise<void> => {
      const actor = people[index];
      if (!actor) return;
      const random = createRandom(`member ${index}`);
      const who = { projectId, memberId: actor.memberId };
      let idle = 0;
      while (idle < 3) {
        const started = performance.now();
        const hand = await retryOnRace(() => claimLeases(db, { ...who, count: HAND, seconds: 60 }));
        claimTimes.push(performance.now() - started);
        leases += hand.length;
        if (!raised && leases > images / 2) {
          raised = true;
          await raiseOverlap();
        }
        if (hand.length === 0) {
          idle += 1;
          await sweepLeases(db);
          await new Promise((resolve) => setTimeout(resolve, 20));
          continue;
        }
        idle = 0;
        const luck = done || leases > count ? 1 : random.next();
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

    const submit = async (actor: (typeof people)[number], hand: readonly ClaimedImage[], random: Random): Promise<void> => {
      const decisions = hand.map((item): Decision => ({
        id: randomUUID(), imageId: item.imageId, kind: 'decide', classId: classes[random.below(10) === 0 ? 1 : 0]?.id ?? null, token: item.token,
        reviewItemId: null, guessShown: false, reason: null, durationMs: 900,
      }));
      const send = () => retryOnRace(() => db.transaction((tx) => recordDecisions(tx, actor, projectId, 'label', decisions)));
      const started = performance.now();
      const answers = await send();
      submitTimes.push(performance.now() - started);
      tally.late += answers.filter((answer) => answer.late).length;
      if (random.next() < 0.1) tally.repeated += (await send()).filter((answer) => answer.repeated).length;
    };

    const started = performance.now();
    await Promise.all(people.map((_, index) => work(index)));
    done = true;
    const seconds = (performance.now() - started) / 1000;
    const { rows: [found] } = await db.execute<{ doubles: number; miscounted: number; starved: number; judgments: number; leases: number }>(sql`
      select
        count(*) filter (where j.n > p.overlap + i.extra_wanted + j.late + j.disputed)::int as doubles,
        count(*) filter (where i.judgment_count <> j.n or i.lease_count <> (select count(*) from lease l where l.image_id = i.id))::int as miscounted,
        count(*) filter (where i.judgment_count < p.overlap)::int as starved,
        sum(j.n)::int as judgments, (select count(*)::int from lease) as leases
      from image i join project p on p.id = i.project_id,
      lateral (select count(distinct a.member_id)::int as n, count(*) filter (where a.late)::int as late, (count(distinct a.class_id) > 1)::int as disputed
               from annotation a where a.image_id = i.id and a.kind = 'decide') j
      where i.project_id = ${projectId}`);
    console.log(machine());
    console.log(`${leases} leases on ${images} images by ${MEMBERS} members in ${seconds.toFixed(1)} s; overlap raised 1 → 2 half way`);
    console.log(`killed hands ${tally.killed}, expired hands ${tally.expired}, late judgments kept ${tally.late}, decisions sent twice ${tally.repeated}, judgments ${found?.judgments ?? 0}`);
    console.log(`claim ${HAND}: ${describe(summarise(claimTimes))}`);
    console.log(`submit ${HAND} in one transaction: ${describe(summarise(submitTimes))}`);
    console.log(`doubles ${found?.doubles ?? '?'}, miscounted ${found?.miscounted ?? '?'}, starved ${found?.starved ?? '?'}, leases left ${found?.leases ?? '?'}`);
    if (!found || found.doubles + found.miscounted + found.starved > 0) process.exitCode = 1;
  });
}
