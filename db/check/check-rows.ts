import { sql } from 'drizzle-orm';
import { resolveConsensus } from '#core/labeling/labeling.ts';
import { must } from '#core/must.ts';
import type { ProjectSettings } from '#core/project/project.ts';
import type { Database } from '../client.ts';
import { byImage, listLiveAnnotations, refreshConsensus } from '../queries/labeling/consensus.ts';
import { annotation, image, lease, project, projectCounter } from '../schema/index.ts';
import type { Finding } from './finding.ts';
import { execute, number, text } from '../execute.ts';

type Db = Database['db'];
const PAGE = 1000;

/** Live leases that an image counts against those that there are; a gold item's are not counted. */
export async function checkLeases(db: Db, repair: boolean): Promise<Finding> {
  const wrong = sql`
    from (select i.id, count(l.token)::int as n from ${image} i
      left join ${lease} l on l.image_id = i.id and l.purpose = 'label'
      group by i.id having i.lease_count <> count(l.token)) c`;
  const { rowCount } = repair
    ? await db.execute(sql`
        update ${image} i set lease_count = (select count(*) from ${lease} l
          where l.image_id = i.id and l.purpose = 'label') where i.id in (select c.id ${wrong})`)
    : await db.execute(sql`select c.id ${wrong}`);
  return { what: 'images whose count of leases is not that of the leases', count: rowCount ?? 0, repaired: repair };
}

/** Consensus and counts of every image against what its annotations say. */
export async function checkConsensus(db: Db, repair: boolean): Promise<Finding> {
  const projects = await db.select({ id: project.id, settings: project.settings }).from(project);
  let count = 0;
  for (const { id, settings } of projects) count += await checkProject(db, id, settings, repair);
  return { what: 'images whose consensus is not what their annotations say', count, repaired: repair };
}

async function checkProject(db: Db, projectId: string, settings: ProjectSettings, repair: boolean): Promise<number> {
  let after = '00000000-0000-0000-0000-000000000000';
  let count = 0;
  for (;;) {
    const rows = await execute(
      db,
      sql`
      select id, concat_ws(' ', consensus_state, consensus_class_ids, judgment_count, extra_wanted) as said
      from ${image} where project_id = ${projectId} and id > ${after} order by id limit ${PAGE}`,
      { id: text, said: text },
    );
    const last = rows.at(-1);
    if (!last) return count;
    const ids = rows.map(({ id }) => id);
    const standing = byImage(ids, await listLiveAnnotations(db, ids));
    const wrong = rows.filter(({ id, said }) => {
      const is = resolveConsensus(must(standing, id, 'annotations of image'), settings);
      const classes = is.classIds === null ? [] : [`{${is.classIds.join(',')}}`];
      return said !== [is.state, ...classes, is.answerCount, is.extraWanted].join(' ');
    });
    count += wrong.length;
    if (repair && wrong.length > 0)
      await db.transaction((tx) => refreshConsensus(tx, { projectId, imageIds: wrong.map(({ id }) => id) }));
    after = last.id;
  }
}

const COUNTED = sql`project_id, split, consensus_state, consensus_class_ids is not null, judgment_count - extra_wanted`;

/** Counters of projects against a count of their images. */
export async function checkCounters(db: Db, repair: boolean): Promise<Finding> {
  const count = await db.transaction(async (tx) => {
    // A writer between two counts would look like a fault: they wait for the moment that this takes.
    await tx.execute(sql`lock table ${image} in share mode`);
    const rows = await execute(
      tx,
      sql`
      select distinct coalesce(a.project_id, b.project_id) as "projectId" from
        (select project_id, split, state, resolved, judgments, sum(images)::bigint as n from ${projectCounter}
          group by 1, 2, 3, 4, 5 having sum(images) <> 0) a
        full join (select ${COUNTED}, count(*) as n from ${image} group by 1, 2, 3, 4, 5)
          b(project_id, split, state, resolved, judgments, n)
        using (project_id, split, state, resolved, judgments)
      where a.n is distinct from b.n`,
      { projectId: text },
    );
    for (const { projectId } of repair ? rows : []) {
      await tx.execute(sql`delete from ${projectCounter} where project_id = ${projectId}`);
      await tx.execute(sql`
        insert into ${projectCounter} (project_id, split, state, resolved, judgments, images)
        select ${COUNTED}, count(*) from ${image} where project_id = ${projectId} group by 1, 2, 3, 4, 5`);
    }
    return rows.length;
  });
  return { what: 'projects whose counters are not a count of their images', count, repaired: repair };
}

/** What nothing but a person could mend: words about what is not there. */
export async function checkAnnotations(db: Db): Promise<Finding> {
  const rows = await execute(
    db,
    sql`
    select count(*)::int as n from ${annotation} a
    left join ${image} i on i.id = a.image_id and i.project_id = a.project_id
    left join ${annotation} u on u.id = a.undoes_id
    where i.id is null or (a.kind = 'undo') <> (a.undoes_id is not null)
      or (a.undoes_id is not null and (u.id is null or u.image_id <> a.image_id or u.member_id <> a.member_id))`,
    { n: number },
  );
  return {
    what: 'annotations of an image or another annotation that is not there',
    count: rows[0]?.n ?? 0,
    repaired: false,
  };
}
