/* A mark that a person places on a picture: dragged, clicked, or moved by the arrow keys.
   After the stage's numbers.js, whose `number` it writes with. */

const SVG = "http://www.w3.org/2000/svg";
const STEPS = 100;

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".ex-placing");
  if (root.dataset.for === data.key) return;
  root.dataset.for = data.key;
  root.firstElementChild.innerHTML = data.svg;
  const svg = root.querySelector("svg");
  const { low, high, left, right, top, base } = data.view;
  const place = (value) => left + ((right - left) * (value - low)) / (high - low);
  let value = data.start;

  const mark = document.createElementNS(SVG, "g");
  mark.setAttribute("class", `ex-placed ex-c${data.component + 1}`);
  mark.innerHTML = `<line y1="${top - 8}" y2="${base}"/><path d="M-7,${base + 12}L7,${base + 12}L0,${base}Z"/>`;
  for (const [name, word] of Object.entries({
    tabindex: "0",
    role: "slider",
    "aria-label": data.label,
    "aria-valuemin": low,
    "aria-valuemax": high,
  })) {
    mark.setAttribute(name, word);
  }
  svg.insertBefore(mark, svg.querySelector(".ex-badge"));
  const said = root.querySelector("output");

  const put = (wanted) => {
    value = Math.min(high, Math.max(low, wanted));
    mark.setAttribute("transform", `translate(${place(value)},0)`);
    said.textContent = `x = ${number(value, null, data.digits)}`;
    mark.setAttribute("aria-valuenow", value);
    mark.setAttribute("aria-valuetext", said.textContent);
  };
  const answer = () => setTriggerValue("answer", { lesson: data.key, at: value });

  const at = (event) => {
    const box = svg.getBoundingClientRect();
    const x = ((event.clientX - box.left) / box.width) * svg.viewBox.baseVal.width;
    return low + ((high - low) * (x - left)) / (right - left);
  };
  svg.style.touchAction = "pan-y";
  svg.onpointerdown = (event) => {
    svg.setPointerCapture(event.pointerId);
    mark.focus();
    put(at(event));
    event.preventDefault();
  };
  svg.onpointermove = (event) => {
    if (svg.hasPointerCapture(event.pointerId)) put(at(event));
  };
  const step = (high - low) / STEPS;
  mark.onkeydown = (event) => {
    const moves = { ArrowLeft: -step, ArrowDown: -step, ArrowRight: step, ArrowUp: step };
    if (event.key in moves) put(value + moves[event.key] * (event.shiftKey ? 0.2 : 1));
    else if (event.key === "Home") put(low);
    else if (event.key === "End") put(high);
    else if (event.key === "Enter") answer();
    else return;
    event.preventDefault();
  };
  root.querySelector("button").onclick = answer;
  put(value);
}
