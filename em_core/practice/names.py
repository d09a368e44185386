"""How the cells of a worksheet are called and written."""

from em_core.practice.arithmetic import Cell, Kind

SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")

WORDS: dict[Kind, str] = {
    "density": "density",
    "product": "weight × density",
    "evidence": "evidence",
    "posterior": "responsibility",
    "log_likelihood": "log-likelihood",
    "N": "points held",
    "weight": "new weight",
    "mean": "new mean",
    "variance": "new variance",
}


def subscript(index: int) -> str:
    """₁ for index 0."""
    return str(index + 1).translate(SUBSCRIPTS)


def symbol(cell: Cell) -> str:
    """The cell as it stands in a formula: P(1|2) is component 1's responsibility for point 2."""
    k = "" if cell.component is None else subscript(cell.component)
    i = "" if cell.point is None else subscript(cell.point)
    match cell.kind:
        case "density":
            return f"N(x{i}; μ{k}, σ{k}²)"
        case "product":
            return f"w{k}·N(x{i}; μ{k}, σ{k}²)"
        case "evidence":
            return f"p(x{i})"
        case "posterior":
            assert cell.component is not None
            assert cell.point is not None
            return f"P({cell.component + 1}|{cell.point + 1})"
        case "log_likelihood":
            return "ln L"
        case "N":
            return f"N{k}"
        case "weight":
            return f"new w{k}"
        case "mean":
            return f"new μ{k}"
        case "variance":
            return f"new σ{k}²"
