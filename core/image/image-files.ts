import { say } from '../text/said.ts';
import type { ErrorKey } from '../text/said.ts';

/** The kinds of image that are read, for people. */
export const IMAGE_KINDS = 'JPEG, PNG, WebP, GIF, AVIF, HEIC, TIFF and BMP';

/**
 * By these names files are taken for images; what they are is told by their bytes. A name may have no extension at all.
 */
export const IMAGE_NAME =
  /\.(?:jpe?g|jpe|jfif|jif|pjpe?g|pjp|png|webp|gif|avifs?|hei[cf]s?|hif|tiff?|bmp|dib)$|(?:^|\/)[^./]+$/iu;

/** The end of an image's name by which programs know it, with its dot; empty where it has none that an image has. */
export const extensionOf = (fileName: string): string => {
  const [extension = ''] = /\.[A-Za-z0-9]{1,5}$/u.exec(fileName) ?? [];
  return IMAGE_NAME.test(`image${extension}`) ? extension : '';
};

export const NOT_AN_IMAGE = say('file.notImage', { kinds: IMAGE_KINDS });

type Sign = [offset: number, sign: string];
/** What people call a file that is none of ours. */
export type OtherKind = ErrorKey extends infer Key ? (Key extends `file.kind.${infer Kind}` ? Kind : never) : never;

/** What files begin with that are brought as images and are none that is read; longest first. */
const KINDS: [name: OtherKind, ...signs: Sign[]][] = [
  ['a PDF', [0, '%PDF']],
  ['a Photoshop file', [0, '8BPS']],
  ['a JPEG XL image', [0, '\u00FF\u000A']],
  ['a JPEG XL image', [4, 'JXL ']],
  ['a JPEG 2000 image', [4, 'jP  ']],
  ['a JPEG 2000 image', [0, '\u00FFO\u00FFQ']],
  ['an icon (ICO)', [0, '\u0000\u0000\u0001\u0000']],
  ['a raw photo of a camera', [8, 'CR\u0002']],
  ['a raw photo of a camera', [4, 'ftypcrx ']],
  ['a raw photo of a camera', [0, 'FUJIFILMCCD-RAW']],
  ['a DICOM image', [128, 'DICM']],
  ['a video', [0, '\u001AE\u00DF\u00A3']],
  ['a video', [4, 'ftypqt  ']],
  ['a video', [4, 'ftypisom']],
  ['a video', [4, 'ftypmp4']],
  ['a video', [4, 'ftypM4V ']],
  ['a video', [0, 'RIFF'], [8, 'AVI ']],
  ['a zip inside the upload', [0, 'PK\u0003\u0004']],
  ['a gzip archive', [0, '\u001F\u008B']],
  ['a RAR archive', [0, 'Rar!']],
  ['a 7-Zip archive', [0, '7z\u00BC\u00AF']],
];

/** What a file is that is no image which is read, by how it begins: `a PDF`; null where that says nothing. */
export function kindOf(bytes: Uint8Array): OtherKind | null {
  const head = String.fromCharCode(...bytes.subarray(0, 160));
  const isKind = ([, ...signs]: (typeof KINDS)[number]): boolean =>
    signs.every(([offset, sign]) => head.startsWith(sign, offset));
  return KINDS.find(isKind)?.[0] ?? null;
}
