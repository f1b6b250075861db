/** The theme lives in a cookie, so that the server paints the right one at once: no inline script, no flash. */
export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];
export const THEME_COOKIE = 'pupil-theme';
/** Fired on window when the theme changes by choice; canvas charts repaint on it. */
export const THEME_EVENT = 'pupil:theme';

export const parseTheme = (value: string | undefined): Theme => THEMES.find((theme) => theme === value) ?? 'system';

/** Sets the theme now and for later visits. Browser only. */
export const applyTheme = (theme: Theme): void => {
  document.cookie = `${THEME_COOKIE}=${theme}; path=/; max-age=31536000; samesite=lax`;
  if (theme === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme;
  window.dispatchEvent(new Event(THEME_EVENT));
};

/** Calls back when colours may have changed, by choice or by the system; returns the undo. Browser only. */
export const onThemeChange = (callback: () => void): (() => void) => {
  const media = window.matchMedia('(prefers-color-scheme: dark)');
  window.addEventListener(THEME_EVENT, callback);
  media.addEventListener('change', callback);
  return () => {
    window.removeEventListener(THEME_EVENT, callback);
    media.removeEventListener('change', callback);
  };
};

/** Painted rgb() values of any CSS colours (`var(--color-accent)`, light-dark(…)), for canvas. Browser only. */
export const paintColours = (colours: readonly string[]): string[] => {
  const probe = document.createElement('span');
  probe.style.display = 'none';
  document.body.append(probe);
  const painted = colours.map((colour) => {
    probe.style.color = colour;
    return getComputedStyle(probe).color;
  });
  probe.remove();
  return painted;
};

/** The same as numbers, 0..255: a canvas answers for colour spaces that text does not tell. Browser only. */
export const paintRgb = (colours: readonly string[]): [number, number, number][] => {
  const canvas = document.createElement('canvas');
  canvas.width = colours.length;
  canvas.height = 1;
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (context === null || colours.length === 0) return [];
  for (const [index, colour] of paintColours(colours).entries()) {
    context.fillStyle = colour;
    context.fillRect(index, 0, 1, 1);
  }
  const { data } = context.getImageData(0, 0, colours.length, 1);
  return colours.map((_, index) => [data[index * 4] ?? 0, data[index * 4 + 1] ?? 0, data[index * 4 + 2] ?? 0]);
};
