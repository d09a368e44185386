"""A worksheet: one iteration of EM in one dimension, every number a cell with its formula."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Self

import numpy as np
from numpy.typing import ArrayLike

from em_core.errors import InputError
from em_core.mixture import CovarianceType, GaussianMixture, checked_covariance_type, read_only
from em_core.points import as_points
from em_core.practice.arithmetic import (
    KINDS,
    OF_COMPONENTS,
    OF_POINTS,
    RULED_KINDS,
    Cell,
    Kind,
    Parameters,
    Step,
    checked_cell,
)
from em_core.practice.names import subscript, symbol
from em_core.rules import PLAIN, Rules
from em_core.steps import e_step, m_step
from em_core.wording import number

LONGEST_SUM = 6
"""Terms; of longer sums the first three and the last are written."""


@dataclass(frozen=True)
class CellFormula:
    """How a cell is worked out: in symbols, in numbers, and from which other cells.

    A cell that is hidden stands in `numbers` by its symbol.
    """

    symbols: str
    numbers: str
    inputs: tuple[Cell, ...]


@dataclass(frozen=True, eq=False)
class Worksheet:
    """The cells of iteration `iteration` (from 1) and their right values.

    points (n,); mixture: in force when the iteration starts; step: the same in plain formulas;
    values: an array a kind: density, product, posterior (n, K); evidence (n,); log_likelihood ();
    N, weight, mean, variance (K,). The log-likelihood is that of `mixture`.
    answers: what the person has typed into other cells, for follow-through;
    hidden: cells whose numbers no sentence and no formula may show.
    """

    points: np.ndarray
    mixture: GaussianMixture
    iteration: int
    covariance_type: CovarianceType
    step: Step
    values: Mapping[Kind, np.ndarray]
    answers: Mapping[Cell, str | float] = field(default_factory=dict)
    hidden: frozenset[Cell] = frozenset()

    @property
    def n_points(self) -> int:
        return len(self.points)

    @property
    def n_components(self) -> int:
        return self.mixture.n_components

    def checked(self, cell: Cell) -> Cell:
        """The cell. Raises InputError ("cell") where the worksheet has none such."""
        return checked_cell(cell, self.n_points, self.n_components)

    def value(self, cell: Cell) -> float:
        """The right number."""
        return float(self.values[self.checked(cell).kind][cell.index])

    def shown(self, cell: Cell) -> float | None:
        """The right number, where it may be seen."""
        return None if cell in self.hidden else self.value(cell)

    def cells(self, *kinds: Kind) -> Iterator[Cell]:
        """All cells, or those of some kinds, in the order of work."""
        for kind in kinds or KINDS:
            yield from self._cells_of(kind)

    def _cells_of(self, kind: Kind) -> Iterator[Cell]:
        for i in range(self.n_points) if kind in OF_POINTS else (None,):
            for k in range(self.n_components) if kind in OF_COMPONENTS else (None,):
                yield Cell(kind, i, k)

    def with_answer(self, cell: Cell, answer: str | float) -> Self:
        """The worksheet with a number typed into a cell, right or wrong: later cells may follow it.

        Text that is no number counts as none.
        """
        return replace(self, answers={**self.answers, self.checked(cell): answer})

    def hiding(self, cells: Iterable[Cell]) -> Self:
        """The worksheet whose sentences and formulas do not show the numbers of these cells."""
        return replace(self, hidden=frozenset(cells))

    def hiding_also(self, cell: Cell) -> Self:
        """The same with one cell more hidden."""
        return replace(self, hidden=self.hidden | {cell})

    def given(self, cell: Cell) -> bool:
        """Whether the rules say the number, so that there is nothing to work out."""
        ruled = self.checked(cell).kind in RULED_KINDS
        return ruled and bool(self.step.keeps(cell.kind)[cell.index])

    def formula(self, cell: Cell) -> CellFormula:
        """How the cell is worked out from those before it."""
        if self.given(cell):
            equal = cell.kind == "weight" and self.step.rules.equal_weights
            return CellFormula("1 / K" if equal else "as it was", number(self.value(cell)), ())
        return _FORMULAS[self.checked(cell).kind](self, cell)

    def text(self, cell: Cell) -> str:
        """The number of a cell where it may be seen, else its symbol."""
        value = self.shown(cell)
        return symbol(cell) if value is None else _operand(value)


def worksheet(
    points: ArrayLike,
    start: GaussianMixture,
    iteration: int = 1,
    covariance_type: CovarianceType = "full",
    rules: Rules = PLAIN,
) -> Worksheet:
    """The worksheet of an iteration of EM from `start`, by the rules.

    points: (n,) or (n, 1). Raises InputError: "dimension" for more than one, "iteration" for one
    before the first, and what `e_step` and `m_step` raise; a component that collapses on the way
    is named with the iteration.
    """
    tied = checked_covariance_type(covariance_type) == "tied"
    rules.check(start.n_components, covariance_type)
    if start.n_features != 1:
        raise InputError(
            "dimension",
            f"The mixture has {start.n_features} dimensions: a worksheet is for one.",
        )
    x = as_points(points, 1)
    if isinstance(iteration, bool) or int(iteration) != iteration or iteration < 1:
        raise InputError("iteration", f"Iteration {iteration}: give a whole number from 1.")
    before, mixture, made = None, start, start
    for t in range(1, iteration + 1):
        before, mixture = mixture, made
        expectation = e_step(x, mixture, rules=rules)
        shares = expectation.responsibilities
        try:
            made = m_step(x, shares, covariance_type, rules=rules, before=mixture)
        except InputError as error:
            raise InputError(error.code, f"In iteration {t}: {error}") from error
    step = Step(
        read_only(x[:, 0].copy()),
        Parameters.of(mixture),
        Parameters.of(before) if before is not None and iteration > 1 else None,
        tied,
        rules,
    )
    density = np.exp(mixture.log_densities(x))
    product = mixture.weights * density
    values: dict[Kind, np.ndarray] = {
        "density": density,
        "product": product,
        "evidence": product.sum(axis=1),
        "posterior": expectation.responsibilities,
        "log_likelihood": np.array(expectation.log_likelihood),
        "N": expectation.responsibilities.sum(axis=0),
        "weight": made.weights,
        "mean": made.means[:, 0],
        "variance": made.variances,
    }
    return Worksheet(step.points, mixture, iteration, covariance_type, step, values)


def hints(sheet: Worksheet, cell: Cell) -> tuple[str, str, str]:
    """Three hints, each telling more: the idea, the formula, and the formula in numbers."""
    formula = sheet.formula(cell)
    return (
        _IDEAS[cell.kind],
        f"{symbol(cell)} = {formula.symbols}",
        f"{symbol(cell)} = {formula.numbers}",
    )


_IDEAS: dict[Kind, str] = {
    "density": "How high does this component's bell curve stand over this point?",
    "product": "A component counts by its weight: multiply the height of its curve by it.",
    "evidence": "All components together: add what each has at this point.",
    "posterior": "A point is shared out: what this component has here, as a part of what all have.",
    "log_likelihood": "Take the natural logarithm of each point's evidence, and add.",
    "N": "How many points does the component hold? Add its responsibilities for all points.",
    "weight": "The weight is the component's part of all points.",
    "mean": "An average of the points, each counted by its responsibility.",
    "variance": "An average of squared distances from the new mean, counted by responsibility.",
}


def _operand(value: float) -> str:
    """A number in a product or a sum: negative ones in parentheses."""
    text = number(value)
    return f"({text})" if text.startswith("−") else text


def _summed(terms: list[str]) -> str:
    if len(terms) > LONGEST_SUM:
        terms = [*terms[:3], "…", terms[-1]]
    return " + ".join(terms)


def _density(sheet: Worksheet, cell: Cell) -> CellFormula:
    i, k = subscript(_at(cell.point)), subscript(_at(cell.component))
    x = number(float(sheet.points[_at(cell.point)]))
    mean = _operand(float(sheet.mixture.means[_at(cell.component), 0]))
    variance = number(float(sheet.mixture.variances[_at(cell.component)]))
    return CellFormula(
        f"e^(−(x{i} − μ{k})² / (2σ{k}²)) / √(2πσ{k}²)",
        f"e^(−({x} − {mean})² / (2·{variance})) / √(2π·{variance})",
        (),
    )


def _product(sheet: Worksheet, cell: Cell) -> CellFormula:
    density = replace(cell, kind="density")
    weight = number(float(sheet.mixture.weights[_at(cell.component)]))
    return CellFormula(
        f"w{subscript(_at(cell.component))} · {symbol(density)}",
        f"{weight} · {sheet.text(density)}",
        (density,),
    )


def _evidence(sheet: Worksheet, cell: Cell) -> CellFormula:
    products = tuple(Cell("product", cell.point, k) for k in range(sheet.n_components))
    return _sum(sheet, products)


def _posterior(sheet: Worksheet, cell: Cell) -> CellFormula:
    if sheet.step.rules.temperature != 1:
        return _tempered(sheet, cell)
    above, below = replace(cell, kind="product"), Cell("evidence", cell.point)
    return CellFormula(
        f"{symbol(above)} / {symbol(below)}",
        f"{sheet.text(above)} / {sheet.text(below)}",
        (above, below),
    )


def _tempered(sheet: Worksheet, cell: Cell) -> CellFormula:
    """Products to the power 1/T, shared out."""
    products = tuple(Cell("product", cell.point, k) for k in range(sheet.n_components))
    temperature, own = sheet.step.rules.temperature, replace(cell, kind="product")
    if temperature == 0:
        symbols, numbers = [symbol(p) for p in products], [sheet.text(p) for p in products]
        whole = "1 if {} is the largest of {}, else 0"
        return CellFormula(
            whole.format(symbol(own), ", ".join(symbols)),
            whole.format(sheet.text(own), ", ".join(numbers)),
            products,
        )
    root = f"^(1/{number(temperature)})"
    symbols = [f"({symbol(each)})^(1/T)" for each in (own, *products)]
    numbers = [f"({sheet.text(each)}){root}" for each in (own, *products)]
    return CellFormula(
        f"{symbols[0]} / ({_summed(symbols[1:])})",
        f"{numbers[0]} / ({_summed(numbers[1:])})",
        products,
    )


def _log_likelihood(sheet: Worksheet, cell: Cell) -> CellFormula:
    evidences = tuple(Cell("evidence", i) for i in range(sheet.n_points))
    return CellFormula(
        _summed([f"ln {symbol(each)}" for each in evidences]),
        _summed([f"ln {sheet.text(each)}" for each in evidences]),
        evidences,
    )


def _size(sheet: Worksheet, cell: Cell) -> CellFormula:
    return _sum(sheet, _shares(sheet, cell))


def _weight(sheet: Worksheet, cell: Cell) -> CellFormula:
    size = replace(cell, kind="N")
    keeps = sheet.step.keeps("weight")
    if keeps.any():
        return _left_over_weight(sheet, size, np.flatnonzero(~keeps).tolist())
    return CellFormula(f"{symbol(size)} / n", f"{sheet.text(size)} / {sheet.n_points}", (size,))


def _left_over_weight(sheet: Worksheet, size: Cell, free: list[int]) -> CellFormula:
    """What the fixed weights leave, in proportion to N."""
    sizes = tuple(Cell("N", None, k) for k in free)
    left = _operand(float(sheet.mixture.weights[free].sum()))
    return CellFormula(
        f"(1 − fixed weights)·{symbol(size)} / ({_summed([symbol(each) for each in sizes])})",
        f"{left}·{sheet.text(size)} / ({_summed([sheet.text(each) for each in sizes])})",
        sizes,
    )


def _mean(sheet: Worksheet, cell: Cell) -> CellFormula:
    shares, size = _shares(sheet, cell), replace(cell, kind="N")
    symbols = [f"{symbol(each)}·x{subscript(_at(each.point))}" for each in shares]
    numbers = [
        f"{sheet.text(each)}·{_operand(x)}"
        for each, x in zip(shares, sheet.points.tolist(), strict=True)
    ]
    return CellFormula(
        f"({_summed(symbols)}) / {symbol(size)}",
        f"({_summed(numbers)}) / {sheet.text(size)}",
        (*shares, size),
    )


def _variance(sheet: Worksheet, cell: Cell) -> CellFormula:
    if sheet.covariance_type == "tied":
        return _tied_variance(sheet)
    return _own_variance(sheet, cell)


def _own_variance(sheet: Worksheet, cell: Cell) -> CellFormula:
    shares, size = _shares(sheet, cell), replace(cell, kind="N")
    mean = replace(cell, kind="mean")
    symbols = [
        f"{symbol(each)}·(x{subscript(_at(each.point))} − {symbol(mean)})²" for each in shares
    ]
    numbers = [
        f"{sheet.text(each)}·({number(x)} − {sheet.text(mean)})²"
        for each, x in zip(shares, sheet.points.tolist(), strict=True)
    ]
    return CellFormula(
        f"({_summed(symbols)}) / {symbol(size)}",
        f"({_summed(numbers)}) / {sheet.text(size)}",
        (*shares, size, mean),
    )


def _tied_variance(sheet: Worksheet) -> CellFormula:
    components = range(sheet.n_components)
    own = [_own_variance(sheet, Cell("variance", None, k)) for k in components]
    above = [each.numbers.rpartition(" / ")[0] for each in own]
    return CellFormula(
        "Σ over k and i of P(k|i)·(x − new μ of k)², divided by n",
        f"({' + '.join(above)}) / {sheet.n_points}",
        tuple(dict.fromkeys(cell for each in own for cell in each.inputs)),
    )


def _sum(sheet: Worksheet, cells: tuple[Cell, ...]) -> CellFormula:
    return CellFormula(
        _summed([symbol(each) for each in cells]),
        _summed([sheet.text(each) for each in cells]),
        cells,
    )


def _shares(sheet: Worksheet, cell: Cell) -> tuple[Cell, ...]:
    return tuple(Cell("posterior", i, cell.component) for i in range(sheet.n_points))


def _at(index: int | None) -> int:
    assert index is not None
    return index


_FORMULAS: dict[Kind, Callable[[Worksheet, Cell], CellFormula]] = {
    "density": _density,
    "product": _product,
    "evidence": _evidence,
    "posterior": _posterior,
    "log_likelihood": _log_likelihood,
    "N": _size,
    "weight": _weight,
    "mean": _mean,
    "variance": _variance,
}
