import numpy as np

from em_core import GaussianMixture
from explorer.model.remarks import remarks

POINTS = np.array([[0.2], [-0.9], [-1.0], [1.2], [1.8]])


def test_a_variance_below_the_collapse_limit_is_remarked_on() -> None:
    start = GaussianMixture.univariate([0.5, 0.5], [0, 1], [1e-300, 1])
    assert remarks(start, POINTS) == ("Variance 1 is below the collapse limit for these data.",)


def test_an_ordinary_start_needs_no_remark() -> None:
    start = GaussianMixture.univariate([0.5, 0.5], [0, 0], [1, 1e-6])
    assert remarks(start, POINTS) == ()
