"""Where the app's entry and its settings lie: at the project's top, or in the installed wheel."""

from pathlib import Path

PROJECT = Path(__file__).parents[2]
"""The folder that holds the packages em_core and explorer."""
INSTALLED = PROJECT / "explorer" / "launch" / "entry"
"""Where the wheel has the files that are at the project's top (see pyproject.toml)."""

_installed = INSTALLED.is_dir()
TOP = INSTALLED if _installed else PROJECT
MAIN = TOP / "streamlit_app.py"
SETTINGS = TOP / ".streamlit" / "config.toml"
STATIC = TOP / "static"
"""The folder beside the entry that Streamlit serves as it is."""
PICTURE = TOP / "preview.png" if _installed else PROJECT / "docs" / "explore.png"
