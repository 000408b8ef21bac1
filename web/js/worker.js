// Keeps the page that checks codes without a network, what it is made of, and the last list of codes that no longer hold. The server writes
// self.keep before this text: { version, files, list }.
const store = "xiangyun-offline-" + self.keep.version;

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(store).then((cache) => cache.addAll([...self.keep.files, self.keep.list])).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches.keys()
      .then((names) => Promise.all(names.filter((name) => name.startsWith("xiangyun-offline-") && name !== store).map((name) => caches.delete(name))))
      .then(() => self.clients.claim()));
});

// fresh asks the network first and keeps the answer; without a network the last one serves.
async function fresh(request, key) {
  const cache = await caches.open(store);
  try {
    const answer = await fetch(request);
    if (answer.ok) await cache.put(key, answer.clone());
    return answer;
  } catch (gone) {
    const kept = await cache.match(key);
    if (kept) return kept;
    throw gone;
  }
}

self.addEventListener("fetch", (event) => {
  const at = new URL(event.request.url);
  if (event.request.method !== "GET" || at.origin !== self.location.origin) return;
  const path = at.pathname + at.search;
  if (path === self.keep.list) event.respondWith(fresh(event.request, self.keep.list));
  else if (event.request.mode === "navigate" && at.pathname === "/verify/offline/") event.respondWith(fresh(event.request, "/verify/offline/"));
  else if (self.keep.files.includes(path)) event.respondWith(caches.open(store).then((cache) => cache.match(path)).then((kept) => kept || fetch(event.request)));
});
