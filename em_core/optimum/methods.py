"""Every start method by its name: those that only draw, and the one that EM itself is led by."""

from collections.abc import Callable, Mapping

from em_core import starts
from em_core.optimum.dial import annealing
from em_core.starts import ProposedStart

METHODS: Mapping[str, Callable[..., ProposedStart]] = {**starts.METHODS, "annealing": annealing}
"""`draw` knows those of `em_core.starts` alone: many annealed starts are one start many times."""
