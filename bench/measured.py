"""What every benchmark shares: medians of several runs in fresh processes or not, and one table of ratios."""

from __future__ import annotations

import json
import resource
import statistics
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

RUNS = 5


@dataclass(frozen=True, slots=True)
class Ratio:
    """One line of docs/benchmarks.md.

    Attributes:
        what: What was measured.
        ours_seconds: Median of our runs.
        bare: What it is held against, run in turn with it.
        bare_seconds: Its median.
        bound: What the ratio of the two must keep to, such as "<= 2.00"; empty: stated only.
        note: Memory, sizes.
    """

    what: str
    ours_seconds: float
    bare: str
    bare_seconds: float
    bound: str = ""
    note: str = ""

    @property
    def ratio(self) -> float:
        """Ours over the bare one."""
        return self.ours_seconds / self.bare_seconds

    @property
    def kept(self) -> str:
        """Whether the bound holds; a dash where there is none."""
        if not self.bound:
            return "–"
        sign, limit = self.bound.split()
        return "yes" if (self.ratio <= float(limit) if sign == "<=" else self.ratio >= float(limit)) else "NO"

    def row(self) -> str:
        """As a row of a Markdown table."""
        return (
            f"| {self.what} | {self.ours_seconds:.2f} s | {self.bare} | {self.bare_seconds:.2f} s | {self.ratio:.2f} "
            f"| {self.bound or '–'} | {self.kept} | {self.note} |"
        )


def alternating(
    ours: Callable[[], object],
    bare: Callable[[], object],
    *,
    runs: int = RUNS,
    clock: Callable[[], float] = time.perf_counter,
) -> tuple[float, float]:
    """Medians of both, run in turn, so that a change of the machine's mood meets both.

    Args:
        ours: What is measured.
        bare: What it is held against.
        runs: Of each.
        clock: `time.process_time` counts the processor's seconds, which other programs hardly change.
    """
    mine, theirs = [], []
    for _ in range(runs):
        mine.append(_seconds(ours, clock))
        theirs.append(_seconds(bare, clock))
    return statistics.median(mine), statistics.median(theirs)


def process_seconds(arguments: list[str]) -> float:
    """How long a command takes from its start to its end."""
    began = time.perf_counter()
    subprocess.run(arguments, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - began


def peak_memory_mb() -> float:
    """The most memory that this process ever held."""
    status = Path("/proc/self/status")
    if status.exists():  # What `getrusage` tells of a process may be what the one that started it held.
        (peak,) = (line for line in status.read_text(encoding="ascii").splitlines() if line.startswith("VmHWM:"))
        return int(peak.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def hand_over(ratios: list[Ratio]) -> None:
    """Print ratios for `run.py`, which runs each benchmark in a process of its own."""
    json.dump([asdict(ratio) for ratio in ratios], sys.stdout)


def _seconds(what: Callable[[], object], clock: Callable[[], float]) -> float:
    began = clock()
    what()
    return clock() - began
