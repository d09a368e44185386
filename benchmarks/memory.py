"""Whether memory comes back: `python -m benchmarks.memory [--save]`. Takes some five minutes.

Visitors come, ten at a time, each with 100 000 points of its own, and go. Once Streamlit has
forgotten them (after two minutes, when the next one comes) and nobody waits, the process should
hold little more than before they came.
"""

import asyncio
from dataclasses import dataclass

from benchmarks.load import KEPT, Visitor, memory
from em_core.wording import count
from explorer.app.housekeeping import PAUSE, ROUND
from explorer.io.link import encode, query
from explorer.model.examples import generated_data, suggested_start
from explorer.model.problem import Generated, Problem, View
from scripts.app_server import AppServer, running_app
from scripts.measured import print_or_save

VISITORS, TOGETHER, POINTS = 200, 10, 100_000
WANTED = 1.2
AS_IN_THE_CONTAINER = {"MALLOC_ARENA_MAX": "1"}


class Heavy(Visitor):
    """A visitor with many points."""

    @property
    def query(self) -> str:
        data = generated_data(Generated("mixture_1d", POINTS, 3, 2.5, self.number))
        return query(encode(Problem(data, suggested_start(data)), View())).removeprefix("?")


@dataclass(frozen=True)
class Findings:
    """MB of the process: before the crowd, at its peak, and after it."""

    before: float
    peak: float
    after: float


async def measure() -> Findings:
    with running_app(environment=AS_IN_THE_CONTAINER) as server:
        before = await at_rest(server)
        peak = before
        for first in range(0, VISITORS, TOGETHER):
            visitors = [Heavy(server.url, first + i) for i in range(TOGETHER)]
            await asyncio.gather(*(visitor.open() for visitor in visitors))
            peak = max(peak, memory(server))
            await asyncio.gather(*(visitor.leave() for visitor in visitors))
        await asyncio.sleep(KEPT)
        return Findings(before, peak, await at_rest(server))


async def at_rest(server: AppServer) -> float:
    """MB after one more visitor, once nobody has asked for anything for a while."""
    visitor = Visitor(server.url, 5000)
    await visitor.open()
    await visitor.leave()
    await asyncio.sleep(ROUND + 3 * PAUSE)
    return memory(server)


def report(found: Findings) -> str:
    reached = "yes" if found.after < WANTED * found.before else "no"
    return f"""# Memory that comes back

Made by `python -m benchmarks.memory --save`: {VISITORS} visitors, {TOGETHER} at a time, each with \
{count(POINTS)} points of its own; all of them gone again. MALLOC_ARENA_MAX is 1, as in the \
container.

| memory of the process | MB |
| --- | --- |
| before they came | {found.before:.0f} |
| at its peak | {found.peak:.0f} |
| after they went | {found.after:.0f} |

Wanted: at most {WANTED:g} times as much as before: {reached}.
"""


if __name__ == "__main__":
    print_or_save(__doc__, "benchmarks/memory.md", lambda: report(asyncio.run(measure())))
