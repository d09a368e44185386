"""What a half-step did, as data and in one plain sentence."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import sqrt
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from em_core.engine.frame import Phase
from em_core.engine.trace import Trace
from em_core.errors import InputError
from em_core.mixture import GaussianMixture
from em_core.points import as_points, as_sample_weight
from em_core.steps import e_step
from em_core.wording import coordinates, number, percent, point

Floats = NDArray[np.float64]
Spread = Literal["variance", "sd"]

Block = tuple[int, Floats, Floats | None]
"""The first row, the new and the old responsibilities of successive points."""

BLOCK_ENTRIES = 2**15
SAME = 5e-7
"""Shares and relative parameter changes up to this do not show in six digits."""
VISIBLE = 0.005
"""Moves, in standard deviations, and relative changes of spread up to this are not worth words."""


@dataclass(frozen=True)
class PointMove:
    """The point of which most changed hands in an E-step, and between whom."""

    index: int
    point: Floats
    giver: int
    taker: int
    share_before: float
    share_after: float


@dataclass(frozen=True)
class EStepAccount:
    """What an E-step did.

    effective_sizes: (K,) N_j now; size_changes: (K,) since the E-step before (None at the first);
    move: the point that changed hands most (None at the first, or when nothing moved);
    switched: the number of points whose likeliest component changed; contested: index of the
    point shared most evenly, and contested_point (d,); unchanged: no share moved visibly.
    """

    effective_sizes: Floats
    size_changes: Floats | None
    move: PointMove | None
    switched: int
    contested: int
    contested_point: Floats
    extent: Floats
    unchanged: bool


@dataclass(frozen=True)
class MStepAccount:
    """What an M-step did.

    mover: the component that changed most; shifts: (K, d) of the means; relative_shifts: (K,)
    their lengths in standard deviations of the component (the wider of before and after on each
    axis); spread_ratios: (K,) new spread over old, as a ratio of standard deviations (in
    several dimensions the geometric mean over the axes); weight_changes: (K,); unchanged: no
    parameter moved visibly.
    """

    mover: int
    shifts: Floats
    relative_shifts: Floats
    spread_ratios: Floats
    weight_changes: Floats
    before: GaussianMixture
    after: GaussianMixture
    extent: Floats
    unchanged: bool


StepAccount = EStepAccount | MStepAccount


def describe_step(
    points: ArrayLike,
    before: GaussianMixture | None,
    after: GaussianMixture,
    phase: Phase,
    sample_weight: ArrayLike | None = None,
) -> StepAccount:
    """What the last half-step did.

    An E-step is told by the mixture it used, `after`, against the one the E-step before used,
    `before` (None at the first E-step). An M-step is told by the mixtures before and after it.
    points: (n,) or (n, d); sample_weight: (n,) repeat counts, which weigh what moves. Raises
    InputError when the points do not fit, or an M-step has no `before` ("missing").
    """
    x = as_points(points, after.n_features)
    if phase == "E":
        return _describe_e_step(x, before, after, as_sample_weight(sample_weight, len(x)))
    if before is None:
        raise InputError(
            "missing", "An M-step is told by the mixtures before and after it: give both."
        )
    return _describe_m_step(x, before, after)


def describe_half_step(
    points: ArrayLike, trace: Trace, h: int, sample_weight: ArrayLike | None = None
) -> StepAccount | None:
    """What half-step `h` of a run did: 2t - 1 is the E-step, 2t the M-step of iteration t.

    None for h = 0, the start, where nothing has been done yet. points: (n,) or (n, d), those of
    the run, and sample_weight: (n,), its repeat counts.
    """
    frame = trace.frame(h)
    if frame.sharer is None:
        return None
    if frame.phase == "M":
        return describe_step(points, frame.previous, frame.mixture, "M")
    return describe_step(points, frame.earlier_sharer, frame.sharer, "E", sample_weight)


def describe_sharing(
    points: ArrayLike,
    responsibilities: Floats,
    earlier: Floats | None,
    sample_weight: ArrayLike | None = None,
) -> EStepAccount:
    """What an E-step did, from its responsibilities (n, K) and those of the E-step before.

    points: (n,) or (n, d); earlier: (n, K), None at the first E-step; sample_weight: (n,). As
    `describe_step`, where the responsibilities are at hand already.
    """
    x = as_points(points)
    weight = as_sample_weight(sample_weight, len(x))
    return _account_of_sharing(x, [(0, responsibilities, earlier)], weight)


def _describe_e_step(
    points: Floats, before: GaussianMixture | None, after: GaussianMixture, weight: Floats | None
) -> EStepAccount:
    return _account_of_sharing(points, _responsibility_blocks(points, before, after), weight)


def _account_of_sharing(
    points: Floats, blocks: Iterable[Block], weight: Floats | None
) -> EStepAccount:
    sizes, old_sizes = np.zeros(1), np.zeros(1)
    contested, evenness = 0, np.inf
    moved, move, switched, first = 0.0, None, 0, True
    for start, new, old in blocks:
        counts = np.ones(len(new)) if weight is None else weight[start : start + len(new)]
        sizes = sizes + counts @ new
        largest = np.where(counts > 0, new.max(axis=1), np.inf)
        if largest.min() < evenness:
            contested, evenness = start + int(largest.argmin()), float(largest.min())
        if old is None:
            continue
        old_sizes, first = old_sizes + counts @ old, False
        switched += int(np.count_nonzero(new.argmax(axis=1) != old.argmax(axis=1)))
        mass = counts * np.abs(new - old).sum(axis=1) / 2
        i = int(mass.argmax())
        if mass[i] > moved:
            moved, move = float(mass[i]), _point_move(points, start + i, old[i], new[i])
    nothing = not first and moved <= SAME
    return EStepAccount(
        effective_sizes=sizes,
        size_changes=None if first else sizes - old_sizes,
        move=None if nothing else move,
        switched=switched,
        contested=contested,
        contested_point=points[contested],
        extent=np.ptp(points, axis=0),
        unchanged=nothing,
    )


def _responsibility_blocks(
    points: Floats, before: GaussianMixture | None, after: GaussianMixture
) -> Iterator[Block]:
    rows = max(1, BLOCK_ENTRIES // after.n_components)
    for start in range(0, len(points), rows):
        block = points[start : start + rows]
        old = None if before is None else e_step(block, before).responsibilities
        yield start, e_step(block, after).responsibilities, old


def _point_move(points: Floats, i: int, old: Floats, new: Floats) -> PointMove:
    giver, taker = int((new - old).argmin()), int((new - old).argmax())
    return PointMove(i, points[i], giver, taker, float(old[giver]), float(new[giver]))


def _describe_m_step(
    points: Floats, before: GaussianMixture, after: GaussianMixture
) -> MStepAccount:
    shifts = after.means - before.means
    variances = [np.diagonal(m.covariances, axis1=1, axis2=2) for m in (before, after)]
    sigma = np.sqrt(np.maximum(*variances))
    relative_shifts = np.sqrt(((shifts / sigma) ** 2).sum(axis=1))
    log_ratio = np.log(_volumes(after, sigma)) - np.log(_volumes(before, sigma))
    weight_changes = after.weights - before.weights
    change = relative_shifts + np.abs(log_ratio)
    return MStepAccount(
        mover=int(change.argmax()),
        shifts=shifts,
        relative_shifts=relative_shifts,
        spread_ratios=np.exp(log_ratio),
        weight_changes=weight_changes,
        before=before,
        after=after,
        extent=np.ptp(points, axis=0),
        unchanged=bool(max(change.max(), np.abs(weight_changes).max()) <= SAME),
    )


def _volumes(mixture: GaussianMixture, sigma: Floats) -> Floats:
    """(K,) d-th root of the volume of the standard ellipsoid, in units of sigma (K, d)."""
    scaled = mixture.covariances / sigma[:, :, None] / sigma[:, None, :]
    smallest = np.finfo(float).tiny
    return np.maximum(np.linalg.det(scaled), smallest) ** (0.5 / sigma.shape[1])


def sentence(account: StepAccount | None, spread: Spread = "variance") -> str:
    """One plain sentence about a half-step; for None, about the start.

    spread: whether it speaks of variances or of standard deviations ("sd").
    """
    if account is None:
        return "This is the start: no step has been made yet."
    if isinstance(account, EStepAccount):
        return _e_sentence(account)
    return _m_sentence(account, spread)


def _e_sentence(account: EStepAccount) -> str:
    if account.size_changes is None:
        return _first_e_sentence(account)
    move = account.move
    if move is None:
        return "Nothing changed any more: each point is shared out as before."
    where = point(move.point, account.extent)
    mostly = "mostly " if len(account.effective_sizes) > 2 else ""
    before, after = _percentages(move.share_before, move.share_after)
    fell = f"its responsibility for it fell from {before} to {after}"
    if not move.share_before > 0.5 > move.share_after:
        return (
            f"Component {move.giver + 1} left more of the point {where} {mostly}to component "
            f"{move.taker + 1}: {fell}."
        )
    others = account.switched - 1
    also = f" {others} more point{'s' * (others > 1)} changed sides." if others > 0 else ""
    return (
        f"Component {move.giver + 1} gave up the point {where}, {mostly}to component "
        f"{move.taker + 1}: {fell}.{also}"
    )


def _percentages(before: float, after: float) -> tuple[str, str]:
    """Two shares in per cent, with as many decimals as it takes to tell them apart."""
    decimals = 0
    while f"{100 * before:.{decimals}f}" == f"{100 * after:.{decimals}f}" and decimals < 5:
        decimals += 1
    texts = [f"{100 * share:.{decimals}f}%" for share in (before, after)]
    least = 0.5 * 10.0**-decimals
    almost = "almost " if 0 < 100 * after < least else ""
    return texts[0], almost + ("0%" if almost else texts[1])


def _first_e_sentence(account: EStepAccount) -> str:
    sizes = account.effective_sizes
    if len(sizes) == 1:
        return "With one component every point belongs to it entirely."
    most, least = int(sizes.argmax()), int(sizes.argmin())
    if most == least:
        return "Each point was shared out evenly among the components."
    return (
        "Each point was shared out among the components: "
        f"component {most + 1} got most, {number(sizes[most])} points' worth, and component "
        f"{least + 1} least, {number(sizes[least])}; the most contested point is "
        f"{point(account.contested_point, account.extent)}."
    )


def _m_sentence(account: MStepAccount, spread: Spread) -> str:
    if account.unchanged:
        return "Nothing changed any more: the components stayed where they were."
    j = account.mover
    ratio = float(account.spread_ratios[j])
    moved = account.relative_shifts[j] > VISIBLE
    resized = abs(ratio - 1) > VISIBLE
    if not (moved or resized):
        return (
            f"The components hardly moved: component {j + 1} changed most, by less than 1% of "
            "its standard deviation."
        )
    most = " most" if account.after.n_components > 1 else ""
    parts = [f"moved{most}, {_way(account, j)}"] if moved else []
    if resized:
        parts.append(("narrowed" if ratio < 1 else "widened") + _spreads(account, j, spread))
    return f"Component {j + 1} {', and '.join(parts)}."


def _way(account: MStepAccount, j: int) -> str:
    """'from −3 to −0.5373', with digits enough to tell the two apart."""
    before, after = account.before.means[j], account.after.means[j]
    spread = np.minimum(account.extent, 1000 * np.abs(after - before))
    return f"from {coordinates(before, spread)} to {coordinates(after, spread)}"


def _spreads(account: MStepAccount, j: int, spread: Spread) -> str:
    """' (variance 4 → 0.5758)' in one dimension; in more, how the spread changed."""
    if account.after.n_features == 1:
        before, after = (float(m.variances[j]) for m in (account.before, account.after))
        if spread == "sd":
            return f" (standard deviation {number(sqrt(before))} → {number(sqrt(after))})"
        return f" (variance {number(before)} → {number(after)})"
    change = float(account.spread_ratios[j]) - 1
    return f" ({percent(abs(change), 2)} {'less' if change < 0 else 'more'} spread)"
