import { expect } from '@playwright/test';
import type { Page } from '@playwright/test';

/** What is the same in every language: names of ours and of languages, addresses of mail, times as Intl writes them. */
const NAMES = String.raw`Pupil|English|한국어|CSV|MLflow|([^/]+\/)?drawn-\d{4}\.png|\S+@example\.test`;
const TIMES = String.raw`\d+ (min|hr)\. ago|[A-Z][a-z]{2} \d{1,2}, \d{4}`;
const SAME = new RegExp(`^(${NAMES}|${TIMES})$`);

/**
 * What stands on a page in the language of nobody (`en-XA`) but is not from the catalogue, and what of the catalogue is
 * cut. `data` is what people wrote: names of projects, classes and themselves.
 */
async function findOutside(page: Page, data: readonly string[]): Promise<{ outside: string[]; cut: string[] }> {
  return page.evaluate(
    ({ same, known }) => {
      const outside: string[] = [];
      const cut: string[] = [];
      const isData = (text: string): boolean =>
        new RegExp(same).test(text) || !/\p{L}{2,}/u.test(known.reduce((rest, one) => rest.replaceAll(one, ''), text));
      const check = (text: string, where: string): void => {
        const read = text.trim();
        if (!/\p{L}{2,}/u.test(read) || /[áéíóúƀđǧ]|^\[/u.test(read) || isData(read)) return;
        outside.push(`${where}: ${read}`);
      };
      const isSeen = (element: Element): boolean =>
        element.getClientRects().length > 0 && element.checkVisibility({ visibilityProperty: true });
      for (const element of document.body.querySelectorAll('*')) {
        if (element.closest('script, style, kbd, textarea[readonly], [aria-hidden=true]') || !isSeen(element)) continue;
        for (const name of ['aria-label', 'placeholder', 'title', 'alt']) {
          const value = element.getAttribute(name);
          if (value !== null) check(value, name);
        }
        for (const node of element.childNodes) {
          if (node.nodeType !== Node.TEXT_NODE || !node.textContent?.trim()) continue;
          check(node.textContent, element.tagName.toLowerCase());
          if (!node.textContent.trim().startsWith('[')) continue;
          const range = document.createRange();
          range.selectNodeContents(node);
          const { left, right } = range.getBoundingClientRect();
          // A closed choice may be cut: the list that it opens shows it in full.
          if (element.closest('.sr-only, .skip-link, [role=combobox]')) continue;
          let isReached = false;
          for (let up: Element | null = element; up; up = up.parentElement) {
            const box = up.getBoundingClientRect();
            const { overflowX } = getComputedStyle(up);
            // What scrolls is reached.
            isReached ||= overflowX === 'auto' || overflowX === 'scroll';
            if (isReached) break;
            if (overflowX === 'hidden' && box.width > 1 && right > box.right + 1) cut.push(node.textContent);
          }
          if (!isReached && (left < -1 || right > window.innerWidth + 1)) cut.push(node.textContent);
        }
      }
      return { outside: [...new Set(outside)], cut: [...new Set(cut)] };
    },
    { same: SAME.source, known: [...data].sort((a, b) => b.length - a.length) },
  );
}

/** Opens a page in the language of nobody, and tells what of it is not from the catalogue or is cut. */
export async function lookAt(page: Page, address: string, data: readonly string[]): Promise<string[]> {
  await page.goto(address);
  await expect(page.locator('main').getByText(/^\[/).first(), address).toBeAttached();
  await page.waitForLoadState('networkidle');
  const { outside, cut } = await findOutside(page, data);
  return [...outside.map((text) => `${address}: outside: ${text}`), ...cut.map((text) => `${address}: cut: ${text}`)];
}
