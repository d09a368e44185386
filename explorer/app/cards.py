"""The endings that were seen, side by side; one can be pinned, to compare the charts with."""

import streamlit as st
from markupsafe import Markup

from em_core import GaussianMixture
from em_core.wording import counted, log_likelihood
from explorer.app import em_tables, gallery, state
from explorer.app.markup import NumberStyle, dot, html, joined, panel, table
from explorer.app.remade import Kept
from explorer.app.words import place
from explorer.charts.card import card_picture
from explorer.charts.sketch import sketch
from explorer.model.cards import Card, aligned, preference, settings_of, start_of
from explorer.model.problem import Pair
from explorer.model.runs import RunFrame

ENDINGS = "ending-cards"
BESIDE = "Beside the pinned ending"
HELP = "Each run that ended leaves its ending here: the last twelve on these data."


def endings() -> None:
    """A card for each, which is preferred, and a place for how the one that is pinned differs."""
    cards, chosen = state.cards(), pinned()
    if not cards:
        return
    st.html(panel("Endings", html('<p class="ex-try">{}</p>', preference(cards) or HELP)))
    with st.container(key="endings"):
        front = joined(_card(card, place, card is chosen) for place, card in enumerate(cards))
        gallery.draw(front, key=ENDINGS, on_pick=_take)
    if chosen is not None:
        place("pinned")


def pinned() -> Card | None:
    """The card that the numbers on the screen are compared with."""
    return state.session().pinned if state.cards() else None


@state.callback
def _take() -> None:
    """A card's button was pressed; a browser can send anything."""
    act, _, place = str(state.value_of(ENDINGS).get("pick")).partition(":")
    cards = state.cards()
    if not place.isdecimal() or int(place) >= len(cards):
        return
    card = cards[int(place)]
    if act == "pin":
        state.pin(None if card is state.session().pinned else card)
    elif act == "open":
        state.press(lambda problem: card.problem, "page", at_end=True)


def _card(card: Card, place: int, pinned: bool) -> Markup:
    return html(
        '<figure class="ex-card{}">{}<p><b>{}</b> {}</p><p class="ex-note">{}<br>{}</p>'
        '<button data-pick="pin:{place}" aria-pressed="{}" title="{}">{}</button>'
        '<button data-pick="open:{place}" title="{}">Open</button></figure>',
        " ex-pinned" if pinned else "",
        _picture(card),
        log_likelihood(card.log_likelihood),
        _mark(card),
        start_of(card),
        ", ".join(settings_of(card)),
        "true" if pinned else "false",
        "Draw this ending behind the charts, and compare the numbers with it.",
        "Unpin" if pinned else "Pin",
        "Go back to the run that ended here. Undo leads back.",
        place=place,
    )


def _picture(card: Card) -> Markup:
    pair = state.pair()
    return _DRAWN.of(card, pair, lambda: _drawn(card, pair))


_DRAWN: Kept[Card] = Kept()


def _drawn(card: Card, pair: Pair) -> Markup:
    data = card.problem.data
    seen = sketch(data.seen(pair))
    return Markup(card_picture(data, seen, card.mixture, card.log_likelihood, pair))


def _mark(card: Card) -> Markup:
    kind, sign = ("warning", "!") if card.against else ("good", "✓")
    words = card.against or "Nothing speaks against it."
    return html(
        '<i class="ex-mark {}" role="img" aria-label="{words}" title="{words}">{}</i>',
        kind,
        sign,
        words=words,
    )


def differences(frame: RunFrame, pinned: Card, style: NumberStyle) -> Markup:
    """The numbers on the screen beside those of the pinned ending, component by component."""
    gap = style.gain(frame.log_likelihood - pinned.log_likelihood)
    lead = html(
        '<p class="ex-fact"><span>Log-likelihood on the screen, less that of the pinned ending'
        "</span><b>{}</b></p>",
        gap,
    )
    other = aligned(frame.mixture, pinned)
    if other is None:
        here, there = (m.n_components for m in (frame.mixture, pinned.mixture))
        note = f"{counted(here, 'component')} here and {there} there: they cannot be matched."
        return panel(BESIDE, lead + html('<p class="ex-note">{}</p>', note), "ex-beside")
    rows = [
        row
        for j in range(other.n_components)
        for row in _rows(j, frame.mixture, other, frame, style)
    ]
    caption = "Components are matched by what they do, whatever their numbers were."
    body = table(["", "on the screen", "pinned", "difference"], rows, caption)
    return panel(BESIDE, lead + body, "ex-beside")


def _rows(
    j: int, here: GaussianMixture, there: GaussianMixture, frame: RunFrame, style: NumberStyle
) -> list[list[str]]:
    columns = frame.run.problem.data.columns
    names = ["weight", *em_tables.parameter_names(columns, state.display().spread)]
    pairs = zip(names, _numbers(here, j), _numbers(there, j), strict=False)
    return [
        [html("{} {}", dot(j), name), style.of(a), style.of(b), style.gain(a - b)]
        for name, a, b in pairs
    ]


def _numbers(mixture: GaussianMixture, j: int) -> list[float]:
    """Weight, mean and spread, as `parameter_names` names them."""
    spreads = em_tables.spread_values(mixture, j, state.display().spread)
    return [float(mixture.weights[j]), *map(float, mixture.means[j]), *map(float, spreads)]
