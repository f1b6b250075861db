import { existsSync } from 'node:fs';
import { chromium } from '@playwright/test';
import type { Browser, Page } from '@playwright/test';
import sharp from 'sharp';
import { ZipFile } from 'yazl';
import type { Readable } from 'node:stream';
import { createRandom } from '#core/math/random.ts';
import { openDatabase } from '#db/client.ts';
import { createProject } from '#db/seed/factories.ts';
import { describe, machine, numberArg, summarise } from './database.ts';
import type { Times } from './database.ts';
import { startProduct } from './product.ts';

const BROWSERS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
/** How a person's hand is slower than a machine: time between two keys, ms. */
const BETWEEN_MS = 250;
/** How long the first image is looked at, and how long a finger is down, ms. */
const FIRST_LOOK_MS = 2000;
const DOWN_MS = 60;
const FLOOR_TURNS = 60;

/** A desk with keys, and a phone that is tapped. */
const SCREENS = {
  desk: { viewport: { width: 1280, height: 800 } },
  phone: { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true },
} as const;
const INPUTS = { desk: 'KEY_PRESSED', phone: 'TOUCH_RELEASED' } as const;
const TRACED = { categories: ['benchmark', 'input', 'latencyInfo'] };

/**
 * `npm run bench -- keypress --count 100 --side 640`: a real browser labels that many images of that side by keys,
 * then as many on a phone's screen by taps; from the key (or the finger's lifting) to the frame with the next image
 * on the screen, as the browser's own trace tells it (EventLatency: from the input's making to its presentation).
 * A page that looked at itself would count the frame after as well: its figure is printed beside, as "page". Before
 * it stands what this browser and this hand take on a page that does nothing but change its colour.
 */
export async function run(args: string[]): Promise<void> {
  const count = numberArg(args, 'count', 100);
  const side = numberArg(args, 'side', 640);
  const product = await startProduct();
  const executablePath = BROWSERS.find((path) => existsSync(path));
  const browser = await chromium.launch({
    ...(executablePath ? { executablePath } : {}),
    args: ['--no-sandbox', '--disable-gpu'],
  });
  try {
    const database = openDatabase(product.databaseUrl, { max: 2 });
    const { organizationId, cookie } = await product.createOwner();
    const { id: projectId } = await createProject(database.db, {
      organizationId,
      classes: ['cat', 'dog'],
      settings: { validationShare: 0, testShare: 0 },
    });
    await database.close();
    const total = 2 * count + 40;
    const { id: importId } = await product.call<{ id: string }>(cookie, 'image.startImport', {
      projectId,
      name: 'bench.zip',
      total,
    });
    const response = await fetch(
      `${product.url}/api/projects/${projectId}/imports/${importId}/file?name=bench.zip&kind=zip&folderLabels=0`,
      {
        method: 'PUT',
        headers: { cookie, origin: product.url, 'content-type': 'application/zip' },
        body: new Uint8Array(await drawZip(total, side)),
      },
    );
    if (!response.ok) throw new Error(await response.text());
    console.log(machine());
    for (const name of ['desk', 'phone'] as const) {
      const screen = SCREENS[name];
      const context = await browser.newContext(screen);
      await context.addCookies(
        cookie.split('; ').map((pair) => {
          const at = pair.indexOf('=');
          return { name: pair.slice(0, at), value: pair.slice(at + 1), url: product.url };
        }),
      );
      const page = await context.newPage();
      console.log(`${name}: a page that only changes its colour: ${describe(await floor(browser, page, name))}`);
      await page.goto(`${product.url}/projects/${projectId}/label`);
      await browser.startTracing(page, TRACED);
      const presses = await label(page, count, name === 'phone');
      const shown = readLatencies(await browser.stopTracing(), INPUTS[name]);
      await context.close();
      if (shown.length !== count) throw new Error(`The trace holds ${shown.length} presentations of ${count}.`);
      // A press whose first frame lacked the image counts as what the page saw later.
      const times = presses.map((press, index) => (press.atOnce ? (shown[index] ?? press.ms) : press.ms));
      console.log(`${name}: key or tap → next ${side}×${side} image on screen: ${describe(summarise(times))}`);
      console.log(
        `${name}: page ${describe(summarise(presses.map((press) => press.ms)))}, ` +
          `${presses.filter((press) => press.atOnce).length} of ${count} in the first frame`,
      );
    }
  } finally {
    await browser.close();
    await product.stop();
  }
}

/** The same hand on a page that only changes its colour. */
async function floor(browser: Browser, page: Page, name: keyof typeof SCREENS): Promise<Times> {
  await page.setContent(
    `<body><script>for (const type of ['keydown', 'pointerup']) addEventListener(type, () => {
      document.body.style.background = document.body.style.background === 'red' ? 'blue' : 'red' })</script>`,
  );
  await page.waitForTimeout(FIRST_LOOK_MS);
  const tap = await openFinger(page);
  await browser.startTracing(page, TRACED);
  for (let turn = 0; turn < FLOOR_TURNS; turn += 1) {
    await (name === 'phone' ? tap(100, 100) : page.keyboard.press('1'));
    await page.waitForTimeout(BETWEEN_MS);
  }
  return summarise(readLatencies(await browser.stopTracing(), INPUTS[name]));
}

/** One press: what the page's own clock says, ms, and whether the first frame after it held the next image. */
interface Press {
  ms: number;
  atOnce: boolean;
}

