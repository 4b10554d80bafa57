"""What is coming in: the hits of the last 60 minutes by minute, event and channel, read from the journal's tail.

A look costs what was appended since the last one, and never touches the lake. A hit is counted in the minute in which
it was received, once by its key and message id; bots are counted apart. Its channel is what the one hit tells: its
link, its tags, its click id, its referrer. A page that follows another of the same site, and what a server reports,
tell nothing of how somebody came: `(none)`.
"""

from __future__ import annotations

from collections import Counter, deque
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from outturn.collector import journal, kept, records
from outturn.collector.agents import agent_of
from outturn.collector.journal import Damage
from outturn.collector.reading import rows_of
from outturn.domain.channels import channel_of, stated_channel
from outturn.domain.links import OWN_CLICK_ID
from outturn.domain.time import business_day, instant_of
from outturn.domain.urls import click_id_kind, host_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date, datetime
    from pathlib import Path

MINUTES = 60
NO_CHANNEL = "(none)"

_MINUTE_MICROS = 60_000_000
_NOWHERE = -1


class Hits(NamedTuple):
    """How many hits there were of one kind in one minute."""

    minute: datetime
    event: str
    channel: str
    hits: int


class Look(NamedTuple):
    """The last 60 minutes, the one that runs included.

    Attributes:
        since: When the first of them began.
        bots: Hits that say they are machines: in none of the others.
    """

    since: datetime
    until: datetime
    hits: tuple[Hits, ...]
    bots: int


class Live:
    """Counts what comes into one journal, from look to look.

    Args:
        root: The workspace's `journal` folder.
        own_hosts: Referrers that are the business itself.
    """

    def __init__(self, root: Path, *, own_hosts: tuple[str, ...] = ()) -> None:
        self._root = root
        self._own_hosts = frozenset(host_of(host) or host for host in own_hosts)
        self._read: dict[tuple[str, int], int] = {}
        self._counts: dict[int, Counter[tuple[str, str]]] = {}
        self._bots: Counter[int] = Counter()
        # Hashes, for an hour's ids of a busy site are many.
        self._known: set[int] = set()
        self._known_by_minute: deque[tuple[int, set[int]]] = deque()

    def look(self, now: datetime) -> Look:
        """Read what came since the last look.

        Args:
            now: The end of the 60 minutes.
        """
        last = int(now.timestamp()) // 60
        first = last - MINUTES + 1
        self._drop_before(first)
        for content in self._appended(first):
            for one in content:
                self._count(one, first)
        shown = [minute for minute in sorted(self._counts) if minute <= last]
        return Look(
            since=_instant(first),
            until=now,
            hits=tuple(
                Hits(_instant(minute), event, channel, hits)
                for minute in shown
                for (event, channel), hits in sorted(self._counts[minute].items())
            ),
            bots=sum(hits for minute, hits in self._bots.items() if minute <= last),
        )

    def _drop_before(self, first: int) -> None:
        for minute in [minute for minute in self._counts if minute < first]:
            del self._counts[minute]
        for minute in [minute for minute in self._bots if minute < first]:
            del self._bots[minute]
        while self._known_by_minute and self._known_by_minute[0][0] < first:
            self._known -= self._known_by_minute.popleft()[1]

    def _appended(self, first: int) -> Iterator[list[bytes]]:
        """The records that no look has seen, of segments that were written since that minute."""
        there: dict[tuple[str, int], int] = {}
        for stream in journal.streams(self._root):
            for path in [*kept.kept(stream), *sorted(stream.glob("*.seg"))]:
                segment = stream.name, int(path.name.partition(".")[0])
                done = self._read.get(segment, 0)
                try:
                    if path.stat().st_mtime < first * 60:
                        continue
                    there[segment] = done
                    if done == _NOWHERE:
                        continue
                    found, there[segment] = _packed(path, done) if path.suffix == ".gz" else _tail(path, done)
                except FileNotFoundError:
                    there[segment] = done  # It was packed this very moment: the next look finds it.
                    continue
                self._read[segment] = there[segment]
                yield found
        self._read = there

    def _count(self, content: bytes, first: int) -> None:
        record = records.decode(content)
        minute = record.received_at // _MINUTE_MICROS
        if minute < first:
            return
        rows = rows_of(record, _NOBODYS)
        # Two browsers that are tied together are no hit.
        events = [row for row in rows.events if row.get("crm_key") is None]
        # What has no event of its own, such as an outcome that a server reports, counts as what it is.
        for row in events or rows.outcomes:
            known = hash(row.get("event_id") or row.get("outcome_id"))
            if known in self._known:
                continue
            self._remember(known, minute)
            if row.get("is_bot"):
                self._bots[minute] += 1
            else:
                self._counts.setdefault(minute, Counter())[_name(row), self._channel(row)] += 1

    def _remember(self, known: int, minute: int) -> None:
        self._known.add(known)
        if not self._known_by_minute or self._known_by_minute[-1][0] < minute:
            self._known_by_minute.append((minute, set()))
        self._known_by_minute[-1][1].add(known)

    def _channel(self, row: Mapping[str, Any]) -> str:
        stated = stated_channel(row.get("stated_channel"))
        if stated is not None:
            return stated
        referrer = host_of(row.get("referrer"))
        is_own = referrer is not None and (referrer == host_of(row.get("url")) or referrer in self._own_hosts)
        evidence = {
            "source": row.get("utm_source"),
            "medium": row.get("utm_medium"),
            "campaign": row.get("utm_campaign"),
            "referrer_host": None if is_own else referrer,
            "click_id_kind": click_id_kind(row),
        }
        # Whoever came by our own link was counted when it was clicked.
        tells = any(evidence.values()) or (row.get("type") == "page" and row.get("url") and not row.get(OWN_CLICK_ID))
        if not tells or (is_own and not any(evidence.values())):
            return NO_CHANNEL
        return channel_of(**evidence)


def _tail(path: Path, done: int) -> tuple[list[bytes], int]:
    """A segment's records from an offset on, and where the next ones will begin."""
    if path.stat().st_size <= done:
        return [], done
    with path.open("rb") as file:
        file.seek(done)
        content = file.read()
    found = list(journal.frames(content))
    end = done + found[-1].end if found else done
    return [one.record for one in found if not isinstance(one, Damage) and one.record], end


def _packed(path: Path, done: int) -> tuple[list[bytes], int]:
    """As `_tail`, of a segment that is packed: it is read once."""
    content = kept.unpacked(path) or b""
    # Where somebody was forgotten meanwhile it is shorter: whatever is met twice is known by its id.
    found = journal.frames(content, done)
    return [one.record for one in found if not isinstance(one, Damage) and one.record], _NOWHERE


def _name(row: Mapping[str, Any]) -> str:
    return str(row.get("name") or row.get("touch_kind") or row.get("type") or row.get("kind"))


def _instant(minute: int) -> datetime:
    return instant_of(minute * _MINUTE_MICROS)


class _Nobodys:
    """A place in which all are one: who it was does not count here."""

    def key(self, kind: str, text: str) -> bytes | None:  # noqa: ARG002 - as every place
        return b"-" if text else None

    agent = staticmethod(lru_cache(10_000)(agent_of))

    def day(self, micros: int) -> date:
        return business_day(instant_of(micros), "UTC")

    def standing(self, outcome_id: str) -> Mapping[str, Any] | None:  # noqa: ARG002 - as every place
        return None


_NOBODYS = _Nobodys()
