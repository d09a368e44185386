// Marks of a picture that can be chosen: a click, Enter or the space bar on one says which it is; what
// belongs to a mark is shown while the pointer or the focus is on it.

/** @param {HTMLElement} root @param {(mark: string) => void} choose */
export function letPick(root, choose) {
  const pick = (event) => {
    const mark = event.target.closest("[data-pick]");
    if (!mark) return;
    event.preventDefault();
    choose(mark.dataset.pick);
  };
  const point = (event) => {
    const mark = event.target.closest("[data-of]");
    for (const ghost of root.querySelectorAll("[data-ghost]")) {
      ghost.classList.toggle("ex-seen", mark?.dataset.of === ghost.dataset.ghost);
    }
  };
  root.onclick = pick;
  root.onkeydown = (event) => (event.key === "Enter" || event.key === " ") && pick(event);
  root.onpointerover = root.onfocus = point;
  root.onpointerleave = point;
}
