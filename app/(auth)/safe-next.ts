const HERE = 'http://here.invalid';

/**
 * Only a path of our own may be gone to after signing in. Browsers drop tabs and line ends before they read an address,
 * so that "/\t/evil.example" would lead elsewhere: it is read as they do, and nothing unprintable is let through.
 */
export const safeNext = (next: string | null | undefined): string => {
  // oxlint-disable-next-line no-control-regex
  if (!next?.startsWith('/') || /[\u0000-\u0020\u007f\\]/.test(next) || !URL.canParse(next, HERE)) return '/';
  return new URL(next, HERE).origin === HERE ? next : '/';
};
