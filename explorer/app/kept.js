// The visit's text, whenever the problem changes.

import { keepVisit } from "./visit.js";

export default function (component) {
  keepVisit(component, JSON.parse(new TextDecoder().decode(component.data)));
}
