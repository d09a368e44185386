"""EM at many temperatures, from hot to cold, made one after the other. Pure."""

from dataclasses import dataclass, replace

import numpy as np

from em_core import GaussianMixture, Options, Rules, dial, splitting_temperature
from em_core.wording import counted, number
from explorer.model.runs import Run

N_TEMPERATURES = 40
HOTTEST, COLDEST = 1.6, 0.04
"""As shares of the temperature at which the first components part."""

MANY = 5_000
"""Coordinates × components up to which the dial is turned unasked."""


@dataclass(frozen=True)
class Setting:
    """One place on the dial: where EM has settled, and how many components are different there."""

    temperature: float
    n_different: int
    mixture: GaussianMixture


@dataclass(frozen=True, eq=False)
class Turning:
    """The dial as far as it has been turned down.

    start: where the hottest begins; options: with the rules that hold at every temperature; splits:
    the temperature above which components cannot be told apart; left: temperatures to come, the
    hottest first; running: whether it is to be turned on now.
    """

    run: Run
    start: GaussianMixture
    options: Options
    splits: float
    left: tuple[float, ...]
    settled: tuple[Setting, ...] = ()
    running: bool = False


def begun(run: Run, held: bool) -> Turning:
    """held: all weights are equal, and all components keep the average of the start's covariances;
    else as the problem's own rules have it."""
    start, options = run.problem.start.mixture, run.problem.options
    splits = 1.0
    if held:
        K = start.n_components
        shared = np.average(start.covariances, axis=0, weights=start.weights)
        start = GaussianMixture(np.full(K, 1 / K), start.means, np.repeat(shared[None], K, axis=0))
        rules = Rules(equal_weights=True, fixed_covariances=tuple(range(K)))
        options = replace(options, rules=rules, variance_floor=0.0)
        splits = splitting_temperature(run.points, shared, run.sample_weight)
    temperatures = splits * np.geomspace(HOTTEST, COLDEST, N_TEMPERATURES)
    every = sorted({*temperatures.tolist(), 1.0, 0.0}, reverse=True)
    running = run.points.size * start.n_components <= MANY
    return Turning(run, start, options, splits, tuple(every), (), running)


def carried_on(turning: Turning) -> Turning:
    """Turned to the next temperature; it stops running after the coldest."""
    if not turning.left:
        return replace(turning, running=False)
    temperature, *left = turning.left
    start = turning.settled[-1].mixture if turning.settled else turning.start
    run = turning.run
    found = dial(run.points, start, [temperature], turning.options, run.sample_weight)
    setting = Setting(temperature, int(found.n_different[0]), found.mixtures[0])
    running = turning.running and bool(left)
    return replace(turning, left=tuple(left), settled=(*turning.settled, setting), running=running)


def set_running(turning: Turning, running: bool) -> Turning:
    return replace(turning, running=running and bool(turning.left))


def in_words(turning: Turning) -> str:
    """Where components part, and what is left at the two places that have names."""
    said = []
    split = next((s for s in turning.settled if s.n_different > 1), None)
    if split is not None and turning.start.n_components > 1:
        theory = number(turning.splits, digits=4)
        beta = number(1 / turning.splits, digits=4)
        said.append(f"Components can part below the temperature {theory} (β = {beta}).")
    names = {1.0: "At 1, which is EM,", 0.0: "At 0, where each point belongs to one component,"}
    for temperature, name in names.items():
        for setting in turning.settled:
            if setting.temperature == temperature:
                different = counted(setting.n_different, "different component")
                verb = "is" if setting.n_different == 1 else "are"
                said.append(f"{name} {different} {verb} left.")
    return " ".join(said)
