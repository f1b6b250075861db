import { cohenKappa, fleissKappa, krippendorffAlpha, RECENT_ANNOTATIONS } from '#core/labeling/agreement.ts';
import { classSetKey } from '#core/labeling/class-set.ts';
import type { ClassSet } from '#core/labeling/class-set.ts';
import type { Db } from '#db/client.ts';
import { listRecent, listSharedAnswers, tallyTeam } from '#db/queries/labeling/team.ts';

/** Images that agreement is computed from at most: enough for two digits, little enough to answer at once. */
const SHARED_IMAGES = 4000;
/** Pairs of people that are told, those with most images in common first: among 200 people there are 19,900. */
const PAIRS = 12;
/**
 * How long figures are kept: so long at least, and so many times as long as they took, so that no project keeps a
 * database busy.
 */
const KEEP_MS = 5000;
const KEEP_TIMES = 10;
/** Projects kept; beyond it all are forgotten. */
const KEPT = 1000;

/** What a team did, and how it agrees; the costly part of the lead's view. */
export async function computeTeamFigures(db: Db, projectId: string) {
  const [tallies, recent, answers] = await Promise.all([
    tallyTeam(db, { projectId }),
    listRecent(db, { projectId, annotations: RECENT_ANNOTATIONS }),
    listSharedAnswers(db, { projectId, annotations: RECENT_ANNOTATIONS, images: SHARED_IMAGES }),
  ]);
  return { tallies, recent, agreement: computeAgreement(answers) };
}

type Figures = Awaited<ReturnType<typeof computeTeamFigures>>;

/**
 * The figures of each project, computed once for all who ask within some seconds, with how long ago that began. What
 * fails is asked for again.
 */
export function createTeamFigures(compute: (projectId: string) => Promise<Figures>, now: () => number = Date.now) {
  const kept = new Map<string, { figures: Promise<Figures>; began: number; until: number }>();
  const begin = (projectId: string) => {
    if (kept.size >= KEPT) kept.clear();
    const began = now();
    const made = { figures: compute(projectId), began, until: Infinity };
    kept.set(projectId, made);
    made.figures.then(
      () => {
        made.until = now() + Math.max(KEEP_MS, KEEP_TIMES * (now() - began));
      },
      () => {
        made.until = 0;
      },
    );
    return made;
  };
  return {
    async find(projectId: string): Promise<Figures & { ageMs: number }> {
      const hit = kept.get(projectId);
      const { figures, began } = hit && hit.until > now() ? hit : begin(projectId);
      return { ...(await figures), ageMs: now() - began };
    },
  };
}

export type TeamFigures = ReturnType<typeof createTeamFigures>;

/**
 * Agreement over images that at least two people answered. Alpha counts sets that share classes as partly the same; for
 * the kappas each set is an answer of its own.
 */
export function computeAgreement(answers: readonly { imageId: string; memberId: string; classIds: ClassSet }[]) {
  const byImage = new Map<string, Map<string, ClassSet>>();
  for (const { imageId, memberId, classIds } of answers) {
    const said = byImage.get(imageId) ?? new Map<string, ClassSet>();
    byImage.set(imageId, said.set(memberId, classIds));
  }
  const shared = [...byImage.values()].filter((said) => said.size >= 2);
  const keys = [...new Set(answers.map((row) => classSetKey(row.classIds)))];
  const pairs = new Map<string, { first: string; second: string; left: string[]; right: string[] }>();
  for (const said of shared) {
    const people = [...said].sort(([a], [b]) => (a < b ? -1 : 1));
    for (const [index, [first, left]] of people.entries()) {
      for (const [second, right] of people.slice(index + 1)) {
        const pair = pairs.get(first + second) ?? { first, second, left: [], right: [] };
        pairs.set(first + second, pair);
        pair.left.push(classSetKey(left));
        pair.right.push(classSetKey(right));
      }
    }
  }
  return {
    images: shared.length,
    alpha: krippendorffAlpha(shared.map((said) => [...said.values()])),
    fleiss: fleissKappa(
      shared.map((said) => {
        const given = [...said.values()].map(classSetKey);
        return keys.map((key) => given.filter((one) => one === key).length);
      }),
    ),
    pairs: [...pairs.values()]
      .sort((a, b) => b.left.length - a.left.length)
      .slice(0, PAIRS)
      .map(({ first, second, left, right }) => ({
        first,
        second,
        images: left.length,
        kappa: cohenKappa(left, right),
      })),
  };
}
