// A text that is long enough to travel by itself; places.js writes it.

const written = (window.emWords ??= { long: {} });

export default function ({ data: { name, text } }) {
  written.long[name] = text;
  written.write?.();
  return () => delete written.long[name];
}
