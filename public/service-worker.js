/**
 * What lets the label and review pages open without a connection: their shell, the chunks it is made of, and the images
 * in the person's hand. It answers only when the server does not (chunks, whose names say what is in them, aside), keeps
 * no answer of the API, and takes orders from pages of ours only (app/_offline/worker.ts).
 */
const SHELL = 'pupil-shell';
const IMAGES = 'pupil-images';
/** Holds nothing of any person: chunks, and the page that says that there is no connection. */
const CHUNKS = 'pupil-chunks';
const OFFLINE = '/offline';
/** Shells of the projects worked on last, two pages each. */
const SHELLS_KEPT = 6;
const IMAGES_KEPT = 80;
/** From here on, chunks of earlier builds go. */
const CHUNKS_KEPT = 200;

self.addEventListener('install', (event) => {
  self.skipWaiting();
  event.waitUntil(keepPage(OFFLINE, CHUNKS));
});

self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));

self.addEventListener('message', (event) => {
  const { type, pages, images } = event.data ?? {};
  if (type === 'pages') event.waitUntil(keepPages(pages));
  if (type === 'images') event.waitUntil(keepImages(images));
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== self.location.origin) return;
  if (url.pathname.startsWith('/_next/static/')) event.respondWith(chunk(request));
  else if (/^\/media\/projects\/[\w-]+\/images\//.test(url.pathname))
    event.respondWith(fetch(request).catch(async () => (await kept(IMAGES, url.pathname)) ?? Response.error()));
  else if (request.mode === 'navigate') event.respondWith(navigate(request, url.pathname));
});

const kept = async (name, path) => (await caches.open(name)).match(path, { ignoreVary: true, ignoreSearch: true });

async function navigate(request, path) {
  const answer = await fetch(request).catch(() => null);
  if (answer !== null && answer.status < 500) return answer;
  return (await kept(SHELL, path)) ?? answer ?? (await kept(CHUNKS, OFFLINE)) ?? Response.error();
}

async function chunk(request) {
  const cache = await caches.open(CHUNKS);
  const found = await cache.match(request);
  if (found) return found;
  const answer = await fetch(request);
  if (answer.ok) await cache.put(request, answer.clone());
  return answer;
}

/** A page with everything that it is made of, as it comes: its policy and the nonce of its scripts stay together. */
async function keepPage(path, name) {
  const answer = await fetch(path, { credentials: 'same-origin' });
  if (!answer.ok || answer.redirected) return;
  const html = await answer.clone().text();
  const cache = await caches.open(CHUNKS);
  const missing = [];
  for (const address of partsOf(html)) if (!(await cache.match(address))) missing.push(address);
  await Promise.allSettled(missing.map((address) => cache.add(address)));
  const pages = await caches.open(name);
  await pages.delete(path);
  await pages.put(path, answer);
}

const partsOf = (html) => new Set(html.match(/\/_next\/static\/[^"'\\\s)<>]+/g) ?? []);

async function keepPages(paths) {
  for (const path of paths) await keepPage(path, SHELL).catch(() => undefined);
  // In the language of now, which need not be that of the first visit.
  await keepPage(OFFLINE, CHUNKS).catch(() => undefined);
  const cache = await caches.open(SHELL);
  const keys = await cache.keys();
  for (const key of keys.slice(0, Math.max(0, keys.length - SHELLS_KEPT))) await cache.delete(key);
  await dropOldChunks();
}

async function dropOldChunks() {
  const cache = await caches.open(CHUNKS);
  const keys = await cache.keys();
  if (keys.length <= CHUNKS_KEPT) return;
  const needed = new Set([OFFLINE]);
  for (const name of [SHELL, CHUNKS])
    for (const page of await (await caches.open(name)).matchAll())
      if (page.headers.get('content-type')?.includes('text/html'))
        for (const address of partsOf(await page.text())) needed.add(address);
  for (const key of keys) if (!needed.has(new URL(key.url).pathname)) await cache.delete(key);
}

/** These and no others. */
async function keepImages(paths) {
  const wanted = new Set(paths.slice(0, IMAGES_KEPT));
  const cache = await caches.open(IMAGES);
  for (const key of await cache.keys()) if (!wanted.delete(new URL(key.url).pathname)) await cache.delete(key);
  await Promise.allSettled([...wanted].map((path) => cache.add(path)));
}
