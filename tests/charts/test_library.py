"""The part of Plotly that the app serves."""

import pytest

from explorer.stage.library import source
from scripts.plotly_part import installed, sha384, version_of

KNOWN = "sha384-N2HZsG+IG/3J8CwhGGYz/kmzZ0sprpPWwjhor9ZI4lxuf47i9DXK2/NDGxMaJiEb"
"""Of plotly.js-basic-dist-min 4.1.1, as npm's CDNs give it."""


def test_it_is_the_very_file_that_was_published():
    assert sha384(source()) == KNOWN


def test_it_is_of_the_installed_packages_version():
    """The tests hold the charts' descriptions to that package's schema."""
    assert version_of(source()) == version_of(installed())


def test_of_another_file_no_version_is_read():
    with pytest.raises(ValueError, match="does not begin"):
        version_of(b"/** something else v1 */")
