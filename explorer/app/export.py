"""The Export dialog: files to take along, each made only when it is asked for."""

import streamlit as st

from explorer.app import state
from explorer.app.apology import drawn_calmly
from explorer.app.markup import text
from explorer.app.pictures import picture_buttons
from explorer.export.menu import Export, exports, file_stem, model_code
from explorer.export.player_run import player_page
from explorer.model.problem import View
from explorer.model.runs import Run
from explorer.stage import Settings

GROUPS = {
    "The whole run": ("player", "session"),
    "To run it yourself": ("notebook", "script"),
    "Tables": ("responsibilities", "parameters", "summary"),
}


@st.dialog("Export", width="medium", on_dismiss="rerun")
@drawn_calmly("export")
def dialog() -> None:
    run, view = state.current_run(), state.view()
    st.html(f'<p class="ex-note">{text(_where(view))}</p>')
    offered = {each.key: each for each in (*exports(run, view), _player(run, view))}
    for title, keys in GROUPS.items():
        st.html(f'<h3 class="ex-heading">{title}</h3>')
        for key in keys:
            _download(offered[key])
    st.html('<h3 class="ex-heading">Charts</h3>')
    picture_buttons(run.problem.data, run.trace, view.half_step, _settings(), key="pictures")
    st.html('<h3 class="ex-heading">scikit-learn</h3>')
    st.code(model_code(run.trace, view.half_step), "python", wrap_lines=True)
    _download(offered["scikit-learn"])


def _where(view: View) -> str:
    if view.phase == "start":
        return "Files of a single step hold the start, which is on the screen."
    return (
        f"Files of a single step hold the {view.phase}-step of iteration {view.iteration}, "
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
    data, settings = run.problem.data, _settings()

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
        "All steps in one HTML file; needs no server and no network. 1.4 MB.",
        f"{file_stem(data.title)}.html",
        "text/html",
        make,
    )


def _settings() -> Settings:
    """The charts as they are on the screen."""
    display = state.display()
    return Settings(
        spread=display.spread,
        posterior=display.posterior,
        truth=display.truth,
        pair=state.pair(),
    )
