"""Rules that change EM, as people set them: kept fitting for the problem, and said in words."""

from dataclasses import replace

from em_core import Rules
from em_core.wording import number


def fitting(rules: Rules, n_components: int, covariance_type: str) -> Rules:
    """The rules as far as there are components for them; tied covariances are held all or none."""

    def there(held: tuple[int, ...]) -> tuple[int, ...]:
        return tuple(k for k in held if k < n_components)

    covariances = there(rules.fixed_covariances)
    if covariance_type == "tied" and covariances:
        covariances = tuple(range(n_components))
    return replace(
        rules,
        fixed_weights=() if rules.equal_weights else there(rules.fixed_weights),
        fixed_means=there(rules.fixed_means),
        fixed_covariances=covariances,
    )


def without(rules: Rules, component: int) -> Rules:
    """The rules once a component is gone: those after it move up."""

    def left(held: tuple[int, ...]) -> tuple[int, ...]:
        return tuple(k - (k > component) for k in held if k != component)

    return replace(
        rules,
        fixed_weights=left(rules.fixed_weights),
        fixed_means=left(rules.fixed_means),
        fixed_covariances=left(rules.fixed_covariances),
    )


def in_words(rules: Rules, spread: str = "variance") -> tuple[str, ...]:
    """What is agreed beyond plain EM, a sentence each; spread: what a covariance is called."""
    said = []
    if rules.equal_weights:
        said.append("The weights stay equal.")
    for name, fixed in (
        ("weight", rules.fixed_weights),
        ("mean", rules.fixed_means),
        (spread, rules.fixed_covariances),
    ):
        said += [f"The {name} of component {k + 1} stays as it is." for k in fixed]
    if rules.temperature == 0:
        said.append("Each point goes whole to its likeliest component.")
    elif rules.temperature != 1:
        said.append(f"The temperature T is {number(rules.temperature)}.")
    return tuple(said)
