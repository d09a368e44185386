// @ts-check
// What Streamlit calls: at the mount, and whenever Python sends something new.

import { mount } from "./stage.js";

export default mount;
