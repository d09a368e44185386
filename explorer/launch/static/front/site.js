// @ts-check
// The page of the static site: the front at once, Python behind it, and the change from one to the other.

import { brought } from "./arrival.js";
import { Front, opened } from "./front.js";
import { LeftToPython } from "./link.js";
import { started } from "./python.js";

const LOOK = 100;
/** Why there is no stage yet. @type {Record<string, string>} */
const REASONS = {
  columns: "More than two columns are left to Python.",
  drawn: "The points of this link are drawn by Python.",
  many: "So many points are left to Python.",
  missing: "The points are too many for an address: Python asks this tab for them.",
  page: "This page comes with Python.",
};
const STARTS_ANEW =
  "Reload the page to try again; where that does not help, a filter in this network or an extension of this browser may hold the file back.";

/** @param {import("./prepared.js").Prepared} prepared @param {import("./python.js").Site} site */
export async function begin(prepared, site) {
  const page = /** @type {HTMLElement} */ (document.getElementById("front"));
  const root = /** @type {HTMLElement} */ (document.getElementById("root"));
  const [words, bar, remark] = ["#step", "progress", "#remark"].map((name) => /** @type {any} */ (page.querySelector(name)));
  /** @param {string} sentence @param {number | null} part */
  const progress = (sentence, part) => {
    if (page.classList.contains("failed")) return;
    words.textContent = sentence;
    if (part === null) bar.removeAttribute("value");
    else bar.value = part;
  };
  /** @param {Error} error @param {string} what */
  const fail = (error, what) => {
    console.error(error);
    bar.remove();
    page.classList.add("failed");
    words.setAttribute("role", "alert");
    words.textContent = `${what}: ${error.message}. ${STARTS_ANEW}`;
  };
  prepared.embedded = new URLSearchParams(location.search).get("embed")?.toLowerCase() === "true";
  page.classList.toggle("embedded", prepared.embedded);

  const charts = () => brought("script", { src: site.plotly, integrity: site.plotlyHash, crossOrigin: "anonymous" });

  /** @type {Front | null} */
  let front = null;
  try {
    const known = await opened(location.search, prepared);
    page.classList.toggle("presented", known.problem.display.present);
    front = new Front(page, prepared, known, (refusal) => (remark.textContent = refusal));
    page.querySelector("#data-title").textContent = known.problem.data.title;
    await Promise.all([charts(), front.show()]);
    await chartsIn(page);
  } catch (error) {
    if (!(error instanceof LeftToPython)) return fail(/** @type {Error} */ (error), "The charts could not be shown");
    page.classList.add("waiting");
    remark.textContent = REASONS[error.message] ?? "";
    charts().catch((missing) => fail(missing, "The charts could not be shown"));
  }
  /** @type {any} */ (window).emFront = { hand: () => front && front.hand() };
  const kept = () => (remark.textContent ||= "Python is kept in this browser: no network is needed.");
  try {
    await started(site, root, { progress, kept, asked: (message) => front?.read(message) });
    await appIn(root);
  } catch (error) {
    return fail(/** @type {Error} */ (error), "The app could not be started");
  }
  giveWay(page, root, front);
}

/** @param {Element} page */
const chartsIn = (page) => until(() => page.querySelector(".em-loading[hidden]"));

/** The app, with its stage where it has one, once it has taken what explorer/app/visit.js handed to it. @param {Element} root */
function appIn(root) {
  const { emVisit } = /** @type {any} */ (window);
  let unweighed = false;
  return until(() => {
    unweighed ||= givenNoWeight();
    const here = root.querySelector("[data-test-script-state='notRunning'] :is(.ex-title, .em-stage)");
    const stage = root.querySelector(".em-stage");
    const taken = !emVisit.asked || emVisit.told?.taken;
    return here && emVisit.told && taken && (!stage || stage.querySelector(".em-loading[hidden]"));
  });
}

/**
 * stlite puts a class of its own before Streamlit's rules for all paragraphs, buttons and so on, by which
 * they outweigh the app's rules: as in Streamlit, they shall weigh no more than their elements. Whether
 * there were such rules.
 */
function givenNoWeight() {
  const sheets = [...document.styleSheets].filter(({ ownerNode }) => ownerNode instanceof HTMLStyleElement);
  const rules = /** @type {CSSStyleRule[]} */ (sheets.flatMap(({ cssRules }) => [...cssRules]).filter((rule) => rule instanceof CSSStyleRule));
  const scope = rules.map(({ selectorText }) => /^(\.[\w-]+) p, \1 ol, \1 ul, \1 dl$/.exec(selectorText)?.[1]).find(Boolean);
  if (!scope) return false;
  for (const rule of rules) {
    if (rule.selectorText.includes(`${scope} `)) rule.selectorText = rule.selectorText.replaceAll(`${scope} `, `:where(${scope}) `);
  }
  return true;
}

/** @param {() => unknown} holds @returns {Promise<void>} */
function until(holds) {
  return new Promise((resolve) => {
    const timer = setInterval(() => {
      if (!holds()) return;
      clearInterval(timer);
      resolve();
    }, LOOK);
  });
}

/** @param {HTMLElement} page @param {HTMLElement} root @param {Front | null} front */
function giveWay(page, root, front) {
  const stage = root.querySelector(".em-stage");
  const focus = front && stage && front.passTo(stage);
  const scroller = root.querySelector("[data-testid=stMain]");
  root.inert = false;
  root.classList.add("here");
  if (scroller) scroller.scrollTop = /** @type {Element} */ (page.querySelector(".main")).scrollTop;
  page.remove();
  front?.close();
  if (focus) focus();
}
