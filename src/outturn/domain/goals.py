"""A goal is a named rule that says which outcomes count: of which kind, from which system, how often, how far back."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

from outturn.domain.errors import UnknownName, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

# What an entry of the ledger can be. The words are the design's; a source maps its own onto them.
OUTCOME_KINDS: tuple[str, ...] = (
    "lead", "qualified", "opportunity", "won", "lost", "purchase", "trial", "subscription_start", "renewal",
    "expansion", "contraction", "churn", "refund", "chargeback",
)  # fmt: skip

# They take back from a sale what it gave: they follow their sale into its goals and are never counted themselves.
RESTATING_KINDS: tuple[str, ...] = ("refund", "chargeback")

# What a record of the ledger can be worth counting as; `counted` is a sale that stands.
OUTCOME_STATUSES: tuple[str, ...] = ("counted", "pending", "void", "test")

Count = Literal["every", "one"]
Per = Literal["person", "account"]

MAX_LOOKBACK_DAYS = 3650
# Companies take longer to buy than people do.
ACCOUNT_LOOKBACK_DAYS = 180
_ID = re.compile(r"[a-z][a-z0-9_-]{0,63}")


@dataclass(frozen=True, slots=True)
class Goal:
    """Which outcomes are conversions, and which touches may earn their credit.

    Attributes:
        id: How commands and tables name it: small letters, digits, `_` and `-`, a letter first.
        kinds: Kinds of outcomes that count, out of `OUTCOME_KINDS` without the restating ones.
        system: The one system of record ("shopify", "hubspot"); None leaves the choice to the
            build, which takes the only shop, CRM, payment or generic source there is.
        count: Every outcome, or only the first one of each person (or account).
        per: Whose touches are taken together and whose first one counts under `count = "one"`:
            the person's, or the company's for business customers.
        lookback_days: How many days before the outcome a touch may lie, at least 1. `outturn.toml` may
            leave it out: then 30, and 180 per account.
        statuses: Which records count, out of `OUTCOME_STATUSES`.
        stages: Which stages of a deal count, as the CRM shows them, whatever their case; empty: any. A deal
            counts once per goal, by the first of its rows that match; without stages an opportunity is the
            deal's opening.

    >>> Goal("demo", ("qualified",), lookback_days=90).count
    'every'
    """

    id: str
    kinds: tuple[str, ...]
    system: str | None = None
    count: Count = "every"
    per: Per = "person"
    lookback_days: int = 30
    statuses: tuple[str, ...] = ("counted",)
    stages: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not _ID.fullmatch(self.id):
            raise UsageError(
                f"{self.id!r} is no id for a goal: expected small letters, digits, _ and -, a letter first, "
                f"such as 'sale' or 'demo_request'"
            )
        self._check_known("kind of outcome", self.kinds, OUTCOME_KINDS)
        for kind in self.kinds:
            if kind in RESTATING_KINDS:
                raise UsageError(
                    f"goal {self.id!r} cannot count {kind!r}: a refund restates its sale in every goal of that sale"
                )
        self._check_known("status of an outcome", self.statuses, OUTCOME_STATUSES)
        if self.system is not None and not self.system.strip():
            raise UsageError(
                f"goal {self.id!r} names an empty system: name one, such as shopify, or leave the line out"
            )
        self._check_stages()
        self._check_choice("count", self.count, get_args(Count))
        self._check_choice("per", self.per, get_args(Per))
        if type(self.lookback_days) is not int or not 1 <= self.lookback_days <= MAX_LOOKBACK_DAYS:
            raise UsageError(
                f"goal {self.id!r} has lookback_days {self.lookback_days!r}: "
                f"expected a whole number from 1 to {MAX_LOOKBACK_DAYS}"
            )

    @classmethod
    def from_table(cls, goal_id: str, table: Mapping[str, Any]) -> Goal:
        """Read one `[goals.<id>]` table of `outturn.toml`; keys are the attributes' names.

        Raises:
            UnknownName: A key, kind or status that does not exist.
            UsageError: A value that is not what its key takes; the message says what is.
        """
        if not isinstance(table, dict):
            raise UsageError(
                f'goal {goal_id!r} is {table!r}: expected a table, [goals.{goal_id}] with kinds = ["purchase"]'
            )
        for key in table:
            if key not in _KEYS:
                raise UnknownName("key of a goal", key, _KEYS, hint=f"It stands under [goals.{goal_id}].")
        if "kinds" not in table:
            raise UsageError(
                f'goal {goal_id!r} says not which kinds count: add kinds = ["purchase"] under [goals.{goal_id}]'
            )
        given = dict(table)
        for key in _LISTS:
            if key in given:
                given[key] = _texts(goal_id, key, given[key])
        if given.get("per") == "account":
            given.setdefault("lookback_days", ACCOUNT_LOOKBACK_DAYS)
        if not isinstance(given.get("system", ""), str):
            raise UsageError(f'goal {goal_id!r} has system {given["system"]!r}: expected text, such as "shopify"')
        return cls(goal_id, **given)

    def _check_known(self, what: str, given: tuple[str, ...], known: tuple[str, ...]) -> None:
        if not given:
            raise UsageError(f"goal {self.id!r} names no {what}: expected at least one of {', '.join(known)}")
        for name in given:
            if name not in known:
                raise UnknownName(what, name, known, hint=f"Goal {self.id!r} names it.")
        if len(set(given)) < len(given):
            raise UsageError(f"goal {self.id!r} names a {what} twice: {', '.join(given)}")

    def _check_stages(self) -> None:
        if not all(stage.strip() for stage in self.stages):
            raise UsageError(
                f'goal {self.id!r} names an empty stage: name stages as the CRM shows them, such as "Demo held", '
                f"or leave the line out"
            )
        if len({stage.strip().lower() for stage in self.stages}) < len(self.stages):
            raise UsageError(f"goal {self.id!r} names a stage twice: {', '.join(self.stages)}")

    def _check_choice(self, key: str, given: object, choices: tuple[str, ...]) -> None:
        if given not in choices:
            raise UsageError(f"goal {self.id!r} has {key} {given!r}: expected {' or '.join(choices)}")


_KEYS = ("kinds", "system", "count", "per", "lookback_days", "statuses", "stages")
# The keys that take several texts, with an example of each.
_LISTS = {"kinds": "purchase", "statuses": "counted", "stages": "Demo held"}


def _texts(goal_id: str, key: str, given: object) -> tuple[str, ...]:
    if not isinstance(given, list | tuple) or not all(isinstance(member, str) for member in given):
        raise UsageError(f'goal {goal_id!r} has {key} {given!r}: expected a list of texts, such as ["{_LISTS[key]}"]')
    return tuple(given)


# The first goal of a new workspace.
DEFAULT_GOAL = Goal("sale", ("purchase", "won"))
