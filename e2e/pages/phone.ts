import type { Browser, BrowserContext, CDPSession, Page } from '@playwright/test';
import type { Actor } from '../fixtures/actors.ts';

interface Point {
  x: number;
  y: number;
}

const STEPS = 6;

/** A phone in a person's hand: their session in a browser of 390 × 844 with a touch screen, and two fingers. */
export class Phone {
  readonly page: Page;
  readonly context: BrowserContext;
  private readonly session: CDPSession;

  private constructor(page: Page, session: CDPSession) {
    this.page = page;
    this.context = page.context();
    this.session = session;
  }

  static async of(browser: Browser, actor: Actor, baseURL: string): Promise<Phone> {
    const context = await browser.newContext({
      baseURL,
      storageState: await actor.context.storageState(),
      viewport: { width: 390, height: 844 },
      deviceScaleFactor: 2,
      hasTouch: true,
      isMobile: true,
      serviceWorkers: 'allow',
    });
    const page = await context.newPage();
    return new Phone(page, await context.newCDPSession(page));
  }

  /** The middle of the stage. */
  async middle(): Promise<Point> {
    const box = await this.page.locator('[data-stage]').boundingBox();
    if (box === null) throw new Error('there is no stage');
    return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  }

  /** Two fingers part from the middle, or come together. */
  async pinch(from: number, to: number): Promise<void> {
    const { x, y } = await this.middle();
    const fingers = (apart: number): Point[] => [
      { x: x - apart / 2, y },
      { x: x + apart / 2, y },
    ];
    await this.touch('touchStart', fingers(from));
    for (let step = 1; step <= STEPS; step += 1)
      await this.touch('touchMove', fingers(from + ((to - from) * step) / STEPS));
    await this.touch('touchEnd', []);
  }

  /** One finger from the middle; `look` runs before it lifts. */
  async drag(dx: number, dy = 0, look: () => Promise<void> = async () => undefined): Promise<void> {
    const { x, y } = await this.middle();
    await this.touch('touchStart', [{ x, y }]);
    for (let step = 1; step <= STEPS; step += 1)
      await this.touch('touchMove', [{ x: x + (dx * step) / STEPS, y: y + (dy * step) / STEPS }]);
    await look();
    await this.touch('touchEnd', []);
  }

  async tapTwice(): Promise<void> {
    const at = await this.middle();
    for (let tap = 0; tap < 2; tap += 1) {
      await this.touch('touchStart', [at]);
      await this.touch('touchEnd', []);
    }
  }

  /** How much larger than it fits the seen image is. */
  async zoom(): Promise<number> {
    return this.page
      .getByRole('img', { name: /^To label:/ })
      .evaluate((image) => new DOMMatrix(getComputedStyle(image).transform).a);
  }

  private async touch(type: 'touchStart' | 'touchMove' | 'touchEnd', touchPoints: Point[]): Promise<void> {
    await this.session.send('Input.dispatchTouchEvent', { type, touchPoints });
  }
}
