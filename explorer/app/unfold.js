// A press on a number unfolds it; a second one folds it up. In a table the arrow keys go from
// number to number and Enter presses. The number keeps the focus when the page draws its table anew.

const STEPS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
const NUMBERS = ".ex-unfolds tr[data-row] > td";

let opened = "";
let held = "";

function nameOf(target) {
  const own = target.closest?.("[data-cell]");
  if (own) return own.dataset.cell;
  const cell = target.closest?.(NUMBERS);
  const head = cell?.closest("table").tHead.rows[0].cells[cell.cellIndex];
  return head?.dataset.kind ? `${head.dataset.kind}:${cell.parentElement.dataset.row}` : "";
}

function neighbour(cell, [down, right]) {
  const rows = [...cell.closest("tbody").querySelectorAll("tr[data-row]")];
  return rows[rows.indexOf(cell.parentElement) + down]?.cells[cell.cellIndex + right];
}

function focus(cell) {
  if (!cell || cell.tagName !== "TD") return;
  held = nameOf(cell);
  cell.tabIndex = -1;
  cell.focus({ preventScroll: true });
  cell.scrollIntoView({ block: "nearest", inline: "nearest" });
}

/** The focus, after the number that held it was written anew. */
export function regain() {
  if (!held || document.activeElement !== document.body) return;
  focus([...document.querySelectorAll(NUMBERS)].find((cell) => nameOf(cell) === held));
}

/** @returns {() => void} which ends it */
export function unfoldNumbers(setStateValue) {
  const press = (event) => {
    const name = nameOf(event.target);
    if (!name || getSelection()?.toString()) return;
    opened = name === opened ? "" : name;
    setStateValue("cell", opened);
  };
  const click = (event) => {
    held = "";
    focus(event.target.closest?.(NUMBERS));
    press(event);
  };
  const leave = (event) => {
    if (!event.target.matches?.(NUMBERS)) held = "";
  };
  const key = (event) => {
    const { target } = event;
    const cell = target.closest?.(NUMBERS);
    if (cell && STEPS[event.key]) focus(neighbour(cell, STEPS[event.key]));
    else if (event.key !== "Enter" && event.key !== " ") return;
    else if (target.matches?.(".ex-scroll")) focus(target.querySelector(NUMBERS));
    else if (nameOf(target)) press(event);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const listening = new AbortController();
  document.addEventListener("click", click, { signal: listening.signal });
  document.addEventListener("focusin", leave, { signal: listening.signal });
  window.addEventListener("keydown", key, { signal: listening.signal, capture: true });
  return () => listening.abort();
}
