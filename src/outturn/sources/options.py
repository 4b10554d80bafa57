"""What the user says about files that do not say it themselves."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

from outturn.domain.currencies import minor_digits
from outturn.domain.errors import UsageError
from outturn.domain.time import zone
from outturn.sources.registry import source_named


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """The options of one import; None: nothing is said.

    Attributes:
        source: The source's name (`--as`).
        sheet: Of a spreadsheet: the sheet that is meant, by its name.
        replace: A file may drop campaigns with spend from days that it covers.
        partial: A file replaces only the campaigns that it names.
        dry_run: Say what would happen; write nothing.
    """

    source: str | None = None
    account: str | None = None
    currency: str | None = None
    time_zone: str | None = None
    decimal: Literal[".", ","] | None = None
    dates: Literal["day-first", "month-first"] | None = None
    sheet: str | None = None
    replace: bool = False
    partial: bool = False
    dry_run: bool = False

    def __post_init__(self) -> None:
        if self.source:
            source_named(self.source)
        if self.currency:
            minor_digits(self.currency)
        if self.time_zone:
            zone(self.time_zone)
        if self.replace and self.partial:
            raise UsageError("--replace and --partial exclude one another")

    @property
    def told(self) -> dict[str, Any]:
        """The flags that change what a file means."""
        passing = {"replace", "dry_run", "sheet"}
        return {name: value for name, value in asdict(self).items() if value and name not in passing}
