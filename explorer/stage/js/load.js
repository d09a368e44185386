// How the browser comes by Plotly.

// window.Plotly: there already, on its way, or to be fetched from the app's own server.
function plotly(library) {
  if (window.Plotly) return Promise.resolve();
  window.emPlotly ||= library === "static" ? script(staticUrl("plotly.min.js")) : appearance();
  return window.emPlotly;
}

// Streamlit's own script tells where the app lives, whatever base path a proxy puts before it.
function staticUrl(name) {
  const own = document.querySelector('script[type="module"][src*="static/js/"]');
  const base = own ? new URL("../../", own.src) : document.baseURI;
  return new URL(`app/static/${name}`, base).href;
}

function script(url) {
  return new Promise((resolve, reject) => {
    const element = document.createElement("script");
    element.src = url;
    element.onload = resolve;
    element.onerror = () => {
      window.emPlotly = null;
      element.remove();
      reject(new Error("The chart library could not be loaded. Reload the page to try again."));
    };
    document.head.append(element);
  });
}

function appearance() {
  return new Promise((resolve) => {
    const timer = setInterval(() => {
      if (!window.Plotly) return;
      clearInterval(timer);
      resolve();
    }, 30);
  });
}
