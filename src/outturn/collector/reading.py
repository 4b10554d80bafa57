"""What the loader makes rows with: the readers of all kinds of records, and the lake that they ask."""

from __future__ import annotations

import re
from contextlib import closing
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from outturn.collector import links, message_rows, messages, outcomes, pixels, postbacks
from outturn.collector.agents import agent_of
from outturn.collector.forgotten import Forgotten
from outturn.domain.identifiers import IdentityKind, canonical_email, canonical_id, identity_key
from outturn.domain.phones import canonical_phone
from outturn.domain.time import business_day, instant_of, micros_of
from outturn.store.book import Book
from outturn.store.engine import open_engine
from outturn.store.tables import CLICK_ID_COLUMNS, IDENTITY_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from datetime import date

    from outturn.collector.place import Agent, Place, Rows
    from outturn.collector.records import Record
    from outturn.store.facts import Facts
    from outturn.store.workspace import Workspace

_READERS: dict[type[Any], Callable[[Any, Place], Rows]] = {
    messages.Messages: message_rows.rows,
    links.Click: links.rows,
    pixels.Pixel: pixels.rows,
    postbacks.Postback: postbacks.rows,
    outcomes.Outcomes: outcomes.rows,
}


def rows_of(record: Record, place: Place) -> Rows:
    """The rows of one record, whatever its kind."""
    return _READERS[type(record)](record, place)


_HASHED = re.compile(r"sha256:[0-9a-f]{64}")


class Lake:
    """One workspace's lake, for the time of one load; see `place.Place`."""

    def __init__(self, workspace: Workspace, facts: Facts, *, without: Collection[str] = ()) -> None:
        """Open it.

        Args:
            workspace: Whose lake.
            facts: In it.
            without: Loaded imports of which nothing stands yet, since what they read is read anew.
        """
        self._without = without
        self._secret = workspace.secret()
        self._region = workspace.settings["privacy.phone_region"] or None
        self._zone = workspace.settings.time_zone
        self._facts = facts
        book = Book(workspace.book)
        self._forgotten = book.suppressed()
        book.close()
        self.forgotten = Forgotten(self, frozenset(self._forgotten)) if self._forgotten else None
        self._made: dict[str, dict[str, Any]] = {}
        self._read: set[str] = set()
        self.key = lru_cache(100_000)(self._key)
        self.day = lru_cache(10_000)(self._day)

    def _key(self, kind: IdentityKind, text: str) -> bytes | None:
        canonical: str | None
        if kind == "email":
            # An address that came as its SHA-256 is known by that: it meets its like, never the address itself.
            canonical = text if _HASHED.fullmatch(text) else canonical_email(text)
        elif kind == "phone":
            canonical = canonical_phone(text, region=self._region)
        else:
            canonical = canonical_id(text)
        return identity_key(self._secret, kind, canonical) if canonical else None

    def _day(self, micros: int) -> date:
        return business_day(instant_of(micros), self._zone)

    def agent(self, user_agent: str | None) -> Agent:
        """What a user agent tells."""
        return agent_of(user_agent)

    def remember(self, outcomes: Sequence[dict[str, Any]]) -> None:
        """Outcomes that this load has made: they stand from now on."""
        self._made.update({row["outcome_id"]: row for row in outcomes})

    def standing(self, outcome_id: str) -> Mapping[str, Any] | None:
        """An outcome as it stands: as this load has made it, else the lake's current one."""
        system = outcome_id.partition(":")[0]
        if system not in self._read:
            self._read.add(system)
            for row in self._current(system):
                self._made.setdefault(row["outcome_id"], row)
        return self._made.get(outcome_id)

    def _current(self, system: str) -> list[dict[str, Any]]:
        """The current outcomes of one system, instants as whole microseconds."""
        with closing(open_engine()) as engine:
            self._facts.expose(engine, only={"outcomes"}, without=self._without)
            found = engine.query("SELECT * FROM outcomes WHERE system = $system", {"system": system})
        return [
            {name: micros_of(value) if isinstance(value, datetime) else value for name, value in row.items()}
            for row in found.to_pylist()
        ]

    def without_the_forgotten(self, row: dict[str, Any]) -> dict[str, Any]:
        """The row, nobody's if one of its identifiers belongs to somebody who asked to be forgotten."""
        if self._forgotten.isdisjoint(row.get(name) for name in IDENTITY_COLUMNS):
            return row
        return {name: value for name, value in row.items() if name not in _OF_SOMEBODY}


_OF_SOMEBODY = frozenset({
    *IDENTITY_COLUMNS, *CLICK_ID_COLUMNS, "url", "referrer", "ip_prefix", "properties", "session_id",
})  # fmt: skip
