"""The colours of everything, once for light and once for dark.

Component j has the same colour in every chart, table and formula. The hues are those of Okabe and
Ito ("Color Universal Design", 2008), which stay apart under the common colour blindnesses; their
lightness is tuned on each background to a contrast of at least 3 : 1. A component is never a
colour alone: its number goes with it.

The browser has both palettes and draws in the one of the page's theme.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Palette:
    """Colours as CSS strings.

    ink: text and the mixture; muted: second-rank text; grid: hair lines; neutral: data before
    they are shared out; surface: the page behind; accent: the next action, on_accent its text;
    components: one for each; washes: the same, for fills; ghosts: the same, for what was before;
    endings: where EM ends, each with its letter, told apart from components by quieter hues.
    """

    ink: str
    muted: str
    grid: str
    neutral: str
    surface: str
    accent: str
    on_accent: str
    components: tuple[str, ...]
    endings: tuple[str, ...]

    @property
    def washes(self) -> tuple[str, ...]:
        """The components' colours at a fifth of their strength."""
        return tuple(translucent(colour, 0.2) for colour in self.components)

    @property
    def ghosts(self) -> tuple[str, ...]:
        """The components' colours at three fifths of their strength."""
        return tuple(translucent(colour, 0.6) for colour in self.components)

    @property
    def on_components(self) -> tuple[str, ...]:
        """The text colour for a badge of each component."""
        white, black = "#fefefe", "#101318"
        return tuple(white if contrast(white, c) >= 4.5 else black for c in self.components)

    def to_dict(self) -> dict[str, str | list[str]]:
        """As the type `Palette` of js/payload.js."""
        return {
            "ink": self.ink,
            "muted": self.muted,
            "grid": self.grid,
            "neutral": self.neutral,
            "surface": self.surface,
            "components": list(self.components),
            "washes": list(self.washes),
            "ghosts": list(self.ghosts),
            "on_components": list(self.on_components),
        }


LIGHT = Palette(
    ink="#1b1f27",
    muted="#5a6270",
    grid="#e6e8ec",
    neutral="#8b929e",
    surface="#ffffff",
    accent="#3b3fc4",
    on_accent="#fefefe",
    components=(
        "#0072b2",
        "#c85000",
        "#00805e",
        "#ae5488",
        "#b57d00",
        "#3d98d3",
        "#7d7600",
        "#7b5a45",
    ),
    endings=("#5a5fd0", "#9c8440", "#4f8a86", "#a8606a", "#6f7f4e", "#87679c"),
)

DARK = Palette(
    ink="#eceef2",
    muted="#a4acb9",
    grid="#2a303a",
    neutral="#7d8592",
    surface="#0e1117",
    accent="#a9b4ff",
    on_accent="#10131a",
    components=(
        "#3f9fe0",
        "#ff8442",
        "#25c295",
        "#e593c3",
        "#f0ae2c",
        "#93d2f7",
        "#ece15a",
        "#c7a58c",
    ),
    endings=("#8f98f0", "#c9b26b", "#78b8b2", "#d28b94", "#a0b279", "#b795cc"),
)


def css_variables(palette: Palette) -> str:
    """The palette as CSS custom properties: `--em-ink`, `--em-c1`, `--em-on-c1`, `--em-wash1`, …"""
    plain = ("ink", "muted", "grid", "neutral", "surface", "accent", "on_accent")
    entries = [f"--em-{name.replace('_', '-')}:{getattr(palette, name)}" for name in plain]
    for name, colours in (
        ("c", palette.components),
        ("on-c", palette.on_components),
        ("wash", palette.washes),
        ("e", palette.endings),
    ):
        entries += [f"--em-{name}{j}:{colour}" for j, colour in enumerate(colours, start=1)]
    return ";".join(entries)


def component_classes() -> str:
    """CSS classes `ex-c1`, `ex-c2`, … that make a component's colours `--ex-own` and so on."""
    return "\n".join(
        f".ex-c{j}{{--ex-own:var(--em-c{j});--ex-on:var(--em-on-c{j});--ex-wash:var(--em-wash{j})}}"
        for j in range(1, len(LIGHT.components) + 1)
    )


def channels(colour: str) -> tuple[int, int, int]:
    """'#rrggbb' as red, green and blue from 0 to 255."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def translucent(colour: str, opacity: float) -> str:
    """'#rrggbb' as 'rgba(…)'; opacity from 0 to 1."""
    red, green, blue = channels(colour)
    return f"rgba({red},{green},{blue},{opacity:g})"


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two '#rrggbb' colours, from 1 to 21 (WCAG 2.2)."""
    brighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    linear = [
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
        for value in (channel / 255 for channel in channels(colour))
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
