"""Small classic data sets with their sources, and seeded generators with their truth."""

from em_core.datasets.classics import NAMES, Dataset, load
from em_core.datasets.recipes import RECIPES, Sample, crossing_clouds, mixture_1d, single_gaussian

__all__ = [
    "NAMES",
    "RECIPES",
    "Dataset",
    "Sample",
    "crossing_clouds",
    "load",
    "mixture_1d",
    "single_gaussian",
]
