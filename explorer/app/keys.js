// Keys that act on the whole page, whatever has the focus but a text field.

const WRITING = "input:not([type=range], [type=checkbox], [type=radio]), textarea, select, [contenteditable=true]";
let counter = 0;

const presented = () => document.querySelector(".em-stage[data-form=presented]") !== null;

/** What a press asks for, or undefined: Ctrl or ⌘ with Z or Y; P and Escape alone. */
function asked({ key, ctrlKey, metaKey, shiftKey, altKey }) {
  if (altKey || (ctrlKey && metaKey)) return undefined;
  if (!ctrlKey && !metaKey) return { p: "present", P: "present", Escape: presented() ? "leave" : undefined }[key];
  return { z: shiftKey ? "redo" : "undo", y: "redo" }[key.toLowerCase()];
}

export default function ({ parentElement, setTriggerValue }) {
  const press = (event) => {
    const name = asked(event);
    if (!name || event.defaultPrevented || event.target.closest?.(WRITING)) return;
    if (document.querySelector("[role=dialog]")) return;
    event.preventDefault();
    setTriggerValue(name, (counter += 1));
  };
  parentElement.stopListening?.();
  const listening = new AbortController();
  parentElement.stopListening = () => listening.abort();
  document.addEventListener("keydown", press, { signal: listening.signal });
  return () => listening.abort();
}
