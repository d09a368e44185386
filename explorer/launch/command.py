"""The command `em-explorer`: the app on this machine, with data in it if a file is named.

em-explorer                              the worked example
em-explorer data.csv --column x          a column of a file; give it up to ten times
em-explorer session.json                 a session that was saved
em-explorer static FOLDER                the app as a static site, to be published anywhere
"""

import argparse
import os
from collections.abc import Sequence
from pathlib import Path

from em_core import InputError
from explorer.app import opening
from explorer.io.file_named import problem_in
from explorer.io.places import MAIN


def main(words: Sequence[str] | None = None) -> None:
    parser = _parser()
    asked = parser.parse_args(words)
    if asked.what == "static":
        from explorer.launch.static.build import build, said

        folder = Path(asked.folder or parser.error("name the folder: em-explorer static FOLDER"))
        build(folder, address=asked.address)
        print(said(folder))
        return
    if asked.folder is not None or len(asked.column) > 2 or (asked.column and not asked.what):
        parser.error("name one file, and one or two of its columns")
    if asked.what:
        path = Path(asked.what).resolve()
        try:
            problem_in(path, asked.column)
        except InputError as error:
            parser.error(str(error))
        os.environ.update(opening.told(path, asked.column))
    _serve(asked.port, asked.no_browser)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("em-explorer", description="Watch EM fit a Gaussian mixture.")
    parser.add_argument("what", nargs="?", help="a file with numbers, a saved session, or: static")
    parser.add_argument("folder", nargs="?", help="of the static site")
    parser.add_argument(
        "--column",
        action="append",
        default=[],
        help="of the file, by name or by number from 1; give it twice for points in the plane, or "
        "up to ten times",
    )
    parser.add_argument("--address", default="", help="where the static site will be published")
    parser.add_argument("--port", type=int, help="8501, or the next that is free")
    parser.add_argument("--no-browser", action="store_true", help="open no browser")
    return parser


def _serve(port: int | None, no_browser: bool) -> None:
    from streamlit.web import cli

    options = ["--server.address=localhost", "--server.fileWatcherType=none"]
    if port is not None:
        options.append(f"--server.port={port}")
    if no_browser:
        options.append("--server.headless=true")
    cli.main(["run", str(MAIN), *options], prog_name="em-explorer")


if __name__ == "__main__":
    main()
