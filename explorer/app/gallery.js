// Pictures made by Python as SVG.

import { letPick } from "./picking.js";

export default function gallery({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".ex-gallery");
  if (root.shown !== data.html) {
    root.shown = data.html;
    root.innerHTML = data.html;
  }
  letPick(root, (mark) => setTriggerValue("pick", mark));
}
