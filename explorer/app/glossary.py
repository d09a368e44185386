"""The words of the page, each said in a sentence; one key away."""

import streamlit as st

from explorer.app.markup import html, joined

WORDS = (
    ("Mixture", "Several Gaussians (components) added up, each counted by its weight."),
    ("Component", "One Gaussian of the mixture, with a weight, a mean and a variance."),
    (
        "Weight (w)",
        "The share of all points that a component accounts for. Weights sum to 1. Before a point "
        "is looked at, it is the probability that the component made it: Bayes' prior.",
    ),
    ("Mean (μ)", "The middle of a component."),
    (
        "Variance (σ²)",
        "How wide a component is: the average squared distance from its mean. Its root is the "
        "standard deviation (σ). In the plane a covariance says how it is tilted.",
    ),
    ("Density", "How well a component explains a point: the height of its bell curve there."),
    ("Product", "Weight × density, for one point and one component."),
    ("Evidence", "The sum of a point's products: the height of the whole mixture there."),
    (
        "Responsibility (r)",
        "Product ÷ evidence: the share of a point that a component is given. A point's "
        "responsibilities sum to 1. Bayes calls it the posterior probability.",
    ),
    (
        "Points held (N)",
        "The sum of a component's responsibilities over all points.",
    ),
    ("E-step", "Shares every point out among the components: it computes the responsibilities."),
    (
        "M-step",
        "Moves every component to the points it holds: it computes weights, means and variances.",
    ),
    ("Iteration", "One E-step and the M-step after it."),
    (
        "Log-likelihood",
        "How well the mixture explains all points: the natural logarithms of their evidences, "
        "summed. EM never lowers it.",
    ),
    (
        "Lower bound",
        "What the M-step raises. It lies below the log-likelihood and touches it at each E-step; "
        "that is why the log-likelihood cannot fall. Also called ELBO.",
    ),
    (
        "Converged",
        "An iteration changes so little that E-step and M-step agree: sharing the points out again "
        "gives the same components. That can be a local optimum: other starts may end higher.",
    ),
    (
        "Collapsed",
        "A component has shrunk onto a single value: its variance goes to 0 and the "
        "log-likelihood to infinity. That says nothing about the data.",
    ),
)


@st.dialog("Glossary", width="medium")
def glossary() -> None:
    st.html(
        html(
            '<dl class="ex-glossary">{}</dl>',
            joined(html("<dt>{}</dt><dd>{}</dd>", *entry) for entry in WORDS),
        )
    )
