"""One market of the audit's proof: as it is, with single faults at their documented sizes, and with several at once.

Each is a trial: played, imported, built and audited, and what the audit says set against what was planted.
"""

from __future__ import annotations

import shutil
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import takewhile
from typing import TYPE_CHECKING, Any

import numpy as np

from outturn.audit.graph import raised_by
from outturn.audit.registry import checks
from outturn.domain.money import exact_micros
from outturn.simulator.fault_files import Files
from outturn.simulator.faults import plant
from tests.audit.world import Market

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from outturn.simulator.faults import Plant

SINGLES = 2
"""Faults that are planted alone in each market."""
SEVERAL = (2, 3)
"""How many are planted together, at least and at most."""
LARGER = 1.5
"""Of several at once each is this much larger than its documented size: each blurs what the others left."""
_STANDING = 0.8
_CLOSE = 0.01
_DRAWS = 50
_ONE_ROW = 1e-9


@dataclass(frozen=True, slots=True)
class Trial:
    """What one audit says of one market.

    Attributes:
        seed: Of the market.
        planted: Faults, sorted; none: a market as it is.
        fired: Checks that fired, root causes first.
        misplaced: Planted faults that were found, but not at their place.
        miscounted: Planted faults whose rows or money are told more than 1 % off the truth.
        outranked: By planted fault, what stands above it though the fault implies it (of one alone: anything).
        held: By what was estimated of a planted fault (`rows`, `money`), whether the interval holds the truth.
    """

    seed: int
    planted: tuple[str, ...]
    fired: tuple[str, ...]
    misplaced: tuple[str, ...] = ()
    miscounted: tuple[str, ...] = ()
    outranked: dict[str, tuple[str, ...]] = field(default_factory=dict)
    held: dict[str, bool] = field(default_factory=dict)

    @property
    def missed(self) -> tuple[str, ...]:
        """Planted faults whose checks did not fire."""
        return tuple(name for name in self.planted if name not in self.fired)

    @property
    def outside(self) -> tuple[str, ...]:
        """Checks that fired and that nothing planted implies."""
        expected = {*self.planted, *(one for name in self.planted for one in raised_by(name, checks()))}
        return tuple(name for name in self.fired if name not in expected)

    @property
    def is_right(self) -> bool:
        """Whether the audit said what is true of the market, and nothing else."""
        return not (self.missed or self.outside or self.misplaced or self.miscounted or any(self.outranked.values()))


def trials(folder: Path, seed: int, *, number: int) -> Iterator[Trial]:
    """The trials of one market.

    Args:
        folder: For its files; emptied after each trial.
        seed: Of the market and of what is planted in it.
        number: Of the market among all: single faults take turns, so that each is planted in every so many markets.
    """
    names = sorted(checks())
    clean = Market.play(folder / "clean", seed=seed)
    yield Trial(seed, (), _fired(clean.audit()))
    for turn in range(number * SINGLES, (number + 1) * SINGLES):
        name = names[turn % len(names)]
        yield _trial(clean, folder / "faulty", {name: checks()[name].sure_share}, seed)
    yield _trial(clean, folder / "faulty", drawn_together(clean, folder / "draft", seed), seed)
    shutil.rmtree(folder)


def drawn_together(clean: Market, folder: Path, seed: int) -> dict[str, float]:
    """Two or three faults that can all be seen at once, with their shares, drawn by the seed.

    Where a fault takes away or rewrites more than a fifth of what one before it planted, the earlier can no longer be
    seen at its size: there is nothing to find, and other faults are drawn.
    """
    dice, names = np.random.default_rng(seed), sorted(checks())
    for _ in range(_DRAWS):
        count = int(dice.integers(SEVERAL[0], SEVERAL[1], endpoint=True))
        drawn = {
            names[at]: min(1.0, LARGER * checks()[names[at]].sure_share)
            for at in dice.permutation(len(names))[:count].tolist()
        }
        if all(share >= _STANDING for share in standing_shares(clean, folder, drawn, seed).values()):
            return drawn
    raise AssertionError(f"No faults of seed {seed} leave each other standing in {_DRAWS} draws.")


