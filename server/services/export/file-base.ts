/** A name as the beginning of a file's name: plain letters, digits and dashes, 60 at most. */
export const fileBase = (name: string): string =>
  name
    .normalize('NFKD')
    .replaceAll(/[^A-Za-z0-9]+/gu, '-')
    .replaceAll(/^-+|-+$/gu, '')
    .slice(0, 60) || 'project';
