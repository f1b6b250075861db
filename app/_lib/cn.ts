/** Joins class names; what is false, null or empty falls away. */
export const cn = (...parts: (string | false | null | undefined)[]): string => parts.filter(Boolean).join(' ');
