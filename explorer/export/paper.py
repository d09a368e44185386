"""Pages of HTML that need nothing else and print well."""

from collections.abc import Sequence

from markupsafe import escape

from explorer.charts.palette import LIGHT, css_variables


def page(title: str, body: str, rules: str = "") -> str:
    """A whole document. body: HTML; rules: CSS beyond that of every such page."""
    return PAGE.format(title=escape(title), variables=css_variables(LIGHT), body=body, rules=rules)


def paragraph(words: str) -> str:
    return f"<p>{escape(words)}</p>"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """The first cell of each row names it; cells are escaped unless they are Markup."""
    heading = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in head)
    body = "".join(
        f'<tr><th scope="row">{escape(first)}</th>'
        f"{''.join(f'<td>{escape(cell)}</td>' for cell in rest)}</tr>"
        for first, *rest in rows
    )
    return f"<table><thead><tr>{heading}</tr></thead><tbody>{body}</tbody></table>"


def figures(pictures: Sequence[tuple[str, str]]) -> str:
    """Pictures of explorer.charts, whose words are escaped already."""
    drawn = "".join(
        f"<figure>{f'<figcaption>{escape(title)}</figcaption>' if title else ''}{svg}</figure>"
        for title, svg in pictures
    )
    return f'<div class="figures">{drawn}</div>'


PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{title}</title>
<style>
:root {{{variables}; color-scheme: light}}
body {{ margin: 2rem auto; max-width: 56rem; padding: 0 1rem; color: var(--em-ink);
  background: #fff; font: 15px/1.5 system-ui, sans-serif; font-variant-numeric: tabular-nums; }}
h1 {{ font-size: 1.6rem; margin: 0 0 .4rem; }}
h2 {{ font-size: 1.15rem; margin: 2rem 0 .4rem; padding-top: .8rem;
  border-top: 1px solid var(--em-grid); break-after: avoid; }}
p {{ margin: .4rem 0; max-width: 46rem; overflow-wrap: anywhere; }}
.lead {{ font-size: 1.1rem; }}
table {{ border-collapse: collapse; width: 100%; margin: .6rem 0; font-size: .86rem;
  break-inside: avoid; }}
th, td {{ padding: .2rem .4rem; text-align: right; font-weight: 400;
  border-bottom: 1px solid var(--em-grid); }}
tr > :first-child {{ text-align: left; }}
thead th {{ color: var(--em-muted); }}
.figures {{ display: grid; grid-template-columns: repeat(auto-fit, minmax(19rem, 1fr));
  gap: 1rem; }}
figure {{ margin: 0; max-width: 30rem; break-inside: avoid; }}
figcaption {{ font-weight: 600; font-size: .9rem; }}
svg {{ display: block; width: 100%; height: auto; font-size: 12px; }}
[data-ghost] {{ display: none; }}
pre {{ font: 12px/1.45 ui-monospace, Menlo, Consolas, monospace; white-space: pre-wrap;
  overflow-wrap: anywhere; }}
summary {{ cursor: pointer; color: var(--em-muted); }}
@media print {{ body {{ margin: 0; max-width: none; font-size: 10.5pt; }}
  details:not([open]) {{ display: none; }} }}
{rules}</style>
</head>
<body>
<main>
{body}
</main>
</body>
</html>
"""
