"""The Export dialog: files to take along, each made only when it is asked for."""

import streamlit as st

from explorer import state
from explorer.export.hand_over import hand_over
from explorer.export.menu import Export, exports, file_stem
from explorer.figures.density import density_figure
from explorer.figures.paper import Figure
from explorer.figures.plane import plane_figure
from explorer.figures.shares import shares_figure
from explorer.figures.sketch import sketch
from explorer.figures.trajectory import trajectory_figure
from explorer.live_plot import Settings
from explorer.live_plot.alone import player_page
from explorer.markup import text
from explorer.problem import View
from explorer.runs import Run

GROUPS = {
    "The whole run": ("player", "session"),
    "To run it yourself": ("notebook", "script"),
    "Tables": ("responsibilities", "parameters", "summary"),
}

HTML = '<div class="ex-images"></div>'
SCRIPT = """
const SIZE = { width: 900, height: 540 };
const FORMATS = { png: { label: "PNG", scale: 4 }, svg: { label: "SVG", scale: 1 } };

export default function ({ data, parentElement }) {
  const rows = Object.entries(data.figures).map(([name, { title, figure }]) => {
    const row = document.createElement("p");
    const words = document.createElement("span");
    words.textContent = title;
    const buttons = Object.entries(FORMATS).map(([format, { label, scale }]) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = label;
      button.setAttribute("aria-label", `${title} as ${label}`);
      const file = `${data.stem}-${name}.${format}`;
      button.onclick = () => save(figure, { ...SIZE, format, scale }, file);
      return button;
    });
    row.append(words, ...buttons);
    return row;
  });
  parentElement.querySelector(".ex-images").replaceChildren(...rows);
}

async function save(figure, options, name) {
  const anchor = document.createElement("a");
  anchor.href = await window.Plotly.toImage(figure, options);
  anchor.download = name;
  anchor.click();
}
"""

_images = st.components.v2.component("chart_images", html=HTML, js=SCRIPT, isolate_styles=False)


@st.dialog("Export", width="medium")
def dialog() -> None:
    run, view = state.current_run(), state.view()
    st.html(f'<p class="ex-note">{text(_where(view))}</p>')
    offered = {each.key: each for each in (*exports(run, view), _player(run, view))}
    for title, keys in GROUPS.items():
        st.html(f'<h3 class="ex-heading">{title}</h3>')
        for key in keys:
            _download(offered[key])
    st.html('<h3 class="ex-heading">Charts, 3600 pixels wide or as vectors</h3>')
    _images(
        key="chart-images",
        data={"stem": file_stem(run.problem.data.title), "figures": figures(run, view.half_step)},
    )
    st.html('<h3 class="ex-heading">scikit-learn</h3>')
    st.code(hand_over(run.parameters(view.half_step), run.trace.covariance_type), "python")
    _download(offered["scikit-learn"])


def _where(view: View) -> str:
    if view.phase == "start":
        return "Files that hold one step hold the start, which is on the screen."
    return (
        f"Files that hold one step hold the {view.phase}-step of iteration {view.iteration}, "
        "which is on the screen."
    )


def _download(offered: Export) -> None:
    row = st.container(
        key=f"export-row-{offered.key}", horizontal=True, vertical_alignment="center", gap="small"
    )
    with row:
        st.download_button(
            offered.label,
            offered.make,
            offered.file_name,
            offered.mime,
            key=f"export-{offered.key}",
            help=offered.help,
            icon=":material/download:",
            on_click="ignore",
            width="stretch",
        )
        st.html(f'<p class="ex-note">{text(offered.help)}</p>')


def _player(run: Run, view: View) -> Export:
    """The whole run as a page. It is made beside Streamlit, so it is not in `exports`."""
    data, display = run.problem.data, state.display()
    settings = Settings(spread=display.spread, posterior=display.posterior)

    def make() -> bytes:
        return player_page(
            data,
            run.trace,
            half_step=view.half_step,
            point=view.point,
            component=view.component,
            settings=settings,
        ).encode()

    return Export(
        "player",
        "Web page that plays",
        "All steps in one HTML file; needs no server and no network. 5 MB.",
        f"{file_stem(data.title)}.html",
        "text/html",
        make,
    )


def figures(run: Run, h: int) -> dict[str, dict[str, str | Figure]]:
    """The charts at h, complete and on white, each with a title for its buttons."""
    data, trace, drawn, display = (
        run.problem.data,
        run.trace,
        sketch(run.problem.data),
        state.display(),
    )
    if data.n_features == 1:
        main = ("densities", "Densities", density_figure(data, trace, h, drawn, display.posterior))
    else:
        main = ("plane", "The plane", plane_figure(data, trace, h, drawn))
    charts = (
        main,
        ("responsibilities", "Responsibilities", shares_figure(data, trace, h, drawn)),
        ("trajectory", "Trajectory", trajectory_figure(data, trace, h, display.spread)),
    )
    return {name: {"title": title, "figure": _on_white(figure)} for name, title, figure in charts}


def _on_white(figure: Figure) -> Figure:
    return {"data": figure["data"], "layout": {**figure["layout"], "paper_bgcolor": "#ffffff"}}
