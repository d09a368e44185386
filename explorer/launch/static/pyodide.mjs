// Loads Pyodide for stlite: its core as published on npm, its packages from Pyodide's own store.
// Each package's hash stands in the core's lock file, and Pyodide checks it.
import { loadPyodide as load } from "$CORE/pyodide.mjs";

export const loadPyodide = (options) =>
  load({ ...options, indexURL: "$CORE/", packageBaseUrl: "$PACKAGES/" });
