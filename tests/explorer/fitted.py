"""The run of a problem, as em_core makes it."""

from em_core import Trace, fit
from explorer.model.problem import Problem


def trace_of(problem: Problem) -> Trace:
    data, options = problem.data, problem.options.keywords()
    return fit(data.points, problem.start.mixture, sample_weight=data.counts, **options)
