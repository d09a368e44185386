"""The dial: temperature from hot, where all components are one, to cold, where sharing is hard."""

from explorer.app import gallery, state
from explorer.app.portions import Portions, lead, note, to_try
from explorer.app.why import taking_along
from explorer.app.why.switch import switch
from explorer.charts.dialing import dial_picture
from explorer.export.why_tables import dial_csv
from explorer.model import dialing
from explorer.model.dialing import N_TEMPERATURES, Turning


def show() -> None:
    lead(
        "Hot, every point is shared out evenly and all components become one; as it cools they "
        "part. Look where the lines fork, and at the two places with names: k-means is the cold "
        "end of the dial on which EM stands at 1."
    )
    switch(
        "Hold weights and variances",
        "held",
        "All weights equal, and all components with the average of the start's variances, which "
        "stay. Then theory says where the first split is, and the cold end is k-means.",
    )
    Portions(
        name="dial",
        get=_turning,
        put=lambda further: state.work_out(_name(), further),
        further=dialing.carried_on,
        running=lambda now: now.running,
        set_running=dialing.set_running,
        show=_show,
        words=lambda now: (
            f"EM has settled at {len(now.settled)} of {len(now.settled) + len(now.left)} "
            "temperatures."
        ),
        progress=lambda now: len(now.settled) / (len(now.settled) + len(now.left)),
        left=lambda now: bool(now.left),
        invitation="Turn the dial",
        help=f"EM at about {N_TEMPERATURES} temperatures, each from where the last has settled.",
    ).draw()
    _offer()
    to_try(
        "hold weights and variances, and make the variances of the start larger: the first split "
        "comes at a lower temperature. With variances that may change it is always at 1."
    )


def _offer() -> None:
    now = _turning()
    if now.settled:
        taking_along.offer(lambda: dial_csv(now))


def _name() -> str:
    return f"dial {state.why().held}"


def _turning() -> Turning:
    run, held = state.current_run(), state.why().held
    found: Turning = state.worked_out(_name(), run.problem, lambda: dialing.begun(run, held))
    return found


def _show(now: Turning) -> None:
    if not now.settled:
        return
    d = now.run.problem.data.n_features
    pictures = [("", dial_picture(now, axis)) for axis in range(d)]
    gallery.show(pictures, key="dial")
    note(dialing.in_words(now))
