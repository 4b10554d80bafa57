"""Planted: the truth of one fault."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    import numpy as np

    from outturn.simulator.fault_files import Files

_Item = TypeVar("_Item")


@dataclass(frozen=True, slots=True)
class Planted:
    """What is wrong in a folder's files after a fault was planted, rows that were so before included.

    Attributes:
        rows: How many; None: the files do not say exactly.
        micros: Their money in euros, net of tax, shipping and discount; None: nothing that is counted, or not exactly.
        where: What tells the place, by the words of checks: source, platform, campaign, subject.
        gone_rows: Rows that are no more, so that a check can only estimate them; None: none.
        gone_micros: Their money.
    """

    rows: int | None
    micros: int | None = None
    where: Mapping[str, str] = field(default_factory=dict)
    gone_rows: int | None = None
    gone_micros: int | None = None


Fault = Callable[["Files", float, "np.random.Generator"], Planted]


def chosen(items: list[_Item], share: float, rng: np.random.Generator) -> list[_Item]:
    """So large a share of them, at least one, in their order."""
    count = min(len(items), max(1, round(share * len(items))))
    picked = sorted(rng.permutation(len(items))[:count].tolist())
    return [items[index] for index in picked]
