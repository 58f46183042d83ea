/** Keeps the client itself for the time without a network. Never touches what the server says. */
const FILES = __PRECACHE__;
const CACHE = `parlance-${__VERSION__}`;
const PAGES = /^\/($|c\/|invite\/|join\/|register$)/;

const keepClient = () => caches.open(CACHE).then((cache) => cache.addAll(FILES));

self.addEventListener("install", (event) => event.waitUntil(keepClient()));

// A new version waits until somebody wants it, because windows that are open still need the files of the old one.
self.addEventListener("message", (event) => {
  if (event.data === "take over") self.skipWaiting();
  if (event.data === "keep client") event.waitUntil(keepClient());
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter((name) => name !== CACHE).map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  const isPage = request.mode === "navigate" && PAGES.test(pathname);
  if (!isPage && !FILES.includes(pathname)) return;
  event.respondWith(fromCache(isPage ? "/" : pathname, request));
});

async function fromCache(path, request) {
  return (await caches.match(path, { cacheName: CACHE })) ?? fetch(request);
}
