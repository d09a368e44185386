// All that is written about the half-step in view comes in one message; here it is put in its places.

import { letPick } from "./picking.js";
import { tellBesideButtons } from "./telling.js";
import { regain, unfoldNumbers } from "./unfold.js";
import { followVisit } from "./visit.js";

const places = document.getElementsByClassName("ex-words");

export default function words({ data, parentElement, setStateValue, setTriggerValue }) {
  const told = JSON.parse(new TextDecoder().decode(data));
  parentElement.end?.();
  const follower = { setStateValue };
  window.emFollower = follower;
  const write = () => {
    for (const place of places) {
      const text = told.words[place.dataset.words] ?? "";
      if (place.written === text) continue;
      place.written = text;
      place.innerHTML = text;
      letPick(place, (mark) => setTriggerValue("pick", mark));
    }
    regain();
  };
  write();
  const anew = new MutationObserver(write); // the page may put an empty place where there was one
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
