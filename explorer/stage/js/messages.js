// @ts-check
// What the browser tells Python: one tagged union, spelled as in explorer/stage/messages.py.

/**
 * @typedef {{kind: "cursor", run: string, half_step: number, query: number | null}} Cursor
 * @typedef {{kind: "move_start", weights: number[] | null, means: number[][], covariances: number[][][]}} MoveStart
 * @typedef {{kind: "add_point", value: number[]}} AddPoint
 * @typedef {{kind: "remove_point", index: number}} RemovePoint
 * @typedef {{kind: "select_point", index: number | null}} SelectPoint
 * @typedef {{kind: "select_component", index: number}} SelectComponent
 * @typedef {MoveStart | AddPoint | RemovePoint | SelectPoint | SelectComponent} Edit
 * @typedef {Cursor | Edit} Message
 */

/**
 * The state `cursor` stays until it is replaced, the trigger `edit` counts once: `n` tells apart
 * two that are otherwise alike.
 * @typedef {{setStateValue: (name: string, value: unknown) => void, setTriggerValue: (name: string, value: unknown) => void}} Streamlit
 */

let counter = 0;

/** @param {Streamlit} streamlit @param {Message} message */
export function send(streamlit, message) {
  if (message.kind === "cursor") streamlit.setStateValue("cursor", message);
  else streamlit.setTriggerValue("edit", { ...message, n: (counter += 1) });
}
