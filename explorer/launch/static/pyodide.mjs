// Loads Pyodide for stlite: its core as published on npm, its packages from Pyodide's own store.
// Each package's hash stands in the core's lock file, and Pyodide checks it.
import { loadPyodide as load } from "$CORE/pyodide.mjs";

// What Streamlit asks for and the app starts without: they pass for installed until shim.py brings some.
const LATER = $LATER;

export async function loadPyodide(options) {
  const pyodide = await load({ ...options, indexURL: "$CORE/", packageBaseUrl: "$PACKAGES/" });
  await pyodide.loadPackage("micropip");
  const micropip = pyodide.pyimport("micropip");
  for (const name of LATER) {
    const { version } = pyodide.lockfile.packages[name];
    micropip.add_mock_package.callKwargs(name, version, { modules: pyodide.toPy({}) });
  }
  return pyodide;
}