def standing_shares(clean: Market, folder: Path, faults: dict[str, float], seed: int) -> dict[str, float]:
    """Of what each fault planted, the share that the faults after it leave to be seen.

    Of lines that it wrote anew, those that are still there. A fault that only takes lines away is seen by what other
    files say of these: planted once more in a single row, it tells how many rows are wrong after all. 1 where files do
    not tell its rows; 0 where it had no row to be planted in.
    """
    shutil.copytree(clean.folder / "exports", folder)
    files = Files(folder)
    files.write_messages(files.messages())  # as faults write them, so that lines differ by what is planted alone
    before = left = _lines(folder)
    own: dict[str, Counter[tuple[str, bytes]]] = {}
    rows: dict[str, int | None] = {}
    for name, share in faults.items():
        rows[name] = plant(folder, name, share=share, seed=seed).truth.rows
        left = _lines(folder)
        own[name], before = left - before, left
    found = {}
    for name, lines in own.items():
        told = rows[name]
        if told == 0:
            found[name] = 0.0
        elif lines:
            found[name] = (lines & left).total() / lines.total()
        elif told is None:
            found[name] = 1.0
        else:
            again = plant(folder, name, share=_ONE_ROW, seed=seed).truth.rows
            found[name] = min(1.0, (again or 0) / told)
    shutil.rmtree(folder)
    return found


def _lines(folder: Path) -> Counter[tuple[str, bytes]]:
    return Counter((file.name, line) for file in folder.iterdir() for line in file.read_bytes().splitlines())


def _trial(clean: Market, folder: Path, faults: dict[str, float], seed: int) -> Trial:
    market, planted = clean.with_faults(folder, faults, seed=seed)
    found = market.audit()
    shutil.rmtree(folder)
    return judged(seed, found, planted)


def judged(seed: int, found: dict[str, Any], planted: dict[str, Plant]) -> Trial:
    """What an audit says against what was planted; rows and money are judged where one fault stands alone."""
    findings = {one["check"]: one for one in found["findings"]}
    seen = [name for name in planted if name in findings]
    misplaced = [name for name in seen if not _places(findings[name], planted[name])]
    alone = len(planted) == 1
    return Trial(
        seed,
        tuple(sorted(planted)),
        _fired(found),
        misplaced=tuple(misplaced),
        miscounted=tuple(name for name in seen if alone and not _counts(findings[name], planted[name])),
        outranked={name: _above(name, list(findings), planted) for name in seen},
        held={what: held for name in seen for what, held in _held(findings[name], planted[name]).items()},
    )


def _fired(found: dict[str, Any]) -> tuple[str, ...]:
    return tuple(one["check"] for one in found["findings"])


def _places(finding: dict[str, Any], told: Plant) -> list[dict[str, Any]]:
    """The finding's places at which the fault was planted."""
    return [place for place in finding["places"] if told.truth.where.items() <= place.items()]


def _counts(finding: dict[str, Any], told: Plant) -> bool:
    rows = sum(place["count"] for place in _places(finding, told))
    money = told.truth.micros
    return (told.truth.rows is None or _near(rows, told.truth.rows)) and (
        money is None or _near(exact_micros(Decimal(finding["money"])), money)
    )


def _held(finding: dict[str, Any], told: Plant) -> dict[str, bool]:
    """Whether the intervals of what can only be estimated hold the truth."""
    told_of = [place["estimate"] for place in _places(finding, told) if place.get("estimate")]
    if len(told_of) != 1 or told.truth.gone_rows is None or told.truth.gone_micros is None:
        return {}
    (one,) = told_of
    money = [exact_micros(Decimal(one[name])) for name in ("revenue_low", "revenue_high")]
    return {
        "rows": one["count_low"] <= told.truth.gone_rows <= one["count_high"],
        "money": money[0] <= told.truth.gone_micros <= money[1],
    }


def _near(told: int, true: int) -> bool:
    return abs(told - true) <= _CLOSE * true


def _above(name: str, fired: Sequence[str], planted: dict[str, Plant]) -> tuple[str, ...]:
    above = takewhile(lambda one: one != name, fired)
    if len(planted) == 1:
        return tuple(above)
    implied = raised_by(name, checks())
    return tuple(one for one in above if one in implied)
