"""What one import was: the row of `imports` that makes its facts visible, and its ids that sort by time."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from outturn.domain.time import instant_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class ImportRecord:
    """What one import was: the row that makes its facts visible.

    Attributes:
        import_id: Sorts by time; see `new_import_id`.
        summary: JSON-able: reasons, totals, days, accounts, flags.
        options: JSON-able: the flags that were given, so that a re-import can be told to be the same.
    """

    import_id: str
    state_at: datetime
    file: str
    sha256: str
    source: str
    layout: str
    verdict: str
    rows_read: int
    accepted: int
    refused: int
    ignored: int
    partial: bool = False
    summary: Mapping[str, Any] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)
    state: str = "loaded"

    @property
    def row(self) -> dict[str, Any]:
        """Its row of `imports`."""
        return {
            **asdict(self),
            "summary": json.dumps(self.summary, sort_keys=True),
            "options": json.dumps(self.options, sort_keys=True),
        }

    @classmethod
    def of(cls, row: Mapping[str, Any], state_micros: int) -> ImportRecord:
        """The record of a row of `imports`, whose `state_at` comes apart as microseconds."""
        fields = {name: row[name] for name in cls.__dataclass_fields__ if name in row}
        told = {"summary": json.loads(row["summary"]), "options": json.loads(row["options"])}
        return cls(**{**fields, **told, "state_at": instant_of(state_micros)})


def new_import_id(at: datetime, serial: int) -> str:
    """An id that sorts by time of import, then by the file's place in its command."""
    return f"i{at:%Y%m%dT%H%M%S%f}-{serial:04d}"
