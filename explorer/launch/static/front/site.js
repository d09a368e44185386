// @ts-check
// The page of the static site: the front at once, Python behind it, and the change from one to the other.

import { brought } from "./arrival.js";
import { Front, opened } from "./front.js";
import { LeftToPython } from "./link.js";
import { started } from "./python.js";
import { formOf } from "./told.js";

const LOOK = 100;
/** For so many looks an app without a stage may still get one: where the front has it, and where it has none. */
const [LONG, SHORT] = [300, 10];
/** For so many it is waited for what Streamlit has grey bars in the place of, which are of another height. */
const BARS = 50;
const NOT_READ = "This address holds something that only Python can read.";
/** Why there is no stage yet. @type {Record<string, string>} */
const REASONS = {
  drawn: "The start of this link is drawn by Python.",
  length: NOT_READ,
  missing: "The points are too many for an address: Python asks this tab for them.",
  page: "This page comes with Python.",
  value: NOT_READ,
  version: NOT_READ,
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
  for (const name of ["embedded", "framed"]) page.classList.toggle(name, prepared.embedded);

  const charts = brought("script", { src: site.plotly });
  charts.catch(() => {}); // said below, where the charts are awaited

  /** @type {Front | null} */
  let front = null;
  try {
    const known = await opened(location.search, prepared);
    const form = formOf(known.problem, prepared);
    for (const each of ["embedded", "presented"]) page.classList.toggle(each, each === form);
    page.dataset.page = known.problem.page;
    if (known.problem.page === prepared.pages[0]) sayBesideTheButtons(page, form);
    front = new Front(page, prepared, known, (refusal) => (remark.textContent = refusal));
    page.querySelector("#data-title").textContent = known.problem.data.title;
    await Promise.all([charts, front.show()]);
    await chartsIn(page);
    if (front.told?.run.outcome === "running") remark.textContent = "This run is a long one: further steps come with Python.";
  } catch (error) {
    if (!(error instanceof LeftToPython)) return fail(/** @type {Error} */ (error), "The charts could not be shown");
    page.classList.add("waiting");
    remark.textContent = REASONS[error.message] ?? "";
    charts.catch((missing) => fail(missing, "The charts could not be shown"));
  }
  /** @type {any} */ (window).emFront = { hand: () => front && front.hand() };
  try {
    await started(site, root, { progress, asked: (message) => front?.read(message) });
    await appIn(root, front ? LONG : SHORT);
  } catch (error) {
    return fail(/** @type {Error} */ (error), "The app could not be started");
  }
  giveWay(page, root, front);
}

/** What is coming is said where the app says what happened: on a phone, in a frame and in a room that is beside the stage's buttons. @param {HTMLElement} page @param {string} form */
function sayBesideTheButtons(page, form) {
  const [coming, told, guide, stage] = ["#coming", ".em-told", ".guide", ".em-stage"].map((name) => /** @type {HTMLElement} */ (page.querySelector(name)));
  stage.dataset.form = form;
  told.dataset.told = "";
  const place = () => (told.getClientRects().length ? told : guide).prepend(coming);
  new ResizeObserver(place).observe(page);
  place();
}

/** @param {Element} page */
const chartsIn = (page) => until(() => page.querySelector(".em-loading[hidden]"));

/** The app, with its stage where it has one, once it has taken what explorer/app/visit.js handed to it. @param {Element} root @param {number} patience */
function appIn(root, patience) {
  const { emVisit } = /** @type {any} */ (window);
  let [bare, barred] = [0, 0];
  /** @type {Element | null} */
  let weighed = null;
  return until(() => {
    weighed ??= weighedAsInStreamlit(root.querySelector(".stlite-root"));
    const here = root.querySelector("[data-test-script-state='notRunning'] :is(.ex-title, .em-stage)");
    const stage = root.querySelector(".em-stage");
    const taken = !emVisit.asked || emVisit.told?.taken;
    bare = here && !stage ? bare + 1 : 0;
    barred = here && root.querySelector("[data-testid=stSkeleton]") ? barred + 1 : 0;
    const drawn = !barred || barred > BARS;
    return here && drawn && emVisit.told && taken && (stage ? stage.querySelector(".em-loading[hidden]") : bare > patience);
  });
}

/**
 * stlite puts a class of its own, another with each theme, before Streamlit's rules for all paragraphs, buttons
 * and so on, by which they outweigh the app's rules: as in Streamlit, they shall weigh no more than their elements.
 * @param {Element | null} scope
 */
function weighedAsInStreamlit(scope) {
  if (!scope) return null;
  const weigh = () => {
    const sheets = [...document.styleSheets].filter(({ ownerNode }) => ownerNode instanceof HTMLStyleElement);
    for (const rule of sheets.flatMap(({ cssRules }) => [...cssRules])) {
      if (!(rule instanceof CSSStyleRule)) continue;
      for (const name of scope.classList) {
        if (rule.selectorText.includes(`.${name} `)) rule.selectorText = rule.selectorText.replaceAll(`.${name} `, `:where(.${name}) `);
      }
    }
  };
  weigh();
  new MutationObserver(weigh).observe(scope, { attributeFilter: ["class"] });
  return scope;
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
