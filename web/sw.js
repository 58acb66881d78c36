// SPDX-License-Identifier: MIT
/*
 * Two jobs for static hosts that let nobody set headers:
 *  1. cross-origin isolation: our own responses get the headers that threads need;
 *  2. offline: entry documents network-first, files with a hash in their name cache-first.
 * Requests to other origins, ranges and opaque responses pass through untouched.
 */
const BUILD = '@BUILD@';
const FILES = ['@FILES@'];
const PREFIX = 'ttvm-site-';
const CACHE = PREFIX + BUILD;
/** Generations kept: a page of the previous one may still load its parts. */
const KEPT = 2;

const ISOLATION = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'cross-origin',
  'Document-Isolation-Policy': 'isolate-and-require-corp',
};

self.addEventListener('install', () => {
  self.skipWaiting();
});

self.addEventListener('activate', (event) => {
  event.waitUntil(takeOver());
});

self.addEventListener('message', (event) => {
  if (event.data === 'precache') event.waitUntil(fillCache());
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== self.location.origin) return;
  if (request.headers.has('range')) return;
  if (request.cache === 'only-if-cached' && request.mode !== 'same-origin') return;
  if (!url.href.startsWith(self.registration.scope)) return;
  event.respondWith(hasHashedName(url) ? cacheFirst(request) : networkFirst(request));
});

function hasHashedName(url) {
  const name = url.href.slice(self.registration.scope.length);
  return /^(?:assets|engine)\/(?:.*[-/])?[\w-]{8,}[./]/.test(name);
}

async function takeOver() {
  await caches.open(CACHE);
  const ours = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== CACHE);
  await Promise.all(ours.slice(0, Math.max(0, ours.length - (KEPT - 1))).map((name) => caches.delete(name)));
  await self.clients.claim();
}

async function cacheFirst(request) {
  const cached = await caches.match(request);
  if (cached) return isolated(cached);
  try {
    const response = await fetch(request);
    keep(request, response);
    return isolated(response);
  } catch (error) {
    // fillCache may have got it meanwhile, before the network went.
    const late = await caches.match(request);
    if (late) return isolated(late);
    throw error;
  }
}

async function networkFirst(request) {
  try {
    const response = await fetch(request);
    keep(request, response);
    return isolated(response);
  } catch (error) {
    const cached = await caches.match(request, { ignoreSearch: true });
    if (cached) return isolated(cached);
    throw error;
  }
}

/** A failure to store (full disk, private window) must not fail the request. */
function keep(request, response) {
  if (response.status !== 200 || response.type !== 'basic') return;
  const copy = response.clone();
  caches
    .open(CACHE)
    .then((cache) => cache.put(request, copy))
    .catch(() => undefined);
}

function isolated(response) {
  if (response.status === 0 || response.type === 'opaqueredirect') return response;
  const headers = new Headers(response.headers);
  for (const [name, value] of Object.entries(ISOLATION)) headers.set(name, value);
  return new Response(response.body, { status: response.status, statusText: response.statusText, headers });
}

/** Fetches what is not cached yet, past the HTTP cache, a few at a time so that the page comes first. */
async function fillCache() {
  const cache = await caches.open(CACHE);
  const scope = self.registration.scope;
  const wanted = [new URL(scope), ...FILES.map((name) => new URL(name, scope))];
  for (const url of wanted) {
    if (await cache.match(url)) continue;
    const earlier = hasHashedName(url) ? await caches.match(url) : undefined;
    try {
      const response = earlier ?? (await fetch(url, { cache: 'no-cache' }));
      if (response.status === 200) await cache.put(url, response);
    } catch {
      return;
    }
  }
}
