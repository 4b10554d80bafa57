"""Markov attribution of a million ready-made paths, against ChannelAttribution, and how far its answer is off.

It runs beside us in `.venv-peers` (`make setup-peers`), in a process of its own with the paths in memory, and so
do ours: reading files is in neither time. It takes paths as text and ours as numbers, so that what it takes to
make numbers of these texts stands beside.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from bench.measured import Ratio, alternating, hand_over
from bench.paths import CHANNELS, SEPARATOR, Paths, draw, write_for_peer
from outturn.attribution.credits import Credited, Places, Question, credit
from outturn.attribution.journey import DAY_MICROS, UNKNOWN_AT
from outturn.attribution.kernel import ENTRY_FIELDS, frozen
from outturn.attribution.walked import Journeys, NullJourneys
from outturn.store.engine import BUCKETS

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType
    from typing import Self

ROOT = Path(__file__).resolve().parent.parent
PEER = ROOT / ".venv-peers" / "bin" / "python"
RULES = ("first_touch", "last_touch", "linear")


class Peer:
    """ChannelAttribution, waiting for calls."""

    def __init__(self, folder: Path) -> None:
        command = [PEER, "-P", ROOT / "bench" / "channel_attribution.py", folder]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._answer()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._process.communicate()

    def ask(self, call: str, **options: Any) -> dict[str, float]:
        """Call it; the answer is by channel."""
        assert self._process.stdin
        print(json.dumps([call, options]), file=self._process.stdin, flush=True)
        answer: dict[str, float] = json.loads(self._answer())
        return answer

    def _answer(self) -> str:
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit("ChannelAttribution ended; it says why above")
        return line


def journeys_of(paths: Paths) -> Journeys:
    """The paths as a walk over touches would leave them, one day between touches, each path another person's."""
    begin = np.concatenate([[0], paths.end[:-1]])
    lengths = paths.end - begin
    is_own = np.repeat(paths.is_converting, lengths)
    place = frozen(paths.channel + 1, np.int32)  # place 0 is `(none)`
    sold = np.flatnonzero(paths.is_converting)
    end = np.cumsum(lengths[sold])
    days = np.arange(len(place)) - np.repeat(begin, lengths)
    columns = {name: np.zeros(len(sold), np.int64) for name in ENTRY_FIELDS}
    columns |= {"begin": end - lengths[sold], "end": end, "owner": sold, "bucket": sold * BUCKETS // len(paths.end)}
    columns |= {"converted_at": lengths[sold] * DAY_MICROS, "value_micros": paths.value_micros[sold]}
    columns |= {name: np.ones(len(sold), np.int64) for name in ("counts", "kept")}
    columns |= {name: np.full(len(sold), UNKNOWN_AT) for name in ("lead_at", "opportunity_at")}
    nulls = []
    for bucket in range(BUCKETS):
        own = np.flatnonzero(~paths.is_converting & (np.arange(len(paths.end)) * BUCKETS // len(paths.end) == bucket))
        passed = np.concatenate([place[begin[path] : paths.end[path]] for path in own])
        last_at = (lengths[own] - 1) * DAY_MICROS
        nulls.append(NullJourneys(bucket, frozen(passed, np.int32), frozen(np.cumsum(lengths[own]), np.int64), last_at))
    return Journeys(
        {name: frozen(values, np.int64) for name, values in columns.items()},
        at=frozen(days[is_own] * DAY_MICROS, np.int64), place=frozen(place[is_own], np.int32), nulls=tuple(nulls),
        latest_at=int(days.max()) * DAY_MICROS,
    )  # fmt: skip


def credited(journeys: Journeys, *models: str) -> Credited:
    """Counts, removal effects and every journey's credit, split to the micro, by channel, day and bucket of people."""
    question = Question(models=models, maturity="none", intervals=False)
    return credit(journeys, Places.of(("(none)", *CHANNELS)), question)


def numbered(texts: pa.Array) -> tuple[Any, Any]:
    """Numbers of paths that come as text."""
    split = pc.split_pattern(texts, SEPARATOR)
    return pc.dictionary_encode(split.values).indices.to_numpy(), split.offsets.to_numpy()


def effects_of(made: Credited) -> dict[str, float]:
    """Our removal effects by channel."""
    (only,) = made.credits
    assert only.effect is not None
    return dict(zip(CHANNELS, only.effect[1:].tolist(), strict=True))


def furthest(effects: dict[str, float], other: dict[str, float]) -> float:
    """By which share of the first, at most, the second is off."""
    return max(abs(other[channel] / effect - 1) for channel, effect in effects.items())


def main() -> None:
    """Measure and hand over."""
    if not PEER.exists():
        raise SystemExit("bench/peers.py measures another tool in .venv-peers: run `make setup-peers` first")
    paths = draw()
    journeys = journeys_of(paths)
    texts = pa.array(paths.texts())
    with tempfile.TemporaryDirectory(prefix="outturn-bench-") as folder:
        write_for_peer(paths, Path(folder))
        with Peer(Path(folder)) as peer:
            hand_over(_measured(partial(credited, journeys), texts, peer))


def _measured(ours: Callable[..., Credited], texts: pa.Array, peer: Peer) -> list[Ratio]:
    exact = effects_of(ours("markov_1"))  # and once for the compiler
    ours(*RULES)
    simulated = peer.ask("markov")
    off = furthest(exact, simulated)
    spread = furthest(simulated, peer.ask("markov", shuffled=True))
    said = f"its effects are up to {off:.1%} off; with its rows in another order up to {spread:.1%} from themselves"
    paths = f"{len(texts) / 1e6:g}M ready-made paths"
    theirs = partial(peer.ask, "markov", ncore=os.cpu_count())  # alone it takes one core, and we all of them
    markov = alternating(lambda: ours("markov_1"), theirs)
    read = alternating(lambda: (numbered(texts), ours("markov_1")), theirs)
    rules = alternating(lambda: ours(*RULES), lambda: peer.ask("heuristics"))
    both = "ChannelAttribution `markov_model`"
    return [
        Ratio(f"`markov_1` of {paths}", markov[0], both, markov[1], "<= 0.10", said),
        Ratio("the same, and numbers made of the paths' texts", read[0], both, read[1]),
        Ratio(f"first, last and linear touch of {paths}", rules[0], "its `heuristic_models`", rules[1]),
    ]


if __name__ == "__main__":
    sys.exit(main())
