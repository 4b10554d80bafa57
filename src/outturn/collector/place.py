"""What the journal's records become: rows of facts, and what making them takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from outturn.domain.identifiers import IdentityKind
    from outturn.domain.links import Link


class Rows(NamedTuple):
    """Rows by fact table, under the columns' names of `store/tables.py`; columns that lack are NULL.

    Instants are whole UTC microseconds. The loader adds what it alone knows: import, line, file.
    """

    events: Sequence[dict[str, Any]] = ()
    outcomes: Sequence[dict[str, Any]] = ()
    costs: Sequence[dict[str, Any]] = ()
    refused: Sequence[dict[str, Any]] = ()


class Agent(NamedTuple):
    """What a user agent tells."""

    browser: str | None = None
    device: str | None = None
    is_bot: bool = False


class Place(Protocol):
    """The lake that the rows go to, as far as making them asks."""

    def key(self, kind: IdentityKind, text: str) -> bytes | None:
        """The identity key of a raw identifier; None where it is no canonical one, or its owner is to be forgotten."""

    def agent(self, user_agent: str | None) -> Agent:
        """What a user agent tells."""

    def day(self, micros: int) -> date:
        """The business day of an instant."""

    def standing(self, outcome_id: str) -> Mapping[str, Any] | None:
        """An outcome as it stands: the row that this load has made of it already, else the lake's current one."""


class Stated(NamedTuple):
    """What a link says of everything that comes by it: kept with each record, for links may be taken away."""

    channel: str
    platform: str | None = None
    campaign_id: str | None = None
    campaign_name: str | None = None
    ad_group_id: str | None = None
    ad_id: str | None = None
    partner: str = ""

    @classmethod
    def of(cls, link: Link) -> Stated:
        """What this link says."""
        return cls(
            link.channel,
            link.platform,
            link.campaign_id,
            link.campaign_name,
            link.ad_group_id,
            link.ad_id,
            link.partner,
        )

    def columns(self) -> dict[str, Any]:
        """As columns of `events`."""
        stated = {"stated_channel": self.channel, "platform": self.platform, "campaign_id": self.campaign_id}
        return stated | {"campaign_name": self.campaign_name, "ad_group_id": self.ad_group_id, "ad_id": self.ad_id}
