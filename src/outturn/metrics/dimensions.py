"""What figures can be broken down by, and what that says about which figures there are."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from outturn.domain.errors import UnknownName, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

# Each dimension with the columns that it gives a row. A campaign is told by its platform and account too.
_CAMPAIGN = ("platform", "account_id", "campaign_id", "campaign_name", "campaign")
DIMENSIONS: Mapping[str, tuple[str, ...]] = {
    "channel": ("channel",),
    "platform": ("platform",),
    "account_id": ("account_id",),
    "campaign": _CAMPAIGN,
    "ad_group": (*_CAMPAIGN, "ad_group_id", "ad_group"),
    "ad": (*_CAMPAIGN, "ad_group_id", "ad_group", "ad_id", "ad"),
    "date_day": ("date_day",),
    "week": ("week",),
    "month": ("month",),
}
TIMES = ("date_day", "week", "month")


@dataclass(frozen=True, slots=True)
class Grain:
    """The dimensions of one question, checked.

    Attributes:
        by: As asked, without repetitions.
    """

    by: tuple[str, ...]

    @classmethod
    def of(cls, by: Iterable[str]) -> Grain:
        """Check the dimensions.

        Raises:
            UnknownName: No such dimension.
            UsageError: Two calendars at once: a week may lie in two months, and a day names its week.
        """
        asked = tuple(dict.fromkeys(by))
        for name in asked:
            if name not in DIMENSIONS:
                raise UnknownName("dimension", name, DIMENSIONS)
        times = [name for name in asked if name in TIMES]
        if len(times) > 1:
            raise UsageError(f"Figures cannot be broken down by {' and '.join(times)} at once: keep one of them.")
        return cls(asked)

    @property
    def time(self) -> str:
        """The calendar dimension, or empty."""
        return next((name for name in self.by if name in TIMES), "")

    @property
    def by_source(self) -> bool:
        """True: broken down by where people came from, so that sales must be credited by a model."""
        return any(name not in TIMES for name in self.by)

    @property
    def below_campaign(self) -> bool:
        """True: finer than the campaigns that sales are credited to."""
        return "ad_group" in self.by or "ad" in self.by

    @property
    def level(self) -> str:
        """The rows of `channel_day` that serve this grain."""
        return "ad" if "ad" in self.by else "ad_group" if "ad_group" in self.by else "campaign"

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that tell the rows apart."""
        return tuple(dict.fromkeys(column for name in self.by for column in DIMENSIONS[name]))

    @property
    def flags(self) -> dict[str, object]:
        """The parameters of the statements that sum by cell."""
        campaign = "campaign" in self.by or self.below_campaign
        return {
            "by_channel": "channel" in self.by,
            "by_platform": campaign or "platform" in self.by,
            "by_account": campaign or "account_id" in self.by,
            "by_campaign": campaign,
            "by_time": self.time,
        }


@dataclass(frozen=True, slots=True)
class Key:
    """What tells one cell from another; empty where the grain does not ask for it."""

    channel: str = ""
    platform: str = ""
    account_id: str = ""
    campaign_key: str = ""
    ad_group_id: str = ""
    ad_id: str = ""
    day: date | None = None

    def labels(self, names: tuple[str | None, str | None]) -> dict[str, str | date | None]:
        """All columns that a grain may ask for.

        Args:
            names: The campaign's id and name, as the sums found them.
        """
        campaign_id, campaign_name = names
        if self.campaign_key.startswith("("):
            campaign_id, campaign_name = None, self.campaign_key
        elif self.campaign_key:
            campaign_name = campaign_name or named(self.campaign_key)
            campaign_id = campaign_id or identified(self.campaign_key)
        return {
            "channel": self.channel,
            "platform": self.platform,
            "account_id": self.account_id,
            "campaign_id": campaign_id,
            "campaign_name": campaign_name,
            "campaign": campaign_name or campaign_id,
            "ad_group_id": identified(self.ad_group_id),
            "ad_group": self.ad_group_id.removeprefix("name:"),
            "ad_id": identified(self.ad_id),
            "ad": self.ad_id.removeprefix("name:"),
            **dict.fromkeys(TIMES, self.day),
        }


def named(key: str) -> str | None:
    """The name in a key that has no id; None where the key is an id."""
    return key.removeprefix("name:") if key.startswith("name:") else None


def identified(key: str) -> str | None:
    """The id that a key is; None for a name and for what no id stands for."""
    return None if not key or key.startswith(("name:", "(")) else key


def last_day_of(first: date, time: str) -> date:
    """The last day of the day, week or month that begins on `first`."""
    if time == "week":
        return first + timedelta(days=6)
    if time == "month":
        return first.replace(day=monthrange(first.year, first.month)[1])
    return first
