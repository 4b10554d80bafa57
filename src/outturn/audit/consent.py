"""Consent: how many hits and people agree to each purpose, and the places where far fewer do than elsewhere.

Who agrees is people's own choice, and half of them may not. What shows a broken banner is a place (a host, a browser,
a stretch of days) whose rate is not half of the rest's. Of several such places the worst is named first and taken out
before the others are looked at, so that a banner that fails on one host does not blame the days on which it failed.

References:
    Kulldorff (1997), A spatial scan statistic, of which this is the Bernoulli model.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import accumulate
from math import log
from typing import TYPE_CHECKING, Any

from outturn.audit.findings import share_at_least
from outturn.domain.consent import PURPOSES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import date

    from outturn.store.engine import Engine

STEPS = ("consent_people",)
LEAST_HITS = 200
"""A place of fewer hits says nothing."""
HITS_PER_VISITOR = 4
"""Hits of one visitor share one choice: so many count as one draw."""
LEAST_USUAL = 0.2
"""Where fewer agree elsewhere, nothing can be told from a place where fewer still do."""
BROKEN_RATE = 0.1
"""Fewer than so many of those who are asked agree nowhere: the banner does not take their yes."""
_MOST_PLACES = 20


@dataclass(frozen=True, slots=True)
class Consent:
    """What one source was told.

    Attributes:
        hits: Pages and events, no bot's.
        gap: Those of nobody, or with a no to analytics: they count in totals, and are in no journey of a collector's.
        said: Hits by purpose and word: granted, denied, unstated.
    """

    source: str
    hits: int
    gap: int
    said: Mapping[str, Mapping[str, int]]

    def rate(self, purpose: str) -> float | None:
        """The share of a yes among the hits that state the purpose; None: none does."""
        told = self.said[purpose]
        stated = told["granted"] + told["denied"]
        return told["granted"] / stated if stated else None

    @property
    def gap_share(self) -> float:
        """The gap, of all hits."""
        return self.gap / self.hits


@dataclass(frozen=True, slots=True)
class Consents:
    """The rates of all sources that state consent, by source; and people by purpose and latest word."""

    sources: tuple[Consent, ...]
    people: Mapping[str, Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class Cell:
    """Hits of one day, host and browser with one word."""

    date_day: date
    host: str
    browser: str
    granted: bool
    hits: int
    example_id: str


@dataclass(frozen=True, slots=True)
class BrokenPlace:
    """A place where far fewer agreed: `granted` of `hits`."""

    subject: str
    first_day: date
    last_day: date
    granted: int
    hits: int
    example_id: str


def consents_of(engine: Engine) -> Consents:
    """The consent rates and the gap.

    Args:
        engine: Knows `consent_hits`, and `consent_people`, this room's step.
    """
    hits: dict[str, int] = defaultdict(int)
    gaps: dict[str, int] = defaultdict(int)
    said: dict[str, dict[str, dict[str, int]]] = {}
    rows = engine.rows(f"SELECT source, hits, of_nobody, {', '.join(PURPOSES)} FROM consent_hits ORDER BY source")  # noqa: S608
    for source, count, of_nobody, *words in rows:
        told = said.setdefault(source, {purpose: {"granted": 0, "denied": 0, "unstated": 0} for purpose in PURPOSES})
        hits[source] += count
        gaps[source] += count if words[0] == "denied" else of_nobody
        for purpose, word in zip(PURPOSES, words, strict=True):
            told[purpose][word or "unstated"] += count
    people: dict[str, dict[str, int]] = {purpose: {"granted": 0, "denied": 0} for purpose in PURPOSES}
    for purpose, state, count in engine.rows("SELECT purpose, state, people FROM consent_people"):
        people[purpose][state] += count
    return Consents(tuple(Consent(source, hits[source], gaps[source], told) for source, told in said.items()), people)


def broken_places(cells: Sequence[Cell], *, stated: int) -> list[BrokenPlace]:
    """The places of one source where the banner seems broken, the one with most hits missing first.

    Args:
        cells: Of one purpose.
        stated: Hits that state it; the others cannot be told from hits of a page that asks nobody.
    """
    hits, granted = _sums(cells)
    if hits < LEAST_HITS or stated * 2 < hits:
        return []
    if _most_share(granted, stated) < BROKEN_RATE:
        return [_place("everywhere", cells)]
    found: list[BrokenPlace] = []
    left = list(cells)
    while len(found) < _MOST_PLACES and (worst := _worst(left)):
        subject, mine = worst
        found.append(_place(subject, mine))
        taken = set(map(id, mine))
        left = [cell for cell in left if id(cell) not in taken]
    return found


def _worst(cells: Sequence[Cell]) -> tuple[str, list[Cell]] | None:
    """The place that is least likely to be chance, of those whose rate is surely less than half of the rest's."""
    total, agreed = _sums(cells)
    best, most = None, 0.0
    for subject, mine in (*_named(cells), *_stretches(cells, total, agreed)):
        hits, granted = _sums(mine)
        if _falls(hits, granted, total, agreed):
            gain = _likelihood_ratio(hits, granted, total, agreed)
            if gain > most:
                best, most = (subject, mine), gain
    return best


