"""A hundred visitors on one process: `python -m benchmarks.load [--save]`. Takes some six minutes.

Each visitor speaks Streamlit's own websocket protocol over loopback, as a browser does: opens a
link to data of its own (300 points drawn with the visitor's number as seed), then moves the cursor
half-step by half-step and waits each time until the page's numbers have followed. The browser draws
each frame by itself, so a step costs the server its words, tables and formulas; what the stage is
told stays the same bytes. A step's time runs from the message sent to the end of the rerun it asked
for; its answer is checked to be that of the new half-step, and any exception, apology or broken
connection is an error. One visitor alone rests between steps, as people do: back to back a step
also waits for what the server still has to clear away from the one before.
"""

import asyncio
import json
import os
import platform
import random
import statistics
import subprocess
import time
from dataclasses import dataclass, field
from urllib.parse import parse_qs

import streamlit
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from explorer.app.apology import UNEXPECTED
from explorer.io.link import encode, query
from explorer.model.examples import generated_data, suggested_start
from explorer.model.problem import Generated, Options, Problem, View
from scripts.app_server import AppServer, running_app
from scripts.measured import print_or_save

VISITORS = 100
STEPS = 12
PACE = 2.0
"""Seconds that a person looks at each half-step."""
KEPT = 125
"""Seconds after which Streamlit has forgotten a visitor who left (its own limit is 120)."""
OUT_OF_SIGHT = ["e-step", "m-step"]
"""What a laptop's window does not show of the page, and the server need not write."""
NEWCOMERS = 8
"""How many open the page one after the other, alone and while the others step."""
REST = 0.3
"""Seconds that one visitor alone rests."""
MEGABYTES_WANTED = 100
MEDIAN_WANTED, P95_WANTED = 0.030, 0.200
"""Seconds, for a step of one of a hundred."""


class Wrong(Exception):
    """The app did not answer a visitor as it should."""


@dataclass
class Visitor:
    """One session: to be opened, stepped, and left."""

    url: str
    number: int
    half_step: int = 0
    socket: ClientConnection | None = None
    words: str = ""
    run: str = ""
    fragment: str = ""
    page: str = ""
    cached: list[str] = field(default_factory=list)

    @property
    def query(self) -> str:
        data = generated_data(Generated("mixture_1d", 300, 3, 2.5, self.number))
        problem = Problem(data, suggested_start(data), Options(tol=0))
        return query(encode(problem, View())).removeprefix("?")

    async def open(self) -> None:
        address = self.url.replace("http", "ws", 1) + "/_stcore/stream"
        self.socket = await connect(
            address,
            subprotocols=[Subprotocol("streamlit")],
            max_size=None,
            compression=None,
            open_timeout=60,
        )
        message = BackMsg()
        message.rerun_script.query_string = self.query
        await self._ask(message)

    async def leave(self) -> None:
        if self.socket is not None:
            await self.socket.close()

    async def step(self) -> float:
        """The next half-step; the seconds it took."""
        self.half_step += 1
        message = BackMsg()
        rerun = message.rerun_script
        rerun.query_string = self.query
        rerun.page_script_hash, rerun.fragment_id = self.page, self.fragment
        rerun.cached_message_hashes.extend(self.cached)
        cursor = {"kind": "cursor", "run": self.run, "half_step": self.half_step, "query": None}
        cursor["away"] = OUT_OF_SIGHT
        rerun.widget_states.widgets.add(id=self.words, json_value=json.dumps({"cursor": cursor}))
        begun = time.perf_counter()
        shown = await self._ask(message)
        seconds = time.perf_counter() - begun
        if shown != self.half_step:
            raise Wrong(f"visitor {self.number} asked for {self.half_step} and was shown {shown}")
        return seconds

    async def _ask(self, message: BackMsg) -> int:
        """Send, and read until the rerun is over; the half-step that the page's address names."""
        assert self.socket is not None
        await self.socket.send(message.SerializeToString())
        shown = 0
        while True:
            answer = ForwardMsg()
            answer.ParseFromString(await asyncio.wait_for(self.socket.recv(), 60))
            match answer.WhichOneof("type"):
                case "new_session":
                    self.page = answer.new_session.page_script_hash
                case "delta":
                    shown = self._read(answer) or shown
                case "script_finished":
                    if answer.script_finished == ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                        continue
                    if answer.script_finished not in (
                        ForwardMsg.FINISHED_SUCCESSFULLY,
                        ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY,
                    ):
                        raise Wrong(f"visitor {self.number}: the script did not finish")
                    return shown

    def _read(self, answer: ForwardMsg) -> int:
        if answer.metadata.cacheable:
            self.cached.append(answer.hash)
        element = answer.delta.new_element
        if element.HasField("exception") or UNEXPECTED in element.html.body:
            raise Wrong(f"visitor {self.number} was shown an exception")
        component = element.bidi_component
        if component.component_name == "live_plot":
            self.run = json.loads(component.bytes)["run"]["id"]
        elif component.component_name == "words":
            self.words, self.fragment = component.id, answer.delta.fragment_id
            parameters = parse_qs(json.loads(component.bytes)["query"])
            iteration, phase = int(parameters.get("t", ["0"])[0]), parameters.get("phase", ["m"])[0]
            return 2 * iteration - (phase == "e")
        return 0


