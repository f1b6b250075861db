import type { english } from './en/index.ts';

/** Where texts are needed: on every page, or on those of a project only. */
export type Part = keyof typeof english;

/** All that one language says: as many texts as English has, under the same keys. */
export type Catalogues = { readonly [P in Part]: Readonly<Record<keyof (typeof english)[P], string>> };
