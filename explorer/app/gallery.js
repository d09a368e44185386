// Pictures made by Python as SVG. A click, Enter or the space bar on a mark that can be chosen says
// which it is; what belongs to a mark is shown while the pointer or the focus is on it.

export default function gallery({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".ex-gallery");
  if (root.shown !== data.html) {
    root.shown = data.html;
    root.innerHTML = data.html;
  }
  const choose = (event) => {
    const mark = event.target.closest("[data-pick]");
    if (!mark) return;
    event.preventDefault();
    setTriggerValue("pick", mark.dataset.pick);
  };
  const point = (event) => {
    const mark = event.target.closest("[data-of]");
    for (const ghost of root.querySelectorAll("[data-ghost]")) {
      ghost.classList.toggle("ex-seen", mark?.dataset.of === ghost.dataset.ghost);
    }
  };
  root.onclick = choose;
  root.onkeydown = (event) => (event.key === "Enter" || event.key === " ") && choose(event);
  root.onpointerover = root.onfocus = point;
  root.onpointerleave = point;
}
