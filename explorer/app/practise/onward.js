// Where the keyboard goes on when what it was on is gone: a button that was pressed, a field that
// was answered. After a pointer nothing is moved: on a phone a field with the focus opens the keys.

const TARGETS = [
  ".st-key-practice-next button",
  ".st-key-practice-answer input",
  ".ex-placed",
  "[class*=st-key-practice-estimate] input",
  "[class*=st-key-practice-choice] input",
  "[class*=st-key-practice-suspect] input",
  ".st-key-practice-undo button:enabled",
];

let held = null;
let byKey = false;

function goOn() {
  if (!byKey || !held || held.isConnected || document.activeElement !== document.body) return;
  TARGETS.map((each) => document.querySelector(each))
    .find((each) => each)
    ?.focus();
}

export default function ({ parentElement }) {
  parentElement.stopListening?.();
  const listening = new AbortController();
  const redrawn = new MutationObserver(goOn);
  listening.signal.addEventListener("abort", () => redrawn.disconnect());
  redrawn.observe(document.body, { childList: true, subtree: true });
  parentElement.stopListening = () => listening.abort();
  const listen = (name, act) =>
    document.addEventListener(name, act, { signal: listening.signal, capture: true });
  listen("focusin", (event) => (held = event.target));
  listen("keydown", () => (byKey = true));
  listen("pointerdown", () => (byKey = false));
  return () => listening.abort();
}
