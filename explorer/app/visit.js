// The browser keeps the visit, and hands it back to a session of the server that does not know it:
// after a sleep, a restart, a redeploy, a reload or a crashed tab. What is kept lies in the tab's own
// store, so that two tabs do not mix. Until a session knows the visit, it writes no address.
//
// In the static site `emFront` showed the stage before Python was there, and has the address of what was
// changed on it meanwhile.
//
// Two components know of it: one outside every fragment is told the visit's text whenever the problem
// changes; another, what changes with every step.

const framed = window.top !== window;
const visit = (window.emVisit ??= { opened: location.search });
const KEY = `em-visit ${location.pathname} ${framed ? visit.opened : ""}`;
visit.warn ??= (event) => event.preventDefault();

/** The visit's text. @param {any} component @param {any} kept */
export function keepVisit({ setTriggerValue, setStateValue }, kept) {
  visit.kept = kept;
  visit.hand = (record) => setTriggerValue("handed", record);
  visit.refuse = (mark) => setStateValue("refused", mark);
  watchConnection((left) => setTriggerValue("again", { at: Date.now(), left }));
  if (visit.told) follow(visit.kept, visit.told);
}

/** What changes with every step. @param {any} told */
export function followVisit(told) {
  visit.told = told;
  if (visit.kept) follow(visit.kept, visit.told);
}

function follow(kept, told) {
  (told.unsaved ? window.addEventListener : window.removeEventListener)("beforeunload", visit.warn);
  if (told.token !== visit.token && !told.taken) {
    if (visit.asked === told.token || kept.mark !== told.mark) return; // or what was kept is of the session before
    const record = visit.token ? latest() : (window.emFront?.hand() ?? found());
    if (record) {
      visit.asked = told.token;
      visit.hand(record);
      return;
    }
  }
  visit.token = told.token;
  writeAddress(told.query);
  keep(kept, told);
}

/** What this page was told last, the server's session having gone. */
function latest() {
  return { text: visit.text, view: visit.view, left: visit.left, points: visit.points };
}

/** What the tab's store holds of the visit that this address stands for. */
function found() {
  const [note, text] = [read(`${KEY} note`), read(KEY)];
  if (!note || !text) return null;
  const { mark, view, search, opened } = note;
  if (search !== location.search && !(framed && opened === location.search)) return null;
  return { text: text.text, view: text.mark === mark ? view : "" };
}

function keep(kept, told) {
  if (kept.mark !== told.mark) return;
  const { mark } = kept;
  const anew = visit.mark !== mark;
  Object.assign(visit, { mark, text: kept.text, points: kept.points, view: told.view });
  try {
    if (anew) sessionStorage.removeItem(KEY);
    if (anew && kept.text) sessionStorage.setItem(KEY, JSON.stringify({ mark, text: kept.text }));
    const note = { mark, view: told.view, search: location.search, opened: visit.opened };
    sessionStorage.setItem(`${KEY} note`, JSON.stringify(note));
  } catch {
    if (anew) visit.refuse(mark);
  }
}

function read(key) {
  try {
    return JSON.parse(sessionStorage.getItem(key));
  } catch {
    return null;
  }
}

/** Streamlit writing the address adds an entry to the browser's history for every half-step, and
 * 'back' would never lead out of the page; so the address is replaced. */
function writeAddress(query) {
  if (query === null) return;
  const now = [...new URLSearchParams(location.search)];
  const own = new URLSearchParams(now.filter(([name]) => name.startsWith("embed"))).toString();
  const search = [own, query].filter(Boolean).join("&");
  const address = location.pathname + (search && `?${search}`) + location.hash;
  if (address !== location.pathname + location.search + location.hash) {
    history.replaceState(history.state, "", address);
  }
}

/** After each time without the server, `again` is called with where the stage was left: Streamlit
 * itself need not run the page. */
function watchConnection(again) {
  visit.again = again;
  const app = document.querySelector("[data-test-connection-state]");
  if (!app || visit.watched === app) return;
  visit.watched = app;
  const state = () => app.dataset.testConnectionState;
  let connected = state() === "CONNECTED";
  new MutationObserver(() => {
    const back = state() === "CONNECTED" && !connected;
    connected = state() === "CONNECTED";
    if (!back) return;
    visit.asked = null;
    visit.left = window.emLeft; // the stage goes elsewhere when the new session draws it
    visit.again(visit.left);
  }).observe(app, { attributeFilter: ["data-test-connection-state"] });
}
