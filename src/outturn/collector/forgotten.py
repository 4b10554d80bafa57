"""Somebody who asked to be forgotten, as a record of the journal is asked whether it is theirs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from outturn.store.tables import IDENTITY_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from outturn.collector.place import Place
    from outturn.domain.identifiers import IdentityKind


@dataclass(frozen=True, slots=True)
class Forgotten:
    """One person, or all who ever asked.

    Attributes:
        place: What makes rows and keys of what records say.
        keys: Identity keys.
        outcome_ids: Outcomes that are theirs though none of the keys stands in them.
        texts: Words by which what was refused is found: what was typed, and the numbers of orders.
    """

    place: Place
    keys: frozenset[bytes]
    outcome_ids: frozenset[str] = frozenset()
    texts: tuple[str, ...] = ()

    def is_theirs(self, kind: IdentityKind, text: str | None) -> bool:
        """Whether a raw identifier is one of theirs."""
        return bool(text) and self.place.key(kind, text or "") in self.keys

    def owns(self, rows: Iterable[dict[str, Any]]) -> bool:
        """Whether one of these events or outcomes is about them."""
        return any(
            row.get("outcome_id") in self.outcome_ids or any(row.get(name) in self.keys for name in IDENTITY_COLUMNS)
            for row in rows
        )

    def is_named_in(self, *texts: str) -> bool:
        """Whether one of their words stands there."""
        return any(word in text for word in self.texts for text in texts)
