"""One cell of a KPI table, as what its source rows must match."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from outturn.domain.errors import UnknownName, UsageError
from outturn.domain.time import Days, parse_day
from outturn.metrics.dimensions import TIMES, Grain, last_day_of

if TYPE_CHECKING:
    from collections.abc import Mapping

_FILTERS = {
    "channel": "channel",
    "platform": "platform",
    "account_id": "account_id",
    "campaign": "campaign",
    "campaign_name": "campaign",
    "campaign_id": "campaign",
    "ad_group": "ad_group",
    "ad_group_id": "ad_group",
    "ad": "ad",
    "ad_id": "ad",
}
_GRAINS = {"campaign": 2, "ad_group": 3, "ad": 4}


@dataclass(frozen=True, slots=True)
class CellFilter:
    """What rows of one cell have in common.

    Attributes:
        grain: Of the table that the cell stands in.
        texts: By filter (`channel`, `platform`, `account_id`, `campaign`, `ad_group`, `ad`); empty: all.
        days: The cell's own inside those of the question.
    """

    grain: Grain
    texts: Mapping[str, str]
    days: Days

    @classmethod
    def of(cls, grain: Grain, where: Mapping[str, str | None], days: Days) -> CellFilter:
        """The cell whose columns have these values.

        Args:
            grain: Of the table.
            where: By column of the table, as it shows it; None (an id that is not known) asks for nothing.
            days: Of the question.

        Raises:
            UnknownName: A column that the table does not have.
            UsageError: Not a day.
        """
        texts = dict.fromkeys(_FILTERS.values(), "")
        for column, value in where.items():
            if column not in grain.columns:
                raise UnknownName("column of this table", column, grain.columns or ("(none: it has one row)",))
            if column in TIMES:
                days = _inside(days, parse_day(value or ""), column)
            # An id says more than a name, and comes after it here.
            elif value and (column.endswith("_id") or not texts[_FILTERS[column]]):
                texts[_FILTERS[column]] = value
        return cls(grain, texts, days)

    @property
    def span(self) -> dict[str, object]:
        """The first and last day as parameters."""
        return {"first_day": self.days.first or date.min, "last_day": self.days.last or date.max}

    @property
    def depth(self) -> int:
        """The served grain as `ad_lines` counts depths."""
        return _GRAINS[self.grain.level]

    def filters(self, *names: str) -> dict[str, object]:
        """Some filters as parameters; all of them where none is named."""
        return {name: self.texts[name] for name in names or self.texts}

    def holds(self, place: Mapping[str, str]) -> bool:
        """Whether a touch's place lies in the cell; an empty value of a place reads `(not set)`."""
        for name in ("channel", "platform", "account_id"):
            if self.texts[name] and self.texts[name] != (place[name] or "(not set)"):
                return False
        campaign, key = self.texts["campaign"], place["campaign_key"] or "(not set)"
        return not campaign or campaign in {key, key.removeprefix("name:"), place["campaign_name"]}


def _inside(days: Days, first: date, time: str) -> Days:
    last = last_day_of(first, time)
    begins = max(first, days.first or first)
    ends = min(last, days.last or last)
    if begins > ends:
        raise UsageError(f"{time} {first} lies outside the days that are asked for")
    return Days(begins, ends)
