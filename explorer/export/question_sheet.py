"""One page of questions about EM, to be answered with the app; the numbers are worked out here."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from markupsafe import escape

from em_core import GaussianMixture, Rules, e_step, fit
from em_core.practice.faulty_run import faulty_run
from em_core.practice.mistakes import TABLE
from em_core.wording import enumerated, log_likelihood, number
from explorer.export.paper import page
from explorer.model.examples import default_problem


@dataclass(frozen=True)
class Question:
    question: str
    answer: str


def question_sheet(answers: bool = False) -> str:
    """The document: nine questions with room to write, or with their answers."""
    items = "".join(_item(each, answers) for each in questions())
    task = (
        "Open EM Explorer: it shows five numbers and two bell curves, the worked example. Predict "
        "first, write your prediction down, then look."
    )
    title = "EM on five numbers: answers" if answers else "EM on five numbers"
    name = "" if answers else '<p>Name: <span class="line"></span></p>'
    return page(
        title,
        f"<h1>{title}</h1><p>{escape(task)}</p>{name}<ol>{items}</ol>",
        RULES,
    )


def _item(each: Question, answers: bool) -> str:
    below = f"<p><b>{escape(each.answer)}</b></p>" if answers else '<p class="room"></p>'
    return f"<li>{escape(each.question)}{below}</li>"


@cache
def questions() -> Sequence[Question]:
    problem = default_problem()
    points, start = problem.data.points, problem.start.mixture
    shares = e_step(points, start).responsibilities
    trace = fit(points, start, max_iter=2, tol=0)
    first = trace.mixtures[1]
    levels = [log_likelihood(float(each)) for each in trace.log_likelihoods]
    hard = fit(points, start, max_iter=1, tol=0, rules=Rules(temperature=0)).mixtures[-1]
    end = fit(points, start, max_iter=500)
    last = end.mixtures[-1]
    same = fit(points, GaussianMixture.univariate([0.5, 0.5], [0, 0], [4, 4]), max_iter=50)
    return (
        Question(
            "E-step. How much of the point 0.2 does component 1 have? Work it out with pen and "
            "paper: two densities, two weights, one division. Practise checks it.",
            f"{number(float(shares[0, 0]))}; component 2 has the other "
            f"{number(float(shares[0, 1]))}.",
        ),
        Question(
            "M-step. Mean 2 starts at 2. On which side of 2 will it be, and which points pull it "
            "most?",
            f"On the left, at {number(float(first.means[1, 0]))}: it is the average of all five "
            "points, each counted by its responsibility, and none of them is larger than 1.8.",
        ),
        Question(
            "What would k-means, which gives each point whole to one component, have made of mean "
            "2?",
            f"{number(float(hard.means[1, 0]))}, the average of the points 0.2, 1.2 and 1.8.",
        ),
        Question(
            "Write down the log-likelihood of the start and after iterations 1 and 2. Can it fall?",
            f"{enumerated(levels)}. No: each iteration climbs to the top of a curve that lies "
            "below the log-likelihood and touches it where the iteration began.",
        ),
        Question(
            "After the E-step, how many points does component 1 hold, N₁? Why is that not a whole "
            "number, and what do N₁ and N₂ add up to?",
            f"Points are shared out: N₁ = {number(float(shares[:, 0].sum()))} and "
            f"N₂ = {number(float(shares[:, 1].sum()))}, together the five points.",
        ),
        Question(
            "Someone takes the variance for σ in the density. With points 1, 2, 3, means 1 and 3, "
            "weights ½ and variances 1 the program prints "
            f"{enumerated(_printed())}. What gives the mistake away, and why not in the first "
            "number?",
            "It falls, which EM's log-likelihood never does. A variance of 1 has σ = 1, so the "
            "first is right.",
        ),
        Question(
            "Let EM run to its end. What has become of component 1? Would you report these two "
            "groups?",
            f"It sits on −1 and −0.9 alone, with variance {number(float(last.variances[0]))} "
            f"against {number(float(last.variances[1]))}: the log-likelihood is high "
            f"({log_likelihood(float(end.log_likelihoods[-1]))}) because two points happen to be "
            "close. Not without other starts.",
        ),
        Question(
            "Put both means at 0. What does EM do, and why can it never part them?",
            f"Both stay equal, at {number(float(same.mixtures[-1].means[0, 0]))}: each point is "
            "shared half and half, so both components get the same mean and variance, for ever.",
        ),
        Question(
            "Find a start that ends elsewhere. Which ending is higher, and which would you trust?",
            f"Several starts do: means −0.5 and 1.8 with variances 1 end at "
            f"{log_likelihood(_elsewhere())}. That is lower, and without a spike: each component "
            "has a group of points, so it is the one to trust.",
        ),
    )


def _printed() -> list[str]:
    mistake = next(each for each in TABLE if each.name == "variance-as-sd")
    start = GaussianMixture.univariate([0.5, 0.5], [1, 3], [1, 1])
    run = faulty_run([1, 2, 3], start, mistake, max_iter=2)
    return [log_likelihood(float(each), 5) for each in run.log_likelihoods]


def _elsewhere() -> float:
    """Where another start ends."""
    start = GaussianMixture.univariate([0.5, 0.5], [-0.5, 1.8], [1, 1])
    points = default_problem().data.points
    return float(fit(points, start, max_iter=500).log_likelihoods[-1])


RULES = """
@page { size: A4; margin: 15mm; }
ol { padding-left: 1.4rem; }
li { margin: .5rem 0; break-inside: avoid; }
li p { max-width: none; }
.line { display: inline-block; width: 16rem; border-bottom: 1px solid var(--em-ink); }
.room { height: 2.9rem; border-bottom: 1px solid var(--em-grid); }
@media print { body { font-size: 10pt; } }
"""
