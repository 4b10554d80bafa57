"""Claims against the ledger, like against like: what platforms say of themselves, and what can be seen of it.

A click claim is held against the ledger's conversions of its days that had a click or visit of that platform inside
its window. A view claim cannot be verified: nobody but the platform saw the view. Claims that do not say which of the
two they are hold both, so their ratio says how far clicks alone could carry them. Nothing is ever added up as if
claims were sales; of several platforms only bounds of what they must share are given.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from outturn.audit.needs import name_step, statement_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from outturn.store.engine import Engine

STEPS = ("claim_reach", "claim_overlap", "claim_ledger", "claim_days", "claim_models", "claim_kinds")
DEFAULT_WINDOW_DAYS = {
    "amazon_ads": 14, "google_ads": 30, "linkedin_ads": 30, "meta_ads": 7, "microsoft_ads": 30, "pinterest_ads": 30,
    "reddit_ads": 28, "snapchat_ads": 28, "tiktok_ads": 7, "x_ads": 30,
}  # fmt: skip
"""Each platform's own default window after a click, in days, which holds where a report states none."""

LONGEST_WINDOW_DAYS = 90
_OTHER_WINDOW_DAYS = 30
_DAYS = re.compile(r"(\d+)\s*d")


@dataclass(frozen=True, slots=True)
class Claim:
    """One kind of claim of one platform, and what the ledger holds of it.

    Attributes:
        click_or_view: click, view, or all: the report does not tell them apart.
        window_days: After a click. `window_stated` False: the platform's default stands in.
        date_basis: impression, conversion or unknown. The ledger's conversions are always those of the same days.
        claimed: Platforms claim fractions.
        ledger: All conversions of the goal on these days.
        reached: Those with a click or visit of this platform inside the window; None for views.
        causes: Upper bounds, in conversions, of what can set claim and ledger apart: `view_through`, claims for views
            (None: the report does not tell them apart, all of the residual may be); `not_joined`, conversions without
            any touch seen here; `zone`, those of the first and last day, which the account's clock may put outside;
            `refund`, reached ones wholly taken back since, which platforms go on claiming; `window`, those whose last
            click or visit of the platform is older than its window. Empty for views.
    """

    platform: str
    conversion_action: str
    click_or_view: str
    attribution_window: str
    date_basis: str
    first_day: date
    last_day: date
    window_days: int
    window_stated: bool
    claimed: float
    ledger: int
    reached: int | None
    causes: Mapping[str, int | None]

    @property
    def over_claim_ratio(self) -> float | None:
        """Claims over conversions that they can be true of; None for views, and where there is no such conversion."""
        return self.claimed / self.reached if self.reached else None

    @property
    def residual(self) -> float | None:
        """Claims that no click or visit seen here supports; None for views; negative: more was seen than is claimed."""
        return None if self.reached is None else self.claimed - self.reached

    @property
    def whole(self) -> bool:
        """Whether it may be a platform's own total, as far as one claim can be."""
        return self.click_or_view != "view"


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """All claims, and what several platforms must share.

    Attributes:
        claims: By platform and kind.
        models: Conversions that each model credits, by platform and model.
        able: Conversions by the number of platforms that can claim them.
        claimed_most: The sum of each platform's largest kind of claim that is not views; never a number of sales.
        ledger: Conversions that any of them can be of: of all their days together and, where a claim is not dated by
            the conversion, of its window after them.
    """

    claims: tuple[Claim, ...]
    models: Mapping[str, Mapping[str, float]]
    able: Mapping[int, int]
    claimed_most: float
    ledger: int

    @property
    def overlap_at_least(self) -> float:
        """Claims that must be of the same conversion as another platform's, or of none."""
        return max(0.0, self.claimed_most - self.ledger)

    @property
    def claimable_by_several(self) -> int:
        """Conversions that two or more platforms had a click or visit before, each inside its window."""
        return sum(count for platforms, count in self.able.items() if platforms > 1)