interface TraceEvent {
  name: string;
  ph: string;
  ts: number;
  id?: string;
  id2?: { local?: string };
  args?: { event_latency?: { event_type?: string } };
}

/**
 * From each input of that kind, as the browser has it in hand, to the presentation of its frame, ms. The time before
 * (`GenerationToBrowserMain`) is the hand's: a gesture that the browser makes carries the stamp of the tick before it.
 */
function readLatencies(trace: Buffer, kind: 'TOUCH_RELEASED' | 'KEY_PRESSED'): number[] {
  const { traceEvents } = JSON.parse(trace.toString()) as { traceEvents: TraceEvent[] };
  const begun = new Map<string, TraceEvent & { arrivedAt: number }>();
  const spans: { from: number; ms: number }[] = [];
  for (const event of traceEvents.toSorted((one, other) => one.ts - other.ts)) {
    const key = event.id2?.local ?? event.id ?? '';
    const open = begun.get(key);
    if (event.name === 'GenerationToBrowserMain' && event.ph === 'e' && open) open.arrivedAt = event.ts;
    if (event.name !== 'EventLatency') continue;
    if (event.ph === 'b') begun.set(key, { ...event, arrivedAt: event.ts });
    if (event.ph !== 'e' || open?.args?.event_latency?.event_type !== kind) continue;
    spans.push({ from: open.ts, ms: (event.ts - open.arrivedAt) / 1000 });
  }
  return spans.toSorted((one, other) => one.from - other.from).map(({ ms }) => ms);
}

/** Decides so many images, and says how each went. */
async function label(page: Page, count: number, byTouch: boolean): Promise<Press[]> {
  await page.getByRole('img', { name: /^To label:/ }).waitFor();
  // The loader that runs this file wraps named functions in a helper that the page does not have.
  await page.evaluate('globalThis.__name = (wrapped) => wrapped');
  await page.evaluate(
    (type) => {
      const presses: { ms: number; atOnce: boolean }[] = [];
      Object.assign(window, { presses });
      window.addEventListener(
        type,
        (event) => {
          const before = document.querySelector('[data-stage]')?.getAttribute('data-stage');
          let frames = 0;
          const look = (): void => {
            frames += 1;
            const stage = document.querySelector('[data-stage]');
            const image = stage?.querySelector<HTMLImageElement>('[aria-hidden=false] img');
            if (stage?.getAttribute('data-stage') === before || !image?.complete || image.naturalWidth === 0)
              return void requestAnimationFrame(look);
            const atOnce = frames === 1;
            requestAnimationFrame(() => {
              const channel = new MessageChannel();
              channel.port1.addEventListener(
                'message',
                () => presses.push({ ms: performance.now() - event.timeStamp, atOnce }),
                {
                  once: true,
                },
              );
              channel.port1.start();
              channel.port2.postMessage(0);
            });
          };
          requestAnimationFrame(look);
        },
        { capture: true },
      );
    },
    byTouch ? 'pointerup' : 'keydown',
  );
  const buttons = page.getByRole('group', { name: 'Classes' }).getByRole('button');
  const places = byTouch ? await Promise.all([0, 1].map((index) => buttons.nth(index).boundingBox())) : [];
  const tap = await openFinger(page);
  await page.waitForTimeout(FIRST_LOOK_MS);
  for (let turn = 0; turn < count; turn += 1) {
    const place = places[turn % 2];
    if (place) await tap(place.x + place.width / 2, place.y + place.height / 2);
    else await page.keyboard.press(turn % 2 === 0 ? '1' : '2');
    await page.waitForTimeout(BETWEEN_MS);
  }
  const presses = await page.evaluate(() => (window as unknown as { presses: Press[] }).presses);
  if (presses.length < count) throw new Error(`Only ${presses.length} of ${count} led to another image.`);
  return presses;
}

/**
 * A finger that stays down for a moment, as fingers do. The browser makes the tap itself (`synthesizeTapGesture`):
 * `dispatchTouchEvent` lets the page draw an empty frame before each touch, so that what the touch changes waits for
 * the frame after, 10 to 15 ms that no hand would wait.
 */
async function openFinger(page: Page): Promise<(x: number, y: number) => Promise<void>> {
  const session = await page.context().newCDPSession(page);
  return async (x, y) => {
    await session.send('Input.synthesizeTapGesture', { x, y, duration: DOWN_MS, gestureSourceType: 'touch' });
  };
}

async function drawZip(count: number, side: number): Promise<Buffer> {
  const random = createRandom(7);
  const zip = new ZipFile();
  for (let index = 0; index < count; index += 1) {
    const [r, g, b] = [random.below(256), random.below(256), random.below(256)];
    const circles = Array.from(
      { length: 12 },
      () =>
        `<circle cx="${random.below(side)}" cy="${random.below(side)}" r="${random.below(side / 4)}" ` +
        `fill="hsl(${random.below(360)} 60% 50%)"/>`,
    );
    const svg =
      `<svg xmlns="http://www.w3.org/2000/svg" width="${side}" height="${side}"><rect width="100%" ` +
      `height="100%" fill="rgb(${r},${g},${b})"/>${circles.join('')}</svg>`;
    zip.addBuffer(await sharp(Buffer.from(svg)).jpeg({ quality: 90 }).toBuffer(), `image-${index}.jpg`, {
      compress: false,
    });
  }
  zip.end();
  return Buffer.concat((await (zip.outputStream as Readable).toArray()) as Buffer[]);
}
