"""Where the app's entry and settings lie: at the project's top, or in the installed wheel."""

from pathlib import Path

HERE = Path(__file__).parent
PROJECT = HERE.parents[1]
"""The folder that holds the packages em_core and explorer."""
INSTALLED = HERE / "entry"
"""Where the wheel has the files that are at the project's top (see pyproject.toml)."""

_installed = INSTALLED.is_dir()
TOP = INSTALLED if _installed else PROJECT
MAIN = TOP / "streamlit_app.py"
SETTINGS = TOP / ".streamlit" / "config.toml"
PICTURE = TOP / "preview.png" if _installed else PROJECT / "docs" / "explore.png"