def window_days(platform: str, text: str) -> tuple[int, bool]:
    """How many days after a click a claim reaches, and whether the report says so.

    >>> window_days("meta_ads", "28d_click"), window_days("meta_ads", "default")
    ((28, True), (7, False))
    """
    stated = _DAYS.search(text)
    if stated:
        return min(int(stated[1]), LONGEST_WINDOW_DAYS), True
    return DEFAULT_WINDOW_DAYS.get(platform, _OTHER_WINDOW_DAYS), False


def reconcile(engine: Engine, parameters: Mapping[str, Any]) -> Reconciliation:
    """Hold every claim against the ledger.

    Args:
        engine: Knows the build's tables, `claims`, and the room's step `touched_sales`.
        parameters: Of the room's statements: `goal`.
    """
    parameters = {**parameters, "longest_days": LONGEST_WINDOW_DAYS}
    kinds = engine.rows(statement_of("claim_kinds").text)
    engine.register("claim_windows", _windows(kinds))
    name_step(engine, "claimable_sales", parameters)
    for step in ("claim_reach", "claim_ledger", "claim_days", "claim_overlap", "claim_models"):
        name_step(engine, step, parameters)
    reach = {
        row[0]: row[1:] for row in engine.rows("SELECT number, reached, refunded, outside_window FROM claim_reach")
    }
    ledger = {
        row[0]: row[1:] for row in engine.rows("SELECT number, conversions, untouched, on_edge_days FROM claim_ledger")
    }
    claims = tuple(
        _claim(row, reach.get(number, (0, 0, 0)), ledger.get(number, (0, 0, 0))) for number, row in enumerate(kinds)
    )
    models: dict[str, dict[str, float]] = {}
    for platform, model, conversions in engine.rows("SELECT platform, model, conversions FROM claim_models"):
        models.setdefault(platform, {})[model] = conversions
    most: dict[str, float] = {}
    for one in claims:
        if one.whole:
            most[one.platform] = max(most.get(one.platform, 0.0), one.claimed)
    return Reconciliation(
        claims,
        models,
        dict(engine.rows("SELECT platforms, conversions FROM claim_overlap")),
        sum(most.values()),
        engine.rows("SELECT conversions FROM claim_days")[0][0],
    )


def _windows(kinds: Sequence[tuple[Any, ...]]) -> pa.Table:
    rows = []
    for platform, _action, _kind, window, basis, first_day, last_day, _claimed in kinds:
        days = window_days(platform, window)[0]
        reaches_day = last_day if basis == "conversion" else last_day + timedelta(days=days)
        rows.append((platform, days, first_day, last_day, reaches_day))
    return pa.table(
        {
            "number": pa.array(range(len(rows)), pa.int64()),
            "platform": pa.array([row[0] for row in rows], pa.string()),
            "window_days": pa.array([row[1] for row in rows], pa.int64()),
            "first_day": pa.array([row[2] for row in rows], pa.date32()),
            "last_day": pa.array([row[3] for row in rows], pa.date32()),
            "reaches_day": pa.array([row[4] for row in rows], pa.date32()),
        }
    )


def _claim(row: tuple[Any, ...], reach: tuple[int, int, int], ledger: tuple[int, int, int]) -> Claim:
    platform, action, click_or_view, window, basis, first_day, last_day, claimed = row
    days, stated = window_days(platform, window)
    is_view = click_or_view == "view"
    reached, refunded, outside = reach
    conversions, untouched, on_edge_days = ledger
    causes = {
        "view_through": None if click_or_view == "all" else 0,
        "not_joined": untouched,
        "zone": on_edge_days,
        "refund": refunded,
        "window": outside,
    }
    return Claim(
        platform, action, click_or_view, window, basis, first_day, last_day, days, stated, claimed, conversions,
        None if is_view else reached, {} if is_view else causes,
    )  # fmt: skip
