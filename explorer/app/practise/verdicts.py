"""What came of an answer, as it stands on the page."""

from markupsafe import Markup

from explorer.app.markup import html


def verdict(tone: str, sign: str, bold: str, sentence: str = "") -> Markup:
    """tone: good, soft or bad."""
    return html(
        '<span class="ex-verdict ex-{}"><i aria-hidden="true">{}</i> '
        "<span><b>{}</b> {}</span></span>",
        tone,
        sign,
        bold,
        sentence,
    )
