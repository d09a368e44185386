"""A report to take along: one HTML page that needs nothing else and prints well."""

from dataclasses import dataclass
from html import escape

import numpy as np

from em_core import Bootstrap, Candidate, CdfCheck, Influence, Information, QuantileCheck
from em_core.datasets import load
from em_core.inference import remarks
from em_core.inference.verdict import (
    CRITERION_NAMES,
    finders,
    model_words,
    verdict,
    votes,
)
from em_core.wording import counted, data_value, log_likelihood, number, sentence_case
from em_core.wording import point as point_name
from explorer.charts import cloud, pairs, studies
from explorer.charts.layout import with_unit
from explorer.charts.sketch import sketch
from explorer.export.csv_tables import Value, guarded, table_csv
from explorer.export.paper import figures, page, paragraph, table
from explorer.export.report_script import MOST_VALUES, Told, report_script
from explorer.model.comparison import Comparison
from explorer.model.parameters import Estimate, estimates
from explorer.model.problem import FIRST_TWO, Data, Named, Pair
from explorer.model.study import POINTS_AT_ONCE
from explorer.model.study import Sequence as Tests

RANKED = 8


@dataclass(frozen=True, eq=False)
class Findings:
    """All that is known of the fit that is looked at; None for what was not worked out.

    rounding: what there is to say of it, or ""; pair: the columns that are drawn where there are
    more than two.
    """

    data: Data
    comparison: Comparison
    candidate: Candidate
    information: Information
    replicates: Bootstrap | None
    tests: Tests | None
    distribution: CdfCheck | None
    quantiles: QuantileCheck
    rounding: str
    influence: Influence | None
    pair: Pair = FIRST_TWO

    @property
    def estimates(self) -> list[Estimate]:
        """Each parameter with its standard error and intervals."""
        return estimates(
            self.data,
            self.candidate.mixture,
            self.candidate.covariance_type,
            self.information,
            self.replicates,
        )

    @property
    def script(self) -> str:
        """Python code that makes the report's numbers again, on NumPy alone."""
        made = 0 if self.replicates is None else self.replicates.n_replicates
        now = self.comparison
        return report_script(
            Told(
                self.data,
                self.candidate,
                self.estimates,
                made,
                portion=max(1, POINTS_AT_ONCE // len(now.points)),
                stand_ins=now.points is not self.data.points,
            )
        )


def report(found: Findings) -> str:
    """The page's HTML. Whatever strangers may have written in the data is escaped."""
    sections = [
        _heading(found),
        _data(found),
        _choice(found),
        _columns(found),
        _sureness(found),
        _fit(found),
        _deciders(found),
        _again(found),
    ]
    title = f"{found.data.title}: how many components?"
    return page(title, "\n".join(filter(None, sections)))


def candidates_csv(found: Findings) -> str:
    """One row a candidate: what it is, its criteria, how many starts found it, what speaks
    against it."""
    head = [
        "covariance_type",
        "n_components",
        "log_likelihood",
        "n_parameters",
        *CRITERION_NAMES,
        "starts",
        "starts_that_found_it",
        "sound",
        "findings",
    ]
    rows: list[list[Value]] = [
        [
            c.covariance_type,
            c.n_components,
            c.log_likelihood,
            c.n_parameters,
            *(getattr(c, name) for name in CRITERION_NAMES),
            len(c.runs),
            finders(c),
            int(c.sound),
            " ".join(finding.sentence for finding in c.findings),
        ]
        for c in found.comparison.selection.candidates
    ]
    return table_csv(head, rows)


def estimates_csv(found: Findings) -> str:
    """One row a parameter, with standard errors and 95% intervals."""
    head = [
        "component",
        "parameter",
        "estimate",
        "standard_error",
        "low_95",
        "high_95",
        "bootstrap_standard_error",
        "bootstrap_low_95",
        "bootstrap_high_95",
    ]
    rows: list[list[Value]] = []
    for each in found.estimates:
        component = each.parameter.component
        ends = [each.interval or ("", ""), each.replicated_interval or ("", "")]
        rows.append(
            [
                "all" if component is None else component + 1,
                guarded(each.parameter.name),
                each.value,
                "" if each.error is None else each.error,
                *ends[0],
                "" if each.replicated_error is None else each.replicated_error,
                *ends[1],
            ]
        )
    return table_csv(head, rows)


# --- the sections ---------------------------------------------------------------------------------


def _heading(found: Findings) -> str:
    return (
        f"<h1>{escape(found.data.title)}</h1>"
        f'<p class="lead">{escape(verdict(found.comparison.selection))}</p>'
    )


def _data(found: Findings) -> str:
    data = found.data
    rows = []
    for axis, column in enumerate(data.columns):
        values = data.points[:, axis]
        spread, mean = float(np.ptp(values)), float(np.average(values, weights=data.counts))
        variance = float(np.average((values - mean) ** 2, weights=data.counts))
        rows.append(
            [
                with_unit(column, data.units[axis]),
                number(data.total),
                data_value(float(values.min()), spread),
                data_value(float(values.max()), spread),
                number(mean, spread),
                number(variance),
            ]
        )
    source = ""
    if isinstance(data.source, Named):
        source = paragraph(load(data.source.name).source)
    head = ["column", "points", "least", "greatest", "mean", "variance"]
    return "<h2>Data</h2>" + source + table(head, rows)


def _choice(found: Findings) -> str:
    now = found.comparison
    chosen = votes(now.selection)
    names = [vote.criterion for vote in chosen]
    pictures = [
        (
            sentence_case(cloud.title_of(now.selection, kind)),
            cloud.cloud(now.selection, kind, now.most_components)
            + cloud.criteria(now.selection, kind, now.most_components, names),
        )
        for kind in now.types
        if cloud.of_type(now.selection, kind)
    ]
    rows = [
        [
            CRITERION_NAMES[vote.criterion],
            model_words(vote.choice),
            number(getattr(vote.choice, vote.criterion), digits=6),
            model_words(vote.runner_up) if vote.runner_up else "–",
            number(vote.behind, digits=2) if vote.behind is not None else "–",
        ]
        for vote in chosen
    ]
    head = ["criterion", "favours", "its value", "next best", "behind by"]
    words = (
        f"Each candidate was fitted from {counted(now.n_starts, 'start')}. One dot is one start, "
        "hollow where something counts against its ending; such endings are never chosen."
    )
    body = paragraph(words) + figures(pictures) + table(head, rows)
    return "<h2>How many components?</h2>" + body + _tests(found.tests)


def _tests(tests: Tests | None) -> str:
    if tests is None or tests.choice is None:
        return ""
    rows = [
        [
            f"{t.n_components} against {t.n_components + 1}",
            number(t.statistic),
            number(t.p_value, digits=2),
        ]
        for t in tests.tests
    ]
    words = (
        "The bootstrap test of one more component (McLachlan 1987) leads to "
        f"{counted(tests.choice, 'component')}."
    )
    return paragraph(words) + table(["components", "2 × gain", "p-value"], rows)


def _columns(found: Findings) -> str:
    """Of more than two columns: what is seen of the fit along all pairs of them."""
    data, mixture = found.data, found.candidate.mixture
    if data.n_features <= len(FIRST_TWO):
        return ""
    said = pairs.words(data, pairs.columns_shown(data, mixture))
    drawn = figures([("", pairs.pairs(data, mixture))])
    return "<h2>What the components look like</h2>" + paragraph(said) + drawn


def _sureness(found: Findings) -> str:
    data, candidate = found.data, found.candidate
    words = (
        f"{sentence_case(model_words(candidate))}: log-likelihood "
        f"{log_likelihood(candidate.log_likelihood, 6)} with "
        f"{counted(candidate.n_parameters, 'parameter')}; {finders(candidate)} of "
        f"{counted(len(candidate.runs), 'start')} ended there. "
        f"{remarks.of_information(found.information)}"
    )
    extent = np.ptp(data.points, axis=0)
    rows = [_estimate(each, extent) for each in found.estimates]
    head = ["parameter", "estimate", "s.e.", "95% interval", "bootstrap s.e.", "bootstrap 95%"]
    parts = ["<h2>The fit, and how sure it is</h2>", paragraph(words), table(head, rows)]
    replicates = found.replicates
    if replicates is not None and len(replicates) > 1:
        parts.append(paragraph(remarks.of_replicates(replicates)))
        ghosts = studies.ghosts(data, sketch(data.seen(found.pair)), replicates, found.pair)
        pictures = [("What other samples would give", ghosts)]
        pictures += [
            (f"Component {k + 1}", studies.spread_of(replicates, data, k))
            for k in range(candidate.n_components)
        ]
        parts.append(figures(pictures))
    return "".join(parts)


def _estimate(each: Estimate, extent: np.ndarray) -> list[str]:
    axis = each.parameter.axis
    spread = None if axis is None else float(extent[axis])

    def between(ends: tuple[float, float] | None) -> str:
        return "–" if ends is None else " to ".join(number(end, spread) for end in ends)

    component = each.parameter.component
    whose = "all" if component is None else str(component + 1)
    return [
        f"{whose}: {each.parameter.name}",
        number(each.value, spread),
        "–" if each.error is None else number(each.error),
        between(each.interval),
        "–" if each.replicated_error is None else number(each.replicated_error),
        between(each.replicated_interval),
    ]


def _fit(found: Findings) -> str:
    words, pictures = remarks.of_quantiles(found.quantiles), []
    if found.distribution is not None:
        words = f"{remarks.of_distribution(found.distribution)} {words}"
        drawn = studies.distribution(found.data, found.distribution)
        pictures.append(("Distribution functions", drawn))
    title = "Quantiles" if found.distribution else "Distances from the most probable component"
    pictures.append((title, studies.quantiles(found.data, found.quantiles)))
    rounding = paragraph(found.rounding) if found.rounding else ""
    return "<h2>Does it fit?</h2>" + paragraph(words) + figures(pictures) + rounding


def _deciders(found: Findings) -> str:
    if found.influence is None:
        return ""
    data, candidate, influence = found.data, found.candidate, found.influence
    seen = sketch(data.seen(found.pair))
    drawn = studies.deciders(data, seen, candidate.mixture, influence, found.pair)
    extent = np.ptp(data.points, axis=0)
    rows = [
        [
            f"point {i + 1}",
            point_name(data.points[i], extent),
            number(float(influence.displacements[i]), digits=3),
            remarks.effect_of(data.points, candidate, influence, i),
        ]
        for i in influence.order[:RANKED].tolist()
    ]
    head = ["point", "value", "displacement", "largest change"]
    words = remarks.of_influence(data.points, candidate, influence)
    body = paragraph(words) + figures([("", drawn)]) + table(head, rows)
    return "<h2>Who decides it?</h2>" + body


def _again(found: Findings) -> str:
    words = "This script needs NumPy alone. It makes the numbers above again and checks them."
    if found.data.points.size > MOST_VALUES:
        words += " It reads the points from points.csv."
    code = f"<pre>{escape(found.script)}</pre>"
    return f"<h2>The numbers again</h2>{paragraph(words)}<details>{SHOW}{code}</details>"


SHOW = "<summary>Show the script</summary>"
