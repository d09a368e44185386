"""The command line of every benchmark: its page is printed, and with `--save` kept under docs/."""

import argparse
from collections.abc import Callable
from pathlib import Path

DOCS = Path(__file__).parent.parent / "docs"


def print_or_save(description: str | None, page: str, report: Callable[[], str]) -> None:
    """description: of the benchmark, for `--help`; page: a path below docs/; report: its text."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--save", action="store_true", help=f"write docs/{page}")
    arguments = parser.parse_args()
    text = report()
    print(text)
    if arguments.save:
        path = DOCS / page
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
