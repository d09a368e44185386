"""docs/questions.html and docs/answers.html, for paper. `python -m scripts.question_sheets`."""

from pathlib import Path

from explorer.export.question_sheet import question_sheet

DOCS = Path(__file__).resolve().parent.parent / "docs"
SHEETS = {DOCS / "questions.html": False, DOCS / "answers.html": True}
"""The files, and whether they have the answers."""


def main() -> None:
    for path, answers in SHEETS.items():
        path.write_text(question_sheet(answers), encoding="utf-8")


if __name__ == "__main__":
    main()
