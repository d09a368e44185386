"""What the page 'Why?' is asked: a frozen value, which links and files carry."""

from dataclasses import dataclass
from typing import Literal

from em_core import GaussianMixture, Options, Parameter

PICTURES = ("rises", "endings", "map", "speed", "landscape", "dial")
"""The pictures by their names in links and files; explorer.app.why draws them."""


@dataclass(frozen=True)
class Why:
    """picture: the one that is looked at; along: the parameter that the bound is shown over, None
    for the M-step's own direction; n_starts: from how many starts the endings are looked for;
    x, y: the parameters that maps are over, None for those that suit the problem; told_apart:
    endings whose components are numbered differently count as different; others: whether what a
    landscape holds is as at the end of the run or as it is now; held: on the dial, weights are
    equal and covariances stay."""

    picture: str = "rises"
    along: Parameter | None = None
    n_starts: int = 100
    x: Parameter | None = None
    y: Parameter | None = None
    told_apart: bool = False
    others: Literal["end", "now"] = "end"
    held: bool = True


def parameters_of(mixture: GaussianMixture, options: Options) -> tuple[Parameter, ...]:
    """Those that can be varied one by one; what the covariance type ties together counts once."""
    K, d = mixture.n_components, mixture.n_features
    kind = options.covariance_type
    means = [Parameter("mean", k, i) for k in range(K) for i in range(d)]
    spreads = [
        Parameter("variance", k, i)
        for k in ([0] if kind == "tied" else range(K))
        for i in ([0] if kind == "spherical" else range(d))
    ]
    weights = [Parameter("weight", k) for k in range(K)] if K > 1 else []
    return (*means, *spreads, *weights)


def over_two(
    mixture: GaussianMixture, options: Options, x: Parameter | None, y: Parameter | None
) -> tuple[Parameter, Parameter]:
    """The two parameters a map is over: those asked for, where there are such and they differ.

    Else the first components' means, or the coordinates of one, or one mean and its variance.
    """
    offered = parameters_of(mixture, options)
    first, second = offered[0], offered[1]
    x = x if x in offered else first
    y = y if y in offered else second
    return (x, y) if x != y else (x, second if x == first else first)
