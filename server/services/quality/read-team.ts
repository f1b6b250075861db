import { cohenKappa, fleissKappa, krippendorffAlpha } from '#core/agreement.ts';
import { wilsonInterval } from '#core/statistics.ts';
import type { Db } from '#db/client.ts';
import { listSharedAnswers, listTeam } from '#db/queries/team.ts';

/** Images that agreement is computed from at most: enough for two digits, little enough to answer at once. */
const SHARED_IMAGES = 4000;

/** The lead's view of the team: what each did, how they agree, each share with its 95% interval. */
export async function readTeam(db: Db, projectId: string) {
  const [members, answers] = await Promise.all([listTeam(db, { projectId }), listSharedAnswers(db, { projectId, images: SHARED_IMAGES })]);
  return {
    members: members.map((row) => ({
      ...row,
      agreementInterval: row.compared > 0 ? wilsonInterval(row.agreed, row.compared) : null,
      goldInterval: row.goldAnswers > 0 ? wilsonInterval(row.goldRight, row.goldAnswers) : null,
    })),
    agreement: computeAgreement(answers),
  };
}

/** Agreement over images that at least two people answered. */
export function computeAgreement(answers: readonly { imageId: string; memberId: string; classId: string }[]) {
  const byImage = new Map<string, Map<string, string>>();
  for (const { imageId, memberId, classId } of answers) {
    const said = byImage.get(imageId) ?? new Map<string, string>();
    byImage.set(imageId, said.set(memberId, classId));
  }
  const shared = [...byImage.values()].filter((said) => said.size >= 2);
  const classes = [...new Set(answers.map((row) => row.classId))];
  const members = [...new Set(answers.map((row) => row.memberId))];
  const pairs = members.flatMap((first, index) => members.slice(index + 1).map((second) => {
    const both = shared.filter((said) => said.has(first) && said.has(second));
    return {
      first, second, images: both.length,
      kappa: cohenKappa(both.map((said) => said.get(first) ?? null), both.map((said) => said.get(second) ?? null)),
    };
  })).filter((pair) => pair.images > 0);
  return {
    images: shared.length,
    alpha: krippendorffAlpha(shared.map((said) => [...said.values()])),
    fleiss: fleissKappa(shared.map((said) => classes.map((classId) => [...said.values()].filter((answer) => answer === classId).length))),
    pairs,
  };
}
