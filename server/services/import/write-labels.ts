import { can } from '#core/people/access.ts';
import type { Role } from '#core/people/access.ts';
import type { FileLabel } from '#core/proposal/label-book.ts';
import type { Db } from '#db/client.ts';
import { addTags } from '#db/queries/image/change.ts';
import { insertImportedAnnotations } from '#db/queries/image/image.ts';
import type { ImportedAnnotation } from '#db/queries/image/image.ts';
import { refreshConsensus } from '#db/queries/labeling/consensus.ts';
import { listProjectMembers } from '#db/queries/people/member.ts';
import { addClasses, createNameFinder } from '../project/add-classes.ts';

interface Answerer {
  memberId: string;
  role: Role;
}
/** Members by e-mail address, in small letters. */
type People = ReadonlyMap<string, Answerer>;

/**
 * Turns what files say of images into annotations and tags. What a member who sees the project answered, by e-mail
 * address, is theirs again; the label that the file settles on is the importing member's, unless those answers come to
 * it by themselves: then nobody says it twice. Where they do not, it was decided, and is here: by the lead among them
 * who said so, else by the importing member.
 *
 * Call it in a transaction, with the images locked. Tells how many more images that labels, by class id.
 */
export async function writeLabels(
  tx: Db,
  target: { importId: string; projectId: string; memberId: string },
  labels: ReadonlyMap<string, FileLabel>,
): Promise<Partial<Record<string, number>>> {
  const { importId, projectId, memberId } = target;
  await addTags(
    tx,
    projectId,
    [...labels].flatMap(([imageId, { tags = [] }]) => tags.map((tag) => ({ imageId, tag }))),
  );
  const named = [...labels.values()].flatMap(({ className, answers = [] }) => [
    ...(className === null ? [] : [className]),
    ...answers.map((answer) => answer.className),
  ]);
  if (named.length === 0) return {};
  const hasAnswers = [...labels.values()].some(({ answers }) => answers !== undefined);
  const people: People = new Map(
    hasAnswers ? (await listProjectMembers(tx, projectId)).map((one) => [one.email.toLowerCase(), one] as const) : [],
  );
  const classes = await addClasses(tx, projectId, onlyNeeded(labels, people));
  const findClass = await createNameFinder(tx, projectId, classes);
  const answers: ImportedAnnotation[] = [];
  const settled: ImportedAnnotation[] = [];
  for (const [imageId, label] of labels) {
    const classId = findClass(label.className ?? '')?.id ?? null;
    const own = ownAnswers(label, people).flatMap(({ by, className }) => {
      const answered = findClass(className)?.id;
      if (!answered) return [];
      const row = { projectId, imageId, memberId: by.memberId, classIds: [answered], source: 'import' as const };
      return [{ by, row }];
    });
    const same = own.filter(({ row }) => row.classIds[0] === classId);
    const agrees = same.length * 2 > own.length;
    const settler = agrees ? same[0] : same.find(({ by }) => can(by.role, 'annotation:adjudicate'));
    answers.push(...own.filter((one) => one !== settler).map(({ row }) => row));
    const source = agrees || own.length === 0 ? 'import' : 'adjudicate';
    if (classId !== null) settled.push({ projectId, imageId, memberId, classIds: [classId], ...settler?.row, source });
  }
  const labeledByClass = await insertImportedAnnotations(tx, importId, { answers, settled });
  await refreshConsensus(tx, { projectId, imageIds: [...answers, ...settled].map(({ imageId }) => imageId) });
  return labeledByClass;
}

/** One answer a member, the last one that the file has of them. */
const ownAnswers = ({ answers = [] }: FileLabel, people: People): { by: Answerer; className: string }[] => [
  ...new Map(
    answers.flatMap(({ annotator, className }) => {
      const by = people.get(annotator.trim().toLowerCase());
      return by === undefined ? [] : [[by.memberId, { by, className }] as const];
    }),
  ).values(),
];

/** Classes that something will be labeled with: what a stranger answered and nobody settled on makes none. */
const onlyNeeded = (labels: ReadonlyMap<string, FileLabel>, people: People): string[] =>
  [...labels.values()].flatMap((label) => [
    ...(label.className === null ? [] : [label.className]),
    ...ownAnswers(label, people).map(({ className }) => className),
  ]);
