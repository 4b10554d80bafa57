"""What we call a KPI: a ratio of sums at the grain asked for, one line each.

A zero denominator is NULL, never 0 or infinity; unknown is NULL, never 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from outturn.domain.errors import UnknownName
from outturn.metrics.measures import (
    Measure,
    Origin,
    claimed_conversions,
    click_claims,
    clicks,
    completed_views,
    conversions,
    costs,
    days_to_pay_back,
    engagements,
    impressions,
    kept_conversions,
    lag_days,
    leads,
    led_deals,
    lifetime_value,
    margin,
    new_customer_revenue,
    new_customers,
    opportunities,
    orders,
    pipeline,
    qualified,
    recurring_revenue,
    refunded,
    revenue,
    sold,
    spend,
    spend_and_costs,
    video_starts,
    visits,
    won_leads,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class Unit(Enum):
    """What a KPI's number is; the value is how docs say it."""

    COUNT = "count"
    MONEY = "money"
    RATIO = "ratio"
    SHARE = "share of 1"
    DAYS = "days"


class Better(Enum):
    """Which way is good."""

    UP = "up"
    DOWN = "down"
    NEITHER = "neither"


COUNT, MONEY, RATIO, SHARE, DAYS = Unit
UP, DOWN, NEITHER = Better


@dataclass(frozen=True, slots=True)
class Kpi:
    """One KPI: `factor * (top - less) / over`, or just `top`.

    Attributes:
        id: Its column.
        title: Its name in full.
        top: What is counted or paid.
        over: What it is divided by; NULL where that sum is 0 or not known.
        less: What is taken off `top` first.
        whole: True: of the whole business only; NULL by channel, platform, account or below.
    """

    id: str
    title: str
    top: Measure
    over: Measure | None = None
    less: Measure | None = None
    factor: int = 1
    unit: Unit = COUNT
    better: Better = NEITHER
    whole: bool = False

    @property
    def measures(self) -> tuple[Measure, ...]:
        """The sums that it needs."""
        return tuple(measure for measure in (self.top, self.less, self.over) if measure is not None)

    @property
    def known(self) -> bool:
        """False while one of its sums has no source yet."""
        return all(measure.origin is not Origin.NOWHERE for measure in self.measures)

    @property
    def formula(self) -> str:
        """What it is, in words: `1000 x spend / impressions`."""
        top = self.top.name if self.less is None else f"({self.top.name} - {self.less.name})"
        factor = "" if self.factor == 1 else f"{self.factor} x "
        return factor + top if self.over is None else f"{factor}{top} / {self.over.name}"

    @property
    def says(self) -> str:
        """The sentences of its entry in the docs: what it is, its unit, and when it is NULL."""
        parts = "; ".join(f"{measure.name}: {measure.says}" for measure in self.measures)
        sentences = (
            f"{self.formula}, where {parts}.",
            f"Unit: {self.unit.value}.",
            self.null_rule,
            NOTES.get(self.id, ""),
        )
        return " ".join(filter(None, sentences))

    @property
    def null_rule(self) -> str:
        """When it is NULL."""
        if not self.known:
            return "NULL: nothing that can be imported yet tells it."
        rule = "NULL where unknown"
        rule += f" or where {self.over.name} is 0" if self.over else ""
        return rule + (", and by channel, platform, account or below." if self.whole else ".")