# --- what is measured -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Crowd:
    """Step times of some visitors, what went wrong, and what all of them cost the server.

    steps, openings, seconds, processor: in seconds, of each step, of each newcomer's first
    drawing, of the whole, and of the server's processor over all steps; megabytes: the server's
    memory while all are there.
    """

    steps: list[float]
    openings: list[float]
    errors: list[str]
    seconds: float
    processor: float
    megabytes: float


async def crowd(
    server: AppServer, first: int, count: int, pace: float, newcomers: int = 0
) -> Crowd:
    """`count` visitors each make STEPS half-steps and look at each for `pace` s on average, while
    `newcomers` open the page."""
    visitors = [Visitor(server.url, first + i) for i in range(count)]
    opened = await asyncio.gather(*(v.open() for v in visitors), return_exceptions=True)
    begun, used = time.perf_counter(), processor_seconds(server)
    coming = asyncio.create_task(come(server, first + count, newcomers))
    walked = await asyncio.gather(*(walk(v, pace) for v in visitors), return_exceptions=True)
    seconds = time.perf_counter() - begun
    used = processor_seconds(server) - used
    megabytes = memory(server)
    await asyncio.gather(*(v.leave() for v in visitors), return_exceptions=True)
    steps = [step for each in walked if isinstance(each, list) for step in each]
    errors = [repr(each) for each in (*opened, *walked) if isinstance(each, Exception)]
    return Crowd(steps, await coming, errors, seconds, used, megabytes)


async def walk(visitor: Visitor, pace: float) -> list[float]:
    await asyncio.sleep(pace * random.random())
    steps = []
    for _ in range(STEPS):
        steps.append(await visitor.step())
        await asyncio.sleep(pace * random.uniform(0.5, 1.5))
    return steps


async def come(server: AppServer, first: int, count: int) -> list[float]:
    """So many newcomers, one after the other: the seconds until their page was drawn."""
    openings = []
    for number in range(first, first + count):
        newcomer, begun = Visitor(server.url, number), time.perf_counter()
        await newcomer.open()
        openings.append(time.perf_counter() - begun)
        await newcomer.leave()
        await asyncio.sleep(PACE)
    return openings


def memory(server: AppServer) -> float:
    """MB that the server's process holds."""
    return int(_listed(server, "rss")) / 1024


def processor_seconds(server: AppServer) -> float:
    """Seconds of processor that the server's process has used, to the second."""
    days, _, clock = _listed(server, "cputime").rpartition("-")
    seconds = 86_400 * int(days or 0)
    return seconds + sum(60**i * float(part) for i, part in enumerate(clock.split(":")[::-1]))


def _listed(server: AppServer, column: str) -> str:
    command = ["ps", "-o", f"{column}=", "-p", str(server.process.pid)]
    return subprocess.run(command, capture_output=True, check=True, text=True).stdout.strip()


@dataclass(frozen=True)
class Findings:
    """Crowds of one visitor (before and after the others), of a hundred, and MB in between.

    openings, openings_among: in seconds, of newcomers while nobody else is there, and while a
    hundred step at a pace.
    """

    openings: list[float]
    openings_among: list[float]
    alone: tuple[Crowd, Crowd]
    at_a_pace: Crowd
    without_pause: Crowd
    before: float
    after: float
    after_again: float


async def measure() -> Findings:
    with running_app() as server:
        await crowd(server, 0, 1, 0)
        openings = await come(server, 10, NEWCOMERS)
        alone = await crowd(server, 1, 1, REST)
        at_a_pace = await crowd(server, 1000, VISITORS, PACE)
        with_newcomers = await crowd(server, 3000, VISITORS, PACE, NEWCOMERS)
        after = await forgotten(server)
        without_pause = await crowd(server, 2000, VISITORS, 0)
        after_again = await forgotten(server)
        alone_again = await crowd(server, 2, 1, REST)
    return Findings(
        openings,
        with_newcomers.openings,
        (alone, alone_again),
        at_a_pace,
        without_pause,
        alone.megabytes,
        after,
        after_again,
    )


