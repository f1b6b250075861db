/** Class names from pasted text: a line or a comma apart, trimmed, each once, in order. */
export const parseClassNames = (text: string): string[] => [
  ...new Set(
    text
      .split(/[\n,;\t]/u)
      .map((name) => name.trim().slice(0, 100))
      .filter((name) => name !== ''),
  ),
];