KPIS: tuple[Kpi, ...] = (
    Kpi("impressions", "Impressions", impressions),
    Kpi("clicks", "Clicks", clicks, better=UP),
    Kpi("spend", "Spend", spend, unit=MONEY),
    Kpi("visits", "Visits", visits, better=UP),
    Kpi("video_starts", "Video starts", video_starts),
    Kpi("completed_views", "Completed views", completed_views, better=UP),
    Kpi("engagements", "Engagements", engagements, better=UP),
    Kpi("ctr", "Click-through rate", clicks, over=impressions, unit=SHARE, better=UP),
    Kpi("cpc", "Cost per click", spend, over=clicks, unit=MONEY, better=DOWN),
    Kpi("cpm", "Cost per thousand impressions", spend, over=impressions, factor=1000, unit=MONEY, better=DOWN),
    Kpi("engagement_rate", "Engagement rate", engagements, over=impressions, unit=SHARE, better=UP),
    Kpi("completion_rate", "Completion rate", completed_views, over=video_starts, unit=SHARE, better=UP),
    Kpi("cpcv", "Cost per completed view", spend, over=completed_views, unit=MONEY, better=DOWN),
    Kpi("leads", "Leads", leads, better=UP),
    Kpi("cpl", "Cost per lead", spend, over=leads, unit=MONEY, better=DOWN),
    Kpi("qualified", "Qualified leads", qualified, better=UP),
    Kpi("cost_per_qualified", "Cost per qualified lead", spend, over=qualified, unit=MONEY, better=DOWN),
    Kpi("lead_to_customer", "Lead to customer", won_leads, over=leads, unit=SHARE, better=UP),
    Kpi("cvr", "Conversion rate of clicks", conversions, over=clicks, unit=RATIO, better=UP),
    Kpi("visit_cvr", "Conversion rate of visits", conversions, over=visits, unit=RATIO, better=UP),
    Kpi("sales_conversion_rate", "Sales conversion rate", orders, over=visits, unit=RATIO, better=UP),
    Kpi("opportunities", "Opportunities", opportunities, better=UP),
    Kpi("pipeline_value", "Pipeline value", pipeline, unit=MONEY, better=UP),
    Kpi("pipeline_per_spend", "Pipeline per spend", pipeline, over=spend, unit=RATIO, better=UP),
    Kpi("pipeline_roi", "Pipeline return on investment", pipeline, less=spend, over=spend, unit=RATIO, better=UP),
    Kpi("pipeline_lag_days", "Days from lead to opportunity", lag_days, over=led_deals, unit=DAYS, better=DOWN),
    Kpi("orders", "Orders", orders, better=UP),
    Kpi("aov", "Average order value", revenue, over=orders, unit=MONEY, better=UP),
    Kpi("revenue", "Revenue", revenue, unit=MONEY, better=UP),
    Kpi("margin", "Margin", margin, unit=MONEY, better=UP),
    Kpi("refund_rate", "Refund rate", refunded, over=sold, unit=SHARE, better=DOWN),
    Kpi("kept_conversions", "Kept conversions", kept_conversions, better=UP),
    Kpi("new_customers", "New customers", new_customers, better=UP),
    Kpi("cac", "Customer acquisition cost", spend, over=new_customers, unit=MONEY, better=DOWN),
    Kpi("nroas", "New-customer return on ad spend", new_customer_revenue, over=spend, unit=RATIO, better=UP),
    Kpi("conversions", "Conversions", conversions, better=UP),
    Kpi("cpa", "Cost per conversion", spend, over=conversions, unit=MONEY, better=DOWN),
    Kpi("roas", "Return on ad spend", revenue, over=spend, unit=RATIO, better=UP),
    Kpi("contribution_roas", "Margin on ad spend", margin, over=spend, unit=RATIO, better=UP),
    Kpi("roi", "Return on investment", margin, less=spend, over=spend, unit=RATIO, better=UP),
    Kpi("mer", "Marketing efficiency ratio", revenue, over=spend, unit=RATIO, better=UP, whole=True),
    Kpi("mrr", "Monthly recurring revenue", recurring_revenue, unit=MONEY, better=UP),
    Kpi("ltv_cac", "Lifetime value to acquisition cost", lifetime_value, over=spend, unit=RATIO, better=UP),
    Kpi("payback_days", "Payback time", days_to_pay_back, unit=DAYS, better=DOWN),
    Kpi("claimed_conversions", "Claimed conversions", claimed_conversions),
    Kpi("over_claim_ratio", "Over-claim ratio", click_claims, over=conversions, unit=RATIO, better=DOWN),
    Kpi("costs", "Other costs", costs, unit=MONEY),
    Kpi("loaded_cac", "Fully loaded acquisition cost", spend_and_costs, over=new_customers, unit=MONEY, better=DOWN),
)  # fmt: skip

# What the docs say of a KPI beside its formula.
NOTES: Mapping[str, str] = {
    "clicks": "Which clicks, each source says.",
    "visits": "0 on days that tracking covers, NULL before and after.",
    "lead_to_customer": "Needs a goal that counts leads, whose people are then followed to a sale.",
    "opportunities": "By channel where a goal counts just opportunities, of every stage.",
    "pipeline_value": (
        "By the day of opening, before refunds. NULL where the amount, or an open deal's probability, is not known "
        "of one of the deals. By channel where a goal counts just opportunities, of every stage."
    ),
    "pipeline_roi": "What is spent today opens deals later: read it beside `pipeline_lag_days`.",
    "pipeline_lag_days": "Needs a goal that counts just opportunities, of every stage.",
    "orders": "NULL under a goal that counts anything but purchases and won deals.",
    "margin": "NULL where one of the conversions has no known margin.",
    "new_customers": "NULL where one of the conversions cannot be told from a repeat.",
    "cac": "Media only; `loaded_cac` adds other costs.",
    "mer": "All revenue over all spend.",
    "mrr": (
        "As of the last day of a row, so that the months of a year are not added up. A trial brings nothing, a renewal "
        "nothing more. In another currency by the rate of the subscription's first day. NULL while a running "
        "subscription's amount is not known."
    ),
    "claimed_conversions": (
        "Only where the platform gives one total: claims told apart by action, click or view, or window "
        "overlap, and are never added up."
    ),
}

KPI_IDS: tuple[str, ...] = tuple(kpi.id for kpi in KPIS)
_BY_ID = {kpi.id: kpi for kpi in KPIS}


def kpis_named(names: Sequence[str]) -> tuple[Kpi, ...]:
    """The KPIs of these ids, in the order asked for; all of them where none is named.

    Raises:
        UnknownName: With the nearest id.
    """
    if not names:
        return KPIS
    for name in names:
        if name not in _BY_ID:
            raise UnknownName("KPI", name, KPI_IDS)
    return tuple(_BY_ID[name] for name in dict.fromkeys(names))
