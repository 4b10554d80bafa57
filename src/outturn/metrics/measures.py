"""What a KPI divides: additive figures, each with the table that it is summed from."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Origin(Enum):
    """Where a measure is summed from; the value is how docs say it."""

    DAY = "what platforms and tracking report (channel_day)"
    SALES = "the ledger (conversions); by channel, credited under the model (credits)"
    STAGES = "the ledger (outcomes); by channel, credited where a goal counts just this kind"
    DEALS = "the ledger's deals (deals); by channel, credited where a goal counts just opportunities"
    LAGS = "the ledger (conversions of a goal that counts just opportunities); not known by channel"
    COHORT = "the ledger (conversions of the same people); not known by channel"
    RECURRING = "the ledger's subscriptions (outcomes) up to a row's last day; not known by channel"
    NOWHERE = "no source yet: NULL"


@dataclass(frozen=True, slots=True)
class Measure:
    """One additive figure.

    Attributes:
        name: Its name among the sums.
        says: What it counts, as a noun.
        money: True: whole micros of the workspace's currency. False: a count, which credits make fractional.
    """

    name: str
    origin: Origin
    says: str
    money: bool = False


impressions = Measure("impressions", Origin.DAY, "times an ad was shown")
clicks = Measure("clicks", Origin.DAY, "clicks that the source bills or reports as link clicks")
visits = Measure("visits", Origin.DAY, "touches that brought somebody: all kinds but views")
video_starts = Measure("video_starts", Origin.DAY, "videos begun")
completed_views = Measure("completed_views", Origin.DAY, "videos watched to the end")
engagements = Measure("engagements", Origin.DAY, "engagements, as the platform counts them")
spend = Measure("spend", Origin.DAY, "what the platforms billed, converted by the day's rate", money=True)
costs = Measure("costs", Origin.DAY, "other costs: fees, commissions, production", money=True)
spend_and_costs = Measure("spend_and_costs", Origin.DAY, "spend and other costs", money=True)
claimed_conversions = Measure("claimed_conversions", Origin.DAY, "conversions that platforms claim, apart from sales")

conversions = Measure("conversions", Origin.SALES, "conversions of the goal")
kept_conversions = Measure("kept_conversions", Origin.SALES, "conversions that were not wholly refunded")
orders = Measure("orders", Origin.SALES, "purchases and won deals of the goal")
revenue = Measure("revenue", Origin.SALES, "revenue on the revenue basis, refunds deducted", money=True)
margin = Measure("margin", Origin.SALES, "margin, refunds deducted", money=True)
refunded = Measure("refunded", Origin.SALES, "refunded value", money=True)
sold = Measure("sold", Origin.SALES, "value before refunds", money=True)
new_customers = Measure("new_customers", Origin.SALES, "first purchases or won deals of a customer")
new_customer_revenue = Measure("new_customer_revenue", Origin.SALES, "revenue of new customers", money=True)

leads = Measure("leads", Origin.STAGES, "leads")
qualified = Measure("qualified", Origin.STAGES, "qualified leads")
won_leads = Measure("won_leads", Origin.COHORT, "leads of the period whose people, or companies, bought later")
opportunities = Measure("opportunities", Origin.DEALS, "deals, on the day of their opening")
pipeline = Measure(
    "pipeline",
    Origin.DEALS,
    "open deals times the probability of their last stage, won ones whole, lost ones nothing",
    money=True,
)
lag_days = Measure("lag_days", Origin.LAGS, "days from the lead to the opening of deals whose lead is known")
led_deals = Measure("led_deals", Origin.LAGS, "these deals")

recurring_revenue = Measure(
    "recurring_revenue",
    Origin.RECURRING,
    "what subscriptions bring a month: starts and expansions, less contractions and churn",
    money=True,
)
lifetime_value = Measure("lifetime_value", Origin.NOWHERE, "lifetime value of new customers", money=True)
days_to_pay_back = Measure("days_to_pay_back", Origin.NOWHERE, "days until margin covers what a customer cost")
click_claims = Measure("click_claims", Origin.NOWHERE, "conversions claimed after clicks, by action and window")

# Where outcomes of a stage are counted, these are the kinds.
STAGE_KINDS = {"leads": "lead", "qualified": "qualified"}
# A conversion of one of these kinds is an order.
ORDER_KINDS = frozenset({"purchase", "won"})
