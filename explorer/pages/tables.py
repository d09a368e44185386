from explorer.runs import Run
from explorer.markup import Numbers


def show(run: Run, h: int, numbers: Numbers) -> None:
    pass
