// What changes with every step, where the page has no words that follow it.

import { followVisit } from "./visit.js";

export default function ({ data }) {
  followVisit(data);
}
