import { wilsonInterval } from '#core/math/statistics.ts';
import { listTeam } from '#db/queries/labeling/team.ts';
import type { Services } from '../../context.ts';

const NOTHING_DONE = {
  decided: 0,
  decidedToday: 0,
  recent: 0,
  skipped: 0,
  undone: 0,
  late: 0,
  goldAnswers: 0,
  goldRight: 0,
};
const NOTHING_COMPARED = { compared: 0, agreed: 0, medianMs: null };

/**
 * The lead's view of the team: what each did, how they agree, each share with its 95% interval. What a lead steers (who
 * is paused, what is held and assigned) is read anew each time; the figures are `ageMs` old.
 */
export async function readTeam(services: Pick<Services, 'db' | 'teamFigures'>, projectId: string) {
  const [team, { tallies, recent, agreement, ageMs }] = await Promise.all([
    listTeam(services.db, { projectId }),
    services.teamFigures.find(projectId),
  ]);
  const tallyOf = new Map(tallies.map((row) => [row.memberId, row]));
  const recentOf = new Map(recent.map((row) => [row.memberId, row]));
  const members = team.map((row) => {
    const figures = {
      ...NOTHING_DONE,
      ...NOTHING_COMPARED,
      ...tallyOf.get(row.memberId),
      ...recentOf.get(row.memberId),
    };
    return {
      ...row,
      ...figures,
      agreementInterval: figures.compared > 0 ? wilsonInterval(figures.agreed, figures.compared) : null,
      goldInterval: figures.goldAnswers > 0 ? wilsonInterval(figures.goldRight, figures.goldAnswers) : null,
    };
  });
  return {
    members: members
      .filter((row) => !row.removed || row.decided > 0)
      .sort((a, b) => b.decidedToday - a.decidedToday || b.decided - a.decided),
    agreement,
    ageMs,
  };
}
