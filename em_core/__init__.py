"""Expectation-Maximisation for Gaussian mixtures, exact and fast, on NumPy alone.

The algorithm: Dempster, Laird & Rubin (1977); Bishop, PRML (2006), 9.2 to 9.4; its lower bound:
Neal & Hinton (1998). n points, d dimensions, K components; points are (n,) or (n, d).
"""

from em_core.agreement import adjusted_rand_index, align, assign, relabel
from em_core.engine.compress import Compressed, compress
from em_core.engine.compressor import Compressor
from em_core.engine.frame import Frame, Phase, iteration_of, phase_of
from em_core.engine.many import Best, Fits, best_of, fit_many
from em_core.engine.trace import HalfStep, Trace, extend, fit, iterate
from em_core.errors import InputError
from em_core.inference.bootstrap import Bootstrap, bootstrap
from em_core.inference.checks import (
    CdfCheck,
    QuantileCheck,
    check_cdf,
    check_quantiles,
    interval_log_likelihood,
    rounding_unit,
)
from em_core.inference.criteria import Criteria, aic, aicc, bic, criteria, icl
from em_core.inference.endings import Ending
from em_core.inference.influence import Influence, WhatIf, influence, what_if
from em_core.inference.intervals import Intervals, intervals
from em_core.inference.ratio_test import RatioTest, bootstrap_lrt, sequential_lrt
from em_core.inference.selection import Candidate, Selection, candidate, select_model
from em_core.mixture import COVARIANCE_TYPES, CovarianceType, GaussianMixture, n_parameters
from em_core.optimum.acceleration import Accelerated, accelerate
from em_core.optimum.bound import Bound, bound_along, bound_over
from em_core.optimum.dial import Dial, annealing, dial, splitting_temperature
from em_core.optimum.grid import (
    Landscape,
    StartMap,
    landscape,
    map_of_starts,
    maps_of_starts,
)
from em_core.optimum.information import Information, StandardErrors, information
from em_core.optimum.judge import Verdict, judge
from em_core.optimum.methods import METHODS
from em_core.optimum.optima import Optima, Optimum, find_optima, optima_so_far
from em_core.optimum.parameter import Parameter
from em_core.optimum.speed import Speed, Stop, distances_to, how_fast
from em_core.options import Options
from em_core.practice.arithmetic import Cell
from em_core.practice.diagnosis import Diagnosis, diagnose
from em_core.practice.faulty_run import FaultyRun, faulty_run
from em_core.practice.mistakes import Mistake, mistakes_for
from em_core.practice.worksheet import Worksheet, hints, worksheet
from em_core.report.explain import (
    ComponentAccount,
    IterationAccount,
    PosteriorAccount,
    explain_component,
    explain_density,
    explain_e_step,
    explain_iteration,
    explain_posterior,
    explain_posteriors,
)
from em_core.report.health import Finding, health
from em_core.report.narrate import describe_half_step, describe_sharing, describe_step, sentence
from em_core.rules import Rules
from em_core.starts import (
    ProposedStart,
    draw,
    k_means_plus_plus,
    quantiles,
    random_points,
)
from em_core.steps import Expectation, e_step, m_step

__all__ = [
    "COVARIANCE_TYPES",
    "METHODS",
    "Accelerated",
    "Best",
    "Bootstrap",
    "Bound",
    "Candidate",
    "CdfCheck",
    "Cell",
    "ComponentAccount",
    "Compressed",
    "Compressor",
    "CovarianceType",
    "Criteria",
    "Diagnosis",
    "Dial",
    "Ending",
    "Expectation",
    "FaultyRun",
    "Finding",
    "Fits",
    "Frame",
    "GaussianMixture",
    "HalfStep",
    "Influence",
    "Information",
    "InputError",
    "Intervals",
    "IterationAccount",
    "Landscape",
    "Mistake",
    "Optima",
    "Optimum",
    "Options",
    "Parameter",
    "Phase",
    "PosteriorAccount",
    "ProposedStart",
    "QuantileCheck",
    "RatioTest",
    "Rules",
    "Selection",
    "Speed",
    "StandardErrors",
    "StartMap",
    "Stop",
    "Trace",
    "Verdict",
    "WhatIf",
    "Worksheet",
    "accelerate",
    "adjusted_rand_index",
    "aic",
    "aicc",
    "align",
    "annealing",
    "assign",
    "best_of",
    "bic",
    "bootstrap",
    "bootstrap_lrt",
    "bound_along",
    "bound_over",
    "candidate",
    "check_cdf",
    "check_quantiles",
    "compress",
    "criteria",
    "describe_half_step",
    "describe_sharing",
    "describe_step",
    "diagnose",
    "dial",
    "distances_to",
    "draw",
    "e_step",
    "explain_component",
    "explain_density",
    "explain_e_step",
    "explain_iteration",
    "explain_posterior",
    "explain_posteriors",
    "extend",
    "faulty_run",
    "find_optima",
    "fit",
    "fit_many",
    "health",
    "hints",
    "how_fast",
    "icl",
    "influence",
    "information",
    "interval_log_likelihood",
    "intervals",
    "iterate",
    "iteration_of",
    "judge",
    "k_means_plus_plus",
    "landscape",
    "m_step",
    "map_of_starts",
    "maps_of_starts",
    "mistakes_for",
    "n_parameters",
    "optima_so_far",
    "phase_of",
    "quantiles",
    "random_points",
    "relabel",
    "rounding_unit",
    "select_model",
    "sentence",
    "sequential_lrt",
    "splitting_temperature",
    "what_if",
    "worksheet",
]
