// The sentence about what just happened, put beside the stage's buttons, and Undo.

let counter = 0;

/** The address of the page outside of any frame. */
function fullPage() {
  const own = [...new URLSearchParams(location.search)].filter(([name]) => !name.startsWith("embed"));
  const query = new URLSearchParams(own).toString();
  return location.origin + location.pathname + (query && `?${query}`);
}

/** @returns {() => void} which ends the waiting for the stage */
export function tellBesideButtons({ sentence, undo: undoable }, parentElement, setTriggerValue) {
  let waiting = 0;
  /** The stage, and the page itself, may come a moment later; in the static site another stands before it. */
  const tell = () => {
    const told = parentElement.closest(".stApp")?.querySelector(".em-told");
    if (!told) return void (waiting = setTimeout(tell, 100));
    told.dataset.told = "";
    told.querySelector("p").textContent = sentence;
    const undo = told.querySelector("[data-tells=undo]");
    undo.hidden = !undoable;
    undo.onclick = () => setTriggerValue("undo", (counter += 1));
    const full = told.querySelector(".em-full");
    for (const event of ["pointerdown", "focus"]) full.addEventListener(event, () => (full.href = fullPage()));
    full.href = fullPage();
  };
  tell();
  return () => clearTimeout(waiting);
}
