// @ts-check
// Python in the browser: its files, then stlite, which runs it in a worker of its own.

import { answered, areKept, arrived, brought } from "./arrival.js";

/**
 * Where everything lies; addresses without a host are in the site's own folder.
 * @typedef {{app: string, wheels: string[], packages: string[], plotly: string, pyodide: string, stlite: string,
 *   css: string, cssHash: string, worker: string, awaited: import("./arrival.js").Awaited[],
 *   starting: string[], lock: string, store: string}} Site
 * @typedef {{progress: (words: string, part: number | null) => void, asked: (message: string) => void}} Telling
 */

const MEGABYTE = 1e6;
const WITHOUT_NETWORK = "Python is starting: no network is needed";
/** @param {string} path */
const here = (path) => new URL(path, document.baseURI).href;

/** @param {Site} site @param {HTMLElement} root @param {Telling} telling @returns {Promise<any>} stlite's kernel, once Python runs */
export async function started(site, root, telling) {
  await keptFromNowOn(site.worker);
  telling.progress("Python is on its way", null);
  const files = [...site.awaited, ...(await packages(site))];
  const kept = await areKept(files);
  await arrived(files, (bytes, ofAll) => {
    const [now, all] = [bytes, ofAll].map((each) => Math.round(each / MEGABYTE));
    telling.progress(kept ? WITHOUT_NETWORK : `Python is on its way: ${now} of ${all} MB`, bytes / ofAll);
  });
  telling.progress(kept ? WITHOUT_NETWORK : "Python is starting", null);
  const [{ mount }] = await Promise.all([
    import(site.stlite).catch(() => Promise.reject(new Error(`${site.stlite} did not arrive`))),
    brought("link", { rel: "stylesheet", href: site.css, integrity: site.cssHash, crossOrigin: "anonymous" }),
  ]);
  const app = mount({
    pyodideUrl: here(site.pyodide),
    entrypoint: "streamlit_app.py",
    archives: [{ url: here(site.app), format: "zip" }],
    // Where Python looks for it, to put it into exported pages.
    files: { "static/plotly-basic.min.js": { url: here(site.plotly) } },
    prebuiltPackageNames: [...site.packages, ...site.wheels.map(here)],
    disableProgressToasts: true,
    disableErrorToasts: true,
  }, root);
  const kernel = app._kernel;
  fetchDownloadsFrom(kernel);
  noticeFirstMessage(kernel, telling.asked);
  return new Promise((resolve, reject) => {
    kernel.addEventListener("loadError", (/** @type {CustomEvent} */ event) => reject(event.detail));
    kernel.addEventListener("loadFinished", () => resolve(kernel));
  });
}

/** Pyodide's own packages that the start takes, with the hashes of its lock file. @param {Site} site @returns {Promise<import("./arrival.js").Awaited[]>} */
async function packages({ awaited, lock, store, starting }) {
  const { integrity } = /** @type {import("./arrival.js").Awaited} */ (awaited.find(({ url }) => url === lock));
  const known = (await (await answered(lock, integrity)).json()).packages;
  const names = new Set(starting);
  for (const name of names) for (const other of known[name]?.depends ?? []) names.add(other);
  return [...names].filter((name) => name in known).map((name) => {
    const { file_name, sha256 } = known[name];
    const bytes = sha256.match(/../g).map((/** @type {string} */ pair) => String.fromCharCode(parseInt(pair, 16)));
    return { url: `${store}/${file_name}`, integrity: `sha256-${btoa(bytes.join(""))}`, size: 0 };
  });
}

/** Once the service worker listens, each file is fetched a single time and kept for the next visit. @param {string} worker */
async function keptFromNowOn(worker) {
  const { serviceWorker } = navigator;
  if (!serviceWorker) return;
  const registered = await serviceWorker.register(worker).catch(console.info);
  if (!registered || serviceWorker.controller) return;
  await new Promise((resolve) => {
    serviceWorker.addEventListener("controllerchange", resolve, { once: true });
    setTimeout(resolve, 3000);
  });
}

/** Streamlit's first message carries the address as it was when Streamlit was put into the page. @param {any} kernel @param {Telling["asked"]} asked */
function noticeFirstMessage(kernel, asked) {
  const send = kernel.sendWebSocketMessage;
  kernel.sendWebSocketMessage = (/** @type {Uint8Array} */ payload) => {
    kernel.sendWebSocketMessage = send;
    asked(new TextDecoder().decode(payload));
    return send.call(kernel, payload);
  };
}

/** stlite sends a download that is made on the click to a host that exists nowhere: ask Python. @param {any} kernel */
function fetchDownloadsFrom(kernel) {
  const click = HTMLAnchorElement.prototype.click;
  HTMLAnchorElement.prototype.click = async function () {
    if (this.hostname !== "stlite.invalid") return click.call(this);
    const path = this.pathname.slice(this.pathname.indexOf("/media/"));
    const { headers, body } = await kernel.sendHttpRequest({ method: "GET", path, headers: {}, body: "" });
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([body], { type: headers.get("Content-Type") }));
    link.download = /** @type {RegExpExecArray} */ (/filename="([^"]*)"/.exec(headers.get("Content-Disposition")))[1];
    click.call(link);
    URL.revokeObjectURL(link.href);
  };
}
