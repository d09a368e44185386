"""docs/validation.md: published runs, their digits beside ours. `python -m scripts.validation`."""

from collections.abc import Iterator
from pathlib import Path

from explorer.model.published import Published, compared, data_of, opening, shelf

PAGE = Path(__file__).resolve().parent.parent / "docs" / "validation.md"

HEAD = """# Validation against published runs

Made by `make validation` (`python -m scripts.validation`) from `explorer/model/published.json`; the
same runs open in the app under *Your data*, *Published*. ✓: ours rounds to the digits that were
printed. Where a program stops EM before its end, or draws samples, the entry says how near ours has
to be, and why.
"""


def page() -> str:
    """The whole text."""
    return "\n".join([HEAD, *_summary(), *(line for run in shelf() for line in _section(run))])


def _summary() -> Iterator[str]:
    numbers = [each for run in shelf() for each in compared(run)]
    same = sum(each.same_digits for each in numbers)
    agree = sum(each.agrees for each in numbers)
    yield (
        f"{len(shelf())} runs, {len(numbers)} numbers: {agree} agree, {same} of them to the last "
        "digit printed."
    )
    yield ""


def _section(run: Published) -> Iterator[str]:
    yield f"## {run.title}"
    yield ""
    yield f"{run.source}. {_data(run)}"
    yield ""
    yield "| | printed | here | agree |"
    yield "| --- | --- | --- | --- |"
    for each in compared(run):
        yield f"| {each.printed.words} | {each.printed.theirs} | {each.own} | {each.verdict} |"
    yield ""


def _data(run: Published) -> str:
    problem = opening(run).problem
    words = f"Data: {data_of(run).title}, {problem.data.n_points} points"
    return f"{words}; {run.version}." if run.version else f"{words}."


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
