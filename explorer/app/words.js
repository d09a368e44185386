// All that is written about the half-step in view comes in one message; here it is put in its places.

import { outOfSight, write } from "./places.js";
import { tellBesideButtons } from "./telling.js";
import { unfoldNumbers } from "./unfold.js";
import { followVisit } from "./visit.js";

export default function words({ data, parentElement, setStateValue, setTriggerValue }) {
  const told = JSON.parse(new TextDecoder().decode(data));
  parentElement.end?.();
  const follower = { setStateValue: (name, cursor) => setStateValue(name, { ...cursor, away: outOfSight() }) };
  window.emFollower = follower;
  write({
    short: told.words,
    away: told.away,
    choose: (mark) => setTriggerValue("pick", mark),
    look: (away) => setTriggerValue("look", { away }),
  });
  const anew = new MutationObserver(() => write()); // there may be a new place, still empty
  anew.observe(parentElement.closest(".stApp"), { childList: true, subtree: true });
  const ends = [
    () => anew.disconnect(),
    () => window.emFollower === follower && delete window.emFollower,
    tellBesideButtons(told, parentElement, setTriggerValue),
    unfoldNumbers(setStateValue),
  ];
  followVisit(told);
  parentElement.end = () => ends.forEach((end) => end());
  return parentElement.end;
}
