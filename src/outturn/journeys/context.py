"""What the steps are told: the workspace's choices, and how a finished table is handed over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from outturn.domain.goals import DEFAULT_GOAL, Goal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from outturn.domain.settings import Basis, Settings


@dataclass(frozen=True, slots=True)
class JourneyContext:
    """The settings that decide who someone was, what they touched and what counted.

    Attributes:
        currency: ISO 4217, into which every conversion's value is turned.
        time_zone: IANA name; its calendar gives the business's days.
        revenue_basis: `net` takes stated tax and shipping off, `gross` leaves what was charged.
        channel_rules: The user's own (platform or `*`, campaign name pattern, channel), first match wins.
        own_hosts: Referrers that are the business itself, beside the hosts of its own pages.
        session_minutes: Inactivity of more than this ends a session.
        identity_degree_cap: An identifier tied to more others of one kind than this joins nobody.
        company_people_cap: A company with more people than this groups nobody.
        history_days: First days of the ledger in which a new customer cannot be told from an old one.
    """

    currency: str
    time_zone: str = "UTC"
    goals: tuple[Goal, ...] = (DEFAULT_GOAL,)
    revenue_basis: Basis = "net"
    channel_rules: tuple[tuple[str, str, str], ...] = ()
    own_hosts: tuple[str, ...] = ()
    session_minutes: int = 30
    identity_degree_cap: int = 20
    company_people_cap: int = 1000
    history_days: int = 30

    @classmethod
    def of(cls, settings: Settings) -> JourneyContext:
        """The context of a workspace."""
        return cls(
            currency=settings.currency,
            time_zone=settings.time_zone,
            goals=settings.goals,
            revenue_basis=settings["revenue.basis"],
            channel_rules=settings.channel_rules,
            own_hosts=settings["journeys.own_hosts"],
            session_minutes=settings["journeys.session_minutes"],
            identity_degree_cap=settings["journeys.identity_degree_cap"],
            company_people_cap=settings["journeys.company_people_cap"],
            history_days=settings["journeys.new_customer_history_days"],
        )


class Publish(Protocol):
    """Writes a statement's rows as a table of the build, and names them on the engine."""

    def __call__(
        self, name: str, statement: str, parameters: Mapping[str, object] = ..., *, order: Sequence[str] = ...
    ) -> object:
        """Write one derived table, its rows sorted by `order`."""
        ...
