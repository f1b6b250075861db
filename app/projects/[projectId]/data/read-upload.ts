import { isHidden } from '#core/formats/read-folders.ts';
import { propose } from '#core/proposal/propose.ts';
import type { Proposal, ProposalChoice, ProposalInput } from '#core/proposal/propose.ts';
import type { FileLabel } from '#core/proposal/label-book.ts';
import type { LabelFileBytes } from '#core/proposal/read-tables.ts';
import { isImage, LABELS, ZIP } from './upload.ts';
import type { PickedFile } from './upload.ts';
import { listZip } from './zip-names.ts';

/** Label files beyond this size are left to the server, bytes. */
const READ_MOST = 64 * 2 ** 20;

/** What was picked, with the names inside of its zips: all that a proposal needs, and how to show a sample. */
export interface PickedUpload {
  picked: readonly PickedFile[];
  paths: string[];
  labelFiles: LabelFileBytes[];
  nameEncoding: string | null;
  /** One zip, or files without any: how they are read can be chosen. Else each zip is read by itself. */
  isChoosable: boolean;
  read: (path: string) => Promise<Blob> | null;
  /** The same files have the same print. */
  print: string;
}

/** Reads names and label files of what was picked; images are not touched. */
export async function readUpload(picked: readonly PickedFile[]): Promise<PickedUpload> {
  const visible = picked.filter(({ path }) => !isHidden(path));
  const readers = new Map<string, () => Promise<Blob>>();
  const tables: { path: string; read: () => Promise<Blob> }[] = [];
  let nameEncoding: string | null = null;
  for (const { path, file } of visible) {
    if (ZIP.test(path)) {
      const zip = await listZip(file).catch(() => null);
      nameEncoding ??= zip?.nameEncoding ?? null;
      for (const entry of zip?.files ?? []) {
        if (isHidden(entry.name)) continue;
        if (/\.txt$/iu.test(entry.name) || LABELS.test(entry.name)) {
          if (entry.size <= READ_MOST) tables.push({ path: entry.name, read: entry.read });
        } else if (isImage({ path: entry.name, file: new File([], entry.name) })) readers.set(entry.name, entry.read);
      }
    } else if (isImage({ path, file })) readers.set(path, () => Promise.resolve(file));
    else if (LABELS.test(path) && file.size <= READ_MOST) tables.push({ path, read: () => Promise.resolve(file) });
  }
  const labelFiles = await Promise.all(
    tables.map(async ({ path, read }) => ({ path, bytes: new Uint8Array(await (await read()).arrayBuffer()) })),
  );
  const paths = [...readers.keys()];
  return {
    picked,
    paths,
    labelFiles,
    nameEncoding,
    isChoosable: visible.length === 1 || !visible.some(({ path }) => ZIP.test(path)),
    read: (path) => readers.get(path)?.() ?? null,
    print: [paths.length, paths[0] ?? '', paths.at(-1) ?? '', ...tables.map(({ path }) => path)].join('|'),
  };
}

/** What a picked upload means in this project, as a person chose. */
export const proposeUpload = (
  upload: PickedUpload,
  project: {
    classes: readonly { id: string; name: string }[];
    merged: readonly { name: string; intoId: string | null }[];
    settings: NonNullable<ProposalInput['shares']>;
  },
  choice: ProposalChoice,
): { proposal: Proposal; find: (path: string) => FileLabel | null } => {
  const byId = new Map(project.classes.map(({ id, name }) => [id, name]));
  return propose({
    paths: upload.paths,
    labelFiles: upload.labelFiles,
    nameEncoding: upload.nameEncoding,
    classes: project.classes,
    aliases: project.merged.flatMap(({ name, intoId }) => {
      const into = byId.get(intoId ?? '');
      return into === undefined ? [] : [{ name, into }];
    }),
    choice,
    shares: project.settings,
  });
};
