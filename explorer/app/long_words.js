// A text that is long enough to travel by itself; places.js writes it.

const written = (window.emWords ??= { long: {} });

export default function ({ data: { long, body } }) {
  written.long[long] = body;
  written.write?.();
  return () => delete written.long[long];
}
