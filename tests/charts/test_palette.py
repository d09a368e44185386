import re

import pytest

from explorer.charts.palette import DARK, LIGHT, channels, contrast, css_variables

THEMES = pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])


@THEMES
def test_every_component_stands_out_from_the_page(palette):
    for colour in palette.components:
        assert contrast(colour, palette.surface) >= 3


@THEMES
def test_every_ending_stands_out_from_the_page(palette):
    for colour in palette.endings:
        assert contrast(colour, palette.surface) >= 3


@THEMES
def test_text_can_be_read(palette):
    assert contrast(palette.ink, palette.surface) >= 7
    assert contrast(palette.muted, palette.surface) >= 4.5
    assert contrast(palette.accent, palette.on_accent) >= 4.5
    for badge, text in zip(palette.components, palette.on_components, strict=True):
        assert contrast(badge, text) >= 4.5


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


def test_css_has_a_variable_for_every_component():
    assert len(re.findall(r"--em-c\d:", css_variables(DARK))) == len(DARK.components)
