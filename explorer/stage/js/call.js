// @ts-check
// All that the messages of a component carry of its code, which comes by itself and is called here by its
// NAME: see code.py. The call waits for it where the message is the first to be there.

/** @param {any} component */
export default function (component) {
  const code = ((/** @type {any} */ (window)).emCode ??= { waiting: [] });
  /** @type {(() => void) | undefined} */
  let leave;
  let left = false;
  const call = () => {
    if (!left) leave = code[NAME](component);
  };
  if (NAME in code) call();
  else code.waiting.push(call);
  return () => {
    left = true;
    leave?.();
  };
}
