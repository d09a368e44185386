import re

import numpy as np
import pytest

from explorer.charts.palette import DARK, LIGHT, blend, channels, contrast, css_variables

THEMES = pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])


@THEMES
def test_every_component_stands_out_from_the_page(palette):
    for colour in palette.components:
        assert contrast(colour, palette.surface) >= 3


@THEMES
def test_text_can_be_read(palette):
    assert contrast(palette.ink, palette.surface) >= 7
    assert contrast(palette.muted, palette.surface) >= 4.5
    assert contrast(palette.accent, palette.on_accent) >= 4.5
    for badge, text in zip(palette.components, palette.on_components, strict=True):
        assert contrast(badge, text) >= 4.5


def test_a_light_colour_has_one_dark_counterpart():
    """The browser swaps colours by their text: one text must not stand for two things."""
    counterpart: dict[str, str] = {}
    lights, darks = LIGHT.to_dict(), DARK.to_dict()
    for name in lights:
        for light, dark in zip(np.ravel(lights[name]), np.ravel(darks[name]), strict=True):
            assert counterpart.setdefault(light, dark) == dark, name


def test_components_differ_for_colour_blind_eyes_too():
    """Deuteranopia, by the matrix of Machado, Oliveira and Fernandes (2009), severity 1."""
    matrix = ((0.367, 0.861, -0.228), (0.280, 0.673, 0.047), (-0.012, 0.043, 0.969))
    for palette in (LIGHT, DARK):
        seen = [
            [sum(m * c for m, c in zip(row, channels(colour), strict=True)) for row in matrix]
            for colour in palette.components[:4]
        ]
        for i, one in enumerate(seen):
            for other in seen[:i]:
                assert max(abs(a - b) for a, b in zip(one, other, strict=True)) > 25


def test_blend_is_the_mean_of_the_colours():
    assert blend(("#000000", "#c80000"), (0.5, 0.5)) == "rgb(100,0,0)"
    assert blend(LIGHT.components, (1, 0, 0)) == "rgb({},{},{})".format(
        *channels(LIGHT.components[0])
    )


def test_css_has_a_variable_for_every_component():
    assert len(re.findall(r"--em-c\d:", css_variables(DARK))) == len(DARK.components)