async def forgotten(server: AppServer) -> float:
    """MB once those who left are forgotten, which Streamlit does when the next visitor comes."""
    await asyncio.sleep(KEPT)
    return (await crowd(server, 3, 1, 0)).megabytes


# --- the report -----------------------------------------------------------------------------------


def report(found: Findings) -> str:
    alone = [step for each in found.alone for step in each.steps]
    crowds = (found.at_a_pace, found.without_pause)
    each = (found.at_a_pace.megabytes - found.before) / VISITORS
    opened_alone = statistics.median(found.openings)
    opened = statistics.median(found.openings_among)
    errors = [error for crowd in (*found.alone, *crowds) for error in crowd.errors]
    lines = [
        f"# {VISITORS} visitors on one process",
        "",
        f"Made by `python -m benchmarks.load --save`: {VISITORS} websocket sessions over loopback, "
        f"each with 300 points of its own, each making {STEPS} half-steps. A step is the rerun "
        "that makes the written numbers follow; the browser draws the charts meanwhile.",
        "",
        f"Python {platform.python_version()}, Streamlit {streamlit.__version__}, "
        f"{os.cpu_count()} cores, which the visitors share with the server.",
        "",
        "| visitors | steps a second | median step | 95% of steps within | processor a step "
        "| errors |",
        "| --- | --- | --- | --- | --- | --- |",
        _row(f"one, resting {REST:g} s between steps", found.alone[0], alone, alone),
        _row(f"{VISITORS}, a step every {PACE:g} s", found.at_a_pace, found.at_a_pace.steps, alone),
        _row(f"{VISITORS}, without pause", found.without_pause, found.without_pause.steps, alone),
        "",
        f"At a pace the median is under {1000 * MEDIAN_WANTED:.0f} ms: "
        f"{_yes(statistics.median(found.at_a_pace.steps) < MEDIAN_WANTED)}; 95% of the steps come "
        f"within {1000 * P95_WANTED:.0f} ms: {_yes(_p95(found.at_a_pace.steps) < P95_WANTED)}.",
        "",
        f"Opening the page, until it is drawn (its files not counted): "
        f"{1000 * opened_alone:.0f} ms alone and {1000 * opened:.0f} ms while the {VISITORS} step "
        f"at a pace, {opened / opened_alone:.1f}× (wanted: under 2×): "
        f"{_yes(opened < 2 * opened_alone)}.",
        "",
        "| memory of the process | MB | wanted | reached |",
        "| --- | --- | --- | --- |",
        f"| one visitor | {found.before:.0f} | | |",
        f"| with {VISITORS} visitors | {found.at_a_pace.megabytes:.0f} | | |",
        f"| for each visitor | {each:.2f} | under {MEGABYTES_WANTED} | "
        f"{_yes(each < MEGABYTES_WANTED)} |",
        f"| after they left | {found.after:.0f} | | |",
        f"| with {VISITORS} others | {found.without_pause.megabytes:.0f} | as with the first | "
        f"{_yes(found.without_pause.megabytes < 1.1 * found.at_a_pace.megabytes)} |",
        f"| after those left | {found.after_again:.0f} | as after the first | "
        f"{_yes(found.after_again < 1.1 * found.after)} |",
        "",
        f"Errors: {len(errors)} (wanted: none).",
        *(f"- {error}" for error in errors[:10]),
        "",
        "Streamlit keeps a visitor who left for two minutes, in case the connection comes back, "
        "and lets them go when the next visitor comes.",
    ]
    return "\n".join(lines) + "\n"


def _row(who: str, crowd: Crowd, steps: list[float], alone: list[float]) -> str:
    cells = [who, f"{len(crowd.steps) / crowd.seconds:.0f}"]
    for figure in (statistics.median, _p95):
        ratio = "" if steps is alone else f" ({figure(steps) / figure(alone):.1f}×)"
        cells.append(f"{1000 * figure(steps):.0f} ms{ratio}")
    processor = 1000 * crowd.processor / len(crowd.steps)
    cells.append("" if steps is alone else f"{processor:.0f} ms")
    return f"| {' | '.join(cells)} | {len(crowd.errors)} |"


def _p95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20)[-1]


def _yes(reached: bool) -> str:
    return "yes" if reached else "no"


if __name__ == "__main__":
    print_or_save(__doc__, "benchmarks/load.md", lambda: report(asyncio.run(measure())))
