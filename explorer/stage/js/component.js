// @ts-check
// What Streamlit calls: at the mount, and whenever Python sends something new.

import { keepApart } from "./apart.js";
import { mount } from "./stage.js";

/** Words that follow the cursor hear of it by themselves, so that they alone are written anew.
 * @param {{data: Uint8Array, parentElement: HTMLElement} & import("./messages.js").Streamlit} component */
export default function component({ data, parentElement, setStateValue, setTriggerValue }) {
  /** @type {typeof setStateValue} */
  const say = (name, value) => keepApart(() => {
    if (parentElement.isConnected) (/** @type {any} */ (window).emFollower?.setStateValue ?? setStateValue)(name, value);
  });
  return mount({ data, parentElement, setStateValue: say, setTriggerValue });
}
