"""A check: one question to the facts, what an answer other than the usual means, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from outturn.store.engine import Engine

Kind = Literal["lost revenue", "misrouted revenue", "untraceable spend", "none"]
Severity = Literal["critical", "warning", "notice"]

LOST_REVENUE: Kind = "lost revenue"
MISROUTED_REVENUE: Kind = "misrouted revenue"
UNTRACEABLE_SPEND: Kind = "untraceable spend"
NO_MONEY: Kind = "none"

KINDS: dict[Kind, str] = {
    LOST_REVENUE: "sales that a tracker, or the ledger, does not know of",
    MISROUTED_REVENUE: "sales that are known, and told with another amount, twice, or as somebody else's",
    UNTRACEABLE_SPEND: "spend of which no visit can be found",
    NO_MONEY: "no amount can be counted: a wrong tag may cost nothing today",
}
SEVERITIES: tuple[Severity, ...] = ("critical", "warning", "notice")

WHERE = ("source", "platform", "account_id", "channel", "campaign", "subject")
"""What can tell the places of a finding apart; `subject` is what the check itself speaks of, such as a spelling."""

LINE = ("first_day", "last_day", "found", "seen", "example_id")
MONEY = ("money_key", "micros")
ESTIMATE = ("count_low", "count_high", "lost_micros", "lost_low_micros", "lost_high_micros")


@dataclass(frozen=True, slots=True)
class Check:
    """One check. Its statement, `<name>.sql` beside it, gives lines.

    A line is one row of a fact table, or a few that are alike. Its columns are `where`, then those of `LINE`, then,
    where the check counts money, those of `MONEY`, then, where its count is estimated, those of `ESTIMATE`:

    * `first_day`, `last_day`: the business's days that the line speaks of; NULL: not dated.
    * `found`, `seen`: of `seen` rows that could be wrong, `found` are; both >= 0.
    * `example_id`: a row of `opens` that shows it; may be NULL where `found` is 0.
    * `money_key`: what the money belongs to, such as `outcome:shopify:5001`: counted once, however many lines and
      checks find it; may be NULL likewise. `micros`: in the workspace's currency, >= 0; NULL: none, or it cannot be
      converted.
    * `count_low`, `count_high`: the interval of `found`; `lost_micros` with its own: revenue that went unseen, in the
      workspace's currency, >= 0. NULL: nothing is estimated, or too little is known for an interval.

    Attributes:
        title: The finding in a few words.
        means: What it does to the figures, and to whoever decides by them.
        fix: What to do.
        where: Which of `WHERE` tell its places apart; a place is judged by the sum of its lines.
        opens: The fact table whose rows its examples are.
        kind: Of the money.
        normal_share: The share found that is no fault, in [0, 1): consent and blockers cost every tracker some. A
            place is found only where even the lower bound of its share (`findings.share_at_least`) lies above. 0: any
            row is a fault.
        least: Fewer rows found at a place say nothing.
        critical_share: From this share on, of the money at stake or, without money, of the rows seen, it is critical.
            None: never.
        sure_share: Its documented smallest size: planted at this share in a shop of 300 orders in six weeks, it fires.
        implies: Checks that this one, as the cause, may raise as well; they stand below it.
        estimates: Whether its count is estimated; what it says of money then is an estimate too, and in no total.
        prepare: Names what its statement reads and SQL alone cannot work out; given the engine, which knows the
            room's steps that the statement reads, and the parameters of all statements.
    """

    name: str
    title: str
    means: str
    fix: str
    where: tuple[str, ...]
    opens: str
    kind: Kind = NO_MONEY
    normal_share: float = 0.0
    least: int = 1
    critical_share: float | None = None
    sure_share: float = 0.01
    implies: tuple[str, ...] = ()
    estimates: bool = False
    prepare: Callable[[Engine, Mapping[str, Any]], None] | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that its statement gives."""
        money = MONEY if self.kind != NO_MONEY else ()
        return (*self.where, *LINE, *money, *(ESTIMATE if self.estimates else ()))