def _named(cells: Sequence[Cell]) -> Iterable[tuple[str, list[Cell]]]:
    """Hosts and browsers, as far as they are known."""
    for host, mine in _grouped(cells, lambda cell: cell.host).items():
        if host:
            yield f"host {host}", mine
    for browser, mine in _grouped(cells, lambda cell: cell.browser).items():
        if browser:
            yield f"browser {browser}", mine


def _stretches(cells: Sequence[Cell], total: int, agreed: int) -> Iterable[tuple[str, list[Cell]]]:
    """The days in a row, each end of them below half of the usual, that are least likely to be chance."""
    days = sorted(_grouped(cells, lambda cell: cell.date_day).items())
    sums = [_sums(mine) for _, mine in days]
    ends = [at for at, (hits, granted) in enumerate(sums) if granted * total * 2 < hits * agreed]
    before = list(accumulate(sums, lambda one, other: (one[0] + other[0], one[1] + other[1]), initial=(0, 0)))
    best, most = None, 0.0
    for first in ends:
        for last in ends:
            hits, granted = (after - ahead for after, ahead in zip(before[last + 1], before[first], strict=True))
            if last >= first and _falls(hits, granted, total, agreed):
                gain = _likelihood_ratio(hits, granted, total, agreed)
                if gain > most:
                    best, most = (first, last), gain
    if best:
        first_day, last_day = (days[at][0].isoformat() for at in best)
        name = first_day if first_day == last_day else f"{first_day} to {last_day}"
        yield name, [cell for _, mine in days[best[0] : best[1] + 1] for cell in mine]


def _falls(hits: int, granted: int, total: int, agreed: int) -> bool:
    """Whether a place's rate is surely less than half of the rest's."""
    rest = total - hits
    if hits < LEAST_HITS or rest < LEAST_HITS:
        return False
    usual = (agreed - granted) / rest
    return usual >= LEAST_USUAL and _most_share(granted, hits) < usual / 2


def _likelihood_ratio(hits: int, granted: int, total: int, agreed: int) -> float:
    """Kulldorff's logarithm of it: a place of its own rate, against one rate everywhere."""
    parts = ((granted, hits), (agreed - granted, total - hits))
    return sum(_log_likelihood(*part) for part in parts) - _log_likelihood(agreed, total)


def _log_likelihood(granted: int, hits: int) -> float:
    return sum(count * log(count / hits) for count in (granted, hits - granted) if count)


def _most_share(granted: int, hits: int) -> float:
    """The upper bound of a rate, by visitors and not by hits."""
    return 1 - share_at_least(round((hits - granted) / HITS_PER_VISITOR), round(hits / HITS_PER_VISITOR))


def _grouped(cells: Iterable[Cell], key: Callable[[Cell], Any]) -> dict[Any, list[Cell]]:
    found: dict[Any, list[Cell]] = defaultdict(list)
    for cell in cells:
        found[key(cell)].append(cell)
    return found


def _sums(cells: Iterable[Cell]) -> tuple[int, int]:
    """Hits, and those with a yes."""
    hits = granted = 0
    for cell in cells:
        hits += cell.hits
        granted += cell.hits if cell.granted else 0
    return hits, granted


def _place(subject: str, cells: Sequence[Cell]) -> BrokenPlace:
    hits, granted = _sums(cells)
    wrong = [cell for cell in cells if not cell.granted]
    days = [cell.date_day for cell in wrong]
    return BrokenPlace(subject, min(days), max(days), granted, hits, min(cell.example_id for cell in wrong))
