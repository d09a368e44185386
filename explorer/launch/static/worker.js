// Keeps Python, its packages and the app in the browser: each file is fetched once, and the next visit
// starts without the network. What is kept lies at addresses whose content never changes.

const KEPT = "em-explorer $VERSION";
const FIRST = $FIRST.map((path) => new URL(path, registration.scope).href);
const LASTING = $LASTING.map((path) => new URL(path, registration.scope).href);
const PAGE = registration.scope;
const A_MOMENT = 300;
const underway = new Map();

addEventListener("install", (event) => event.waitUntil(keepPage()));

addEventListener("activate", (event) => event.waitUntil(begin()));

addEventListener("fetch", (event) => {
  const { method, mode, url } = event.request;
  if (method !== "GET") return;
  if (mode === "navigate") event.respondWith(page(event.request, event));
  else if (LASTING.some((start) => url.startsWith(start))) event.respondWith(lasting(event.request));
});

/** The page that installs this came before there was anybody to keep it, and so did what it shows first: the
 * browser has that, and is asked for it without the network. */
async function keepPage() {
  const kept = await caches.open(KEPT);
  await kept.add(PAGE);
  await Promise.all(FIRST.map(async (url) => kept.put(url, await fetch(url, { cache: "force-cache" }))));
  await skipWaiting();
}

async function begin() {
  const older = (await caches.keys()).filter((name) => name.startsWith("em-explorer ") && name !== KEPT);
  await Promise.all(older.map((name) => caches.delete(name)));
  await clients.claim();
}

/** The newest page if the network brings it in a moment, else the one that was kept; the newest is kept for
 * the next visit. */
async function page(request, event) {
  const kept = await caches.open(KEPT);
  const isPage = request.url.split(/[?#]/)[0] === PAGE;
  const newest = fetch(request).then(async (answer) => {
    if (answer.ok && isPage) await kept.put(PAGE, answer.clone());
    return answer;
  });
  const known = await kept.match(PAGE);
  if (!known) return newest;
  event.waitUntil(newest.catch(() => {}));
  const orKnown = newest.catch(() => known);
  return isPage ? Promise.race([orKnown, new Promise((resolve) => setTimeout(resolve, A_MOMENT, known))]) : orKnown;
}

/** From the store; else fetched, by one request for all who ask meanwhile. */
async function lasting({ url, integrity }) {
  const kept = await caches.open(KEPT);
  const known = await kept.match(url);
  if (known) return known;
  if (!underway.has(url)) underway.set(url, fetched(kept, url, integrity).finally(() => underway.delete(url)));
  return (await underway.get(url)).clone();
}

async function fetched(kept, url, integrity) {
  const answer = await fetch(url, { mode: "cors", credentials: "omit", integrity });
  // A full store is no reason to go without.
  if (answer.ok) await kept.put(url, answer.clone()).catch(() => {});
  return answer;
}
