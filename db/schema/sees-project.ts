import { sql } from 'drizzle-orm';
import type { SQL, SQLWrapper } from 'drizzle-orm';
import { member } from './people.ts';
import { project, projectMember } from './project.ts';

/**
 * MEMBER-1, the one place: does this member see this project of their organization? `who` is a row of `member`,
 * `projectId` an expression; without them the two tables of the query.
 */
export const seesProject = (
  who: SQLWrapper = member,
  projectId: SQLWrapper = project.id,
): SQL => sql`(${who}.all_projects or exists (
  select 1 from ${projectMember} seen where seen.member_id = ${who}.id and seen.project_id = ${projectId}))`;
