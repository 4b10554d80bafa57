"""What a check has found: its lines summed by place, and the places that stand out."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING, Any

from outturn.audit.check import ESTIMATE, NO_MONEY, Check, Severity
from outturn.store.sql import literal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from outturn.store.engine import Engine

Z = 4.0
"""Standard errors below the share that is seen: chance passes it three times in 100,000 at a place."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """What is behind an estimated count: its interval, and the revenue that went unseen with its own.

    Attributes:
        count_low: And `count_high`: hold the true count in `outage_losses.LEVEL` of cases; None: no interval is known.
        micros: Estimated revenue, in the workspace's currency, >= 0.
        micros_low: And `micros_high`: likewise.
    """

    count_low: int | None
    count_high: int | None
    micros: int
    micros_low: int | None
    micros_high: int | None


@dataclass(frozen=True, slots=True)
class Place:
    """One place of a finding.

    Attributes:
        where: By the check's `where`; None: not known there.
        first_day: And `last_day`: between which rows were found; None: they are not dated.
        found: Rows.
        seen: Rows that could have been.
        micros: In the workspace's currency, each `money_key` once; None: the check counts no money.
        examples: Ids of rows of the check's `opens`.
        estimate: None: the rows were counted.
    """

    where: tuple[str | None, ...]
    first_day: date | None
    last_day: date | None
    found: int
    seen: int
    micros: int | None
    examples: tuple[str, ...]
    estimate: Estimate | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """A check that fired.

    Attributes:
        places: The most money, else the most rows, first.
        found: Rows over its places.
        seen: Rows at its places that could have been.
        micros: Over its places, each `money_key` once; None: the check counts no money.
        severity: By the share of the money at stake, else of the rows.
        explained_by: Checks that fired too and may be the cause, sorted.
    """

    check: Check
    severity: Severity
    places: tuple[Place, ...]
    found: int
    seen: int
    micros: int | None
    explained_by: tuple[str, ...] = ()


def share_at_least(found: int, seen: int) -> float:
    """The lower bound of a share, in [0, 1], by Wilson's interval of `Z` standard errors; 0 where nothing is seen.

    References:
        Wilson (1927), Probable inference, the law of succession, and statistical inference.

    >>> round(share_at_least(40, 100), 3), share_at_least(0, 0)
    (0.231, 0.0)
    """
    if not seen:
        return 0.0
    share = min(found / seen, 1.0)
    middle = share + Z * Z / (2 * seen)
    width = Z * sqrt(share * (1 - share) / seen + Z * Z / (4 * seen * seen))
    return max(0.0, (middle - width) / (1 + Z * Z / seen))


def stands_out(check: Check, found: int, seen: int) -> bool:
    """Whether a place has more than is normal."""
    if found < check.least:
        return False
    return check.normal_share == 0 or share_at_least(found, seen) > check.normal_share


def places_of(engine: Engine, check: Check, lines: str) -> tuple[list[Place], int]:
    """The places of a check that stand out, the worst first, and how many rows it looked at everywhere.

    Args:
        engine: Knows `lines`, the rows of the check's statement.
        check: Whose lines they are.
        lines: Their name.
    """
    keys = ", ".join(check.where)
    rows = engine.rows(
        f"SELECT {keys}, MIN(CASE WHEN found > 0 THEN first_day END), MAX(CASE WHEN found > 0 THEN last_day END), "  # noqa: S608
        "CAST(SUM(found) AS BIGINT), CAST(SUM(seen) AS BIGINT), "
        f"MIN(CASE WHEN found > 0 THEN example_id END), MAX(CASE WHEN found > 0 THEN example_id END) FROM {lines} "
        f"GROUP BY {keys}"
    )
    money, estimates = _money_of(engine, check, lines), _estimates_of(engine, check, lines)
    width = len(check.where)
    seen = 0
    standing = []
    for row in rows:
        where, (first_day, last_day, found, of, *examples) = tuple(row[:width]), row[width:]
        seen += of
        if stands_out(check, found, of):
            shown = tuple(dict.fromkeys(one for one in examples if one is not None))
            told = Place(where, first_day, last_day, found, of, money.get(where), shown, estimates.get(where))
            standing.append(told)
    standing.sort(key=lambda place: (-(place.micros or 0), -place.found, tuple(map(str, place.where))))
    return standing, seen


def _money_of(engine: Engine, check: Check, lines: str) -> dict[tuple[Any, ...], int]:
    """Micros by place, each key once."""
    if check.kind == NO_MONEY:
        return {}
    keys = ", ".join(check.where)
    rows = engine.rows(
        f"SELECT {keys}, CAST(SUM(micros) AS BIGINT) FROM (SELECT {keys}, money_key, "  # noqa: S608
        f"MAX(COALESCE(micros, 0)) AS micros FROM {lines} WHERE found > 0 GROUP BY {keys}, money_key) AS once "
        f"GROUP BY {keys}"
    )
    return {tuple(row[:-1]): row[-1] for row in rows}


def _estimates_of(engine: Engine, check: Check, lines: str) -> dict[tuple[Any, ...], Estimate]:
    """By place; the ends of several intervals added up are at least as wide as theirs together."""
    if not check.estimates:
        return {}
    keys = ", ".join(check.where)
    sums = ", ".join(f"CAST(SUM({name}) AS BIGINT)" for name in ESTIMATE)
    rows = engine.rows(f"SELECT {keys}, {sums} FROM {lines} WHERE found > 0 GROUP BY {keys}")  # noqa: S608
    width = len(check.where)
    return {tuple(row[:width]): Estimate(*row[width:]) for row in rows}


def severity_of(check: Check, found: int, seen: int, micros: int | None, at_stake: int) -> Severity:
    """Critical from the check's `critical_share` on, else a warning; a check that never is critical notes.

    Args:
        check: That fired.
        found: Rows at its places.
        seen: Rows that it looked at.
        micros: At its places; None: the check counts no money.
        at_stake: All revenue, or all spend, in micros.
    """
    if check.critical_share is None:
        return "notice"
    share = found / seen if seen else 0.0
    if micros is not None and at_stake > 0:
        share = micros / at_stake
    return "critical" if share >= check.critical_share else "warning"


def where_of(check: Check, place: Place) -> dict[str, str | None]:
    """A place by the names of what tells it apart."""
    return dict(zip(check.where, place.where, strict=True))


def money_union(engine: Engine, parts: Sequence[tuple[Finding, str]]) -> int:
    """Micros of several findings of one kind: each `money_key` once, at the most that any of them says of it.

    Args:
        engine: Knows their lines.
        parts: Findings with the names of their lines, at least one.
    """
    pieces = [_standing_lines(finding, lines) for finding, lines in parts]
    ((micros,),) = engine.rows(
        "SELECT CAST(COALESCE(SUM(micros), 0) AS BIGINT) FROM (SELECT money_key, MAX(micros) AS micros FROM ("  # noqa: S608
        + " UNION ALL ".join(pieces)
        + ") AS lines GROUP BY money_key) AS once"
    )
    return int(micros)


def _standing_lines(finding: Finding, lines: str) -> str:
    """The money of a finding's places."""
    places = " OR ".join(
        "(" + " AND ".join(_equals(*pair) for pair in where_of(finding.check, place).items()) + ")"
        for place in finding.places
    )
    return f"SELECT money_key, micros FROM {lines} WHERE found > 0 AND micros IS NOT NULL AND ({places})"  # noqa: S608


def _equals(column: str, text: str | None) -> str:
    return f"{column} IS NULL" if text is None else f"{column} = {literal(text)}"
