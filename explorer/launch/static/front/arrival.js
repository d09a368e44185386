// @ts-check
// Files on their way, with how much of them is here.

/** A file whose content never changes at its address. size: in bytes, 0 where the server has to say. @typedef {{url: string, integrity: string, size: number}} Awaited */

/**
 * Fetch all, each checked against its hash; afterwards the browser has them when Python asks.
 * Where one fails the error names it.
 * @param {Awaited[]} files @param {(bytes: number, ofAll: number) => void} tell
 */
export async function arrived(files, tell) {
  const sizes = files.map(({ size }) => size);
  const here = files.map(() => 0);
  const sum = (/** @type {number[]} */ counts) => counts.reduce((a, b) => a + b, 0);
  /** @param {number} i @param {number} bytes @param {number} size */
  const count = (i, bytes, size) => {
    sizes[i] ||= size;
    here[i] = Math.min(bytes, sizes[i]);
    tell(sum(here), sum(sizes));
  };
  await Promise.all(
    files.map(async ({ url, integrity }, i) => {
      const answer = await answered(url, integrity);
      const size = Number(answer.headers.get("Content-Length"));
      let bytes = 0;
      try {
        for (const reader = bodyOf(answer).getReader(); ; ) {
          const { done, value } = await reader.read();
          if (done) return count(i, Infinity, size);
          count(i, (bytes += value.length), size);
        }
      } catch (error) {
        throw missing(url, /** @type {Error} */ (error).message);
      }
    }),
  );
}

/** Whether this browser has all of them since an earlier visit. @param {Awaited[]} files */
export async function areKept(files) {
  if (!window.caches) return false;
  const found = await Promise.all(files.map(({ url }) => caches.match(url)));
  return found.every(Boolean);
}

/** @param {Response} answer */
const bodyOf = (answer) => /** @type {ReadableStream<Uint8Array>} */ (answer.body);

/** The server's answer to what is at the address, if it is what it should be. @param {string} url @param {string} integrity @returns {Promise<Response>} */
export async function answered(url, integrity) {
  const answer = await fetch(url, { integrity }).catch((error) => Promise.reject(missing(url, error.message)));
  if (!answer.ok) throw missing(url, `the server answered ${answer.status}`);
  return answer;
}

/** A script or a style sheet in the page. @param {"script" | "link"} kind @param {Record<string, string>} attributes @returns {Promise<Event>} */
export function brought(kind, attributes) {
  return new Promise((resolve, reject) => {
    const element = Object.assign(document.createElement(kind), attributes);
    element.onload = resolve;
    element.onerror = () => reject(missing(attributes.src || attributes.href));
    document.head.append(element);
  });
}

/** @param {string} url @param {string} [why] */
const missing = (url, why) => new Error(`${url} did not arrive${why ? ` (${why})` : ""}`);
