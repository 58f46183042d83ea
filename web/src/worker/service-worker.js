/** Keeps the client itself for the time without a network. Never touches what the server says. */
const FILES = __PRECACHE__;
const CACHE = `parlance-${__VERSION__}`;
const PAGES = /^\/($|c\/|invite\/|join\/|register$)/;

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(FILES)));
});

// A new version waits until somebody wants it, because windows that are open still need the files of the old one.
self.addEventListener("message", ({ data }) => {
  if (data === "take over") self.skipWaiting();
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
  const cache = await caches.open(CACHE);
  return (await cache.match(path)) ?? fetch(request);
}
