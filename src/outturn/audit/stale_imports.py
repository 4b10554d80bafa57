"""Stale imports: a source stopped telling anything while the others go on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from outturn.audit.check import Check

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from outturn.store.engine import Engine

CHANCE = 1e-5
"""A silence that the source's own gaps make likelier than this is none."""

_LEAST_DAYS = 7
_HANDED_OVER = timedelta(days=14)
_REPLACEABLE = ("tracker", "ledger", "CRM")
_COLUMNS = {
    "role": pa.string(), "source": pa.string(), "account_id": pa.string(), "first_day": pa.date32(),
    "last_day": pa.date32(), "days": pa.int64(), "silent_days": pa.int64(),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Told:
    """The days of which one source tells.

    Attributes:
        role: tracker, ledger, CRM, spend, claims or costs.
        account_id: Empty where there are none.
    """

    role: str
    source: str
    account_id: str
    days: frozenset[date]


def silence(own: frozenset[date], others: frozenset[date]) -> tuple[int, int]:
    """How many days of the others follow a source's last one, and of how many days it could have told.

    A source that tells of a share *s* of the days on which anything happens is silent for *k* of them by chance with
    probability (1 - s)^k. From `CHANCE` on that is no silence, and the first number is 0. The share has a gap and a day
    added, so that a source without a gap is not taken for one that can have none.

    >>> week = frozenset(date(2026, 3, day) for day in range(2, 9))
    >>> silence(week, week | {date(2026, 3, day) for day in range(9, 20)})
    (11, 18)
    >>> silence(week, week | {date(2026, 3, 9), date(2026, 3, 10)})
    (0, 9)
    """
    first, last = min(own), max(own)
    span = len({day for day in others if first <= day <= last} | own)
    after = sum(day > last for day in others)
    gaps = (span - len(own) + 1) / (span + 2)
    silent = len(own) >= _LEAST_DAYS and gaps**after < CHANCE
    return (after if silent else 0), span + after


def name_silences(engine: Engine, _parameters: Mapping[str, Any]) -> None:
    """Name by source how long it has been silent."""
    days: dict[tuple[str, str, str], set[date]] = {}
    for role, source, account_id, day in engine.rows("SELECT role, source, account_id, date_day FROM source_days"):
        days.setdefault((role, source, account_id), set()).add(day)
    every = [Told(*names, frozenset(told)) for names, told in sorted(days.items())]
    rows = []
    for one in every:
        if one.role != "spend":
            others = _others(one, every)
            found, seen = silence(one.days, others)
            found = 0 if _handed_over(one, every) else found
            after = [day for day in others if day > max(one.days)] if found else list(one.days)
            rows.append((one.role, one.source, one.account_id, min(after), max(after), seen, found))
    engine.register(
        "silences",
        pa.table({name: pa.array([row[at] for row in rows], kind) for at, (name, kind) in enumerate(_COLUMNS.items())}),
    )


def _others(one: Told, every: Sequence[Told]) -> frozenset[date]:
    """The days on which something happened elsewhere; claims go on while their own account spends."""
    if one.role == "claims":
        telling = [other for other in every if (other.role, other.account_id) == ("spend", one.account_id)]
        return frozenset().union(*(other.days for other in telling if other.source == one.source))
    # Costs may be booked ahead, and claims say nothing that their spend does not.
    return frozenset().union(*(other.days for other in every if other != one and other.role not in ("claims", "costs")))


def _handed_over(one: Told, every: Sequence[Told]) -> bool:
    """Whether another source of its kind began about when this one ended, and went on."""
    last = max(one.days)
    return one.role in _REPLACEABLE and any(
        other.role == one.role and min(other.days) >= last - _HANDED_OVER and max(other.days) > last
        for other in every
        if other != one
    )


CHECK = Check(
    name="stale_imports",
    title="Sources that stopped while others go on",
    means=(
        "After the last day that this source tells of, others go on, for longer than its own gaps make likely. A "
        "ledger that stopped leaves the newest days without sales, a tracker without visits, a CRM without leads: "
        "campaigns of these days look worthless. Spend that stopped is told as missing days."
    ),
    fix=(
        "Export the source again up to the last day of the others and import it; days that are there already are "
        "restated, not added. Where a connector delivers it: it has stopped, or lost its permission. A source that was "
        "given up for another is no fault where the other begins within two weeks of its end."
    ),
    where=("source", "account_id", "subject"),
    opens="imports",
    least=3,
    critical_share=0.05,
    sure_share=0.12,
    prepare=name_silences,
)
