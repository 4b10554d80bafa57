"""Faults of restatements: a later report or export tells days that had settled anew, taken with another setting."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outturn.simulator.fault_files import GOOGLE, GOOGLE_PREAMBLE, ORDERS, cents, counted, google_days, heads
from outturn.simulator.planted import Fault, Planted, chosen

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy as np

    from outturn.simulator.fault_files import Files, Row

REPORT, EXPORT = "google_ads_restated.csv", "shopify_orders_restated.csv"
_SPEND_SETTLED_DAYS, _CLAIMS_SETTLED_DAYS, _ORDERS_SETTLED_DAYS = 5, 35, 14
_DEARER_PERCENT = 140
_TIMES_CLAIMED = 3
_AMOUNTS = (
    "Subtotal", "Shipping", "Taxes", "Total", "Discount Amount", "Refunded Amount", "Outstanding Balance",
    "Lineitem price",
)  # fmt: skip


def _restate(files: Files, share: float, rng: np.random.Generator) -> Planted:
    """The dice say of what: spend, claims or the shop's orders."""
    subject = list(SUBJECTS)[int(rng.integers(len(SUBJECTS)))]
    return SUBJECTS[subject](files, share, rng)


def _restate_spend(files: Files, share: float, rng: np.random.Generator) -> Planted:
    """A later report of days long past has other costs: it was taken in another currency."""
    days = set(chosen(google_days(files)[:-_SPEND_SETTLED_DAYS], share, rng))
    _report_again(files, days, lambda row: row.update({"Cost": _dearer(row["Cost"])}))
    return Planted(len(days), where={"platform": "google_ads", "subject": "spend"})


def _restate_claims(files: Files, share: float, rng: np.random.Generator) -> Planted:
    """A later report counts baskets and inquiries as conversions; `share` of all days, out of those long past."""
    days = google_days(files)
    claiming = {row["Day"] for row in files.table(GOOGLE, preamble=GOOGLE_PREAMBLE) if _number(row["Conversions"])}
    settled = [day for day in days[:-_CLAIMS_SETTLED_DAYS] if day in claiming]
    again = set(chosen(settled, share * len(days) / max(len(settled), 1), rng))
    _report_again(files, again, _claim_more)
    return Planted(len(again), where={"platform": "google_ads", "subject": "claims"})


def _restate_orders(files: Files, share: float, rng: np.random.Generator) -> Planted:
    """A later export of a stretch of days tells amounts in another currency under the name of the shop's."""
    orders = files.orders()
    sold = sorted({order["Created at"][:10] for order in heads(orders) if counted(order) and cents(order["Total"])})
    settled = [day for day in sold if day <= google_days(files)[-_ORDERS_SETTLED_DAYS - 1]]
    length = min(len(settled), max(1, round(share * len(sold))))
    start = int(rng.integers(len(settled) - length + 1))
    days = settled[start : start + length]
    names = {order["Name"] for order in heads(orders) if order["Created at"][:10] in days}
    rows = [row for row in orders if row["Name"] in names]
    for row in rows:
        row |= {name: _dearer(row[name]) for name in _AMOUNTS if row[name]}
    files.write_table(EXPORT, rows, like=ORDERS)
    return Planted(len(days), where={"source": "shopify", "subject": "ledger"})


def _report_again(files: Files, days: set[str], change: Callable[[Row], None]) -> None:
    rows = [row for row in files.table(GOOGLE, preamble=GOOGLE_PREAMBLE) if row["Day"] in days]
    for row in rows:
        change(row)
    files.write_table(REPORT, rows, preamble=GOOGLE_PREAMBLE, like=GOOGLE)


def _claim_more(row: Row) -> None:
    for name in ("Conversions", "Conv. value"):
        row[name] = f"{_TIMES_CLAIMED * _number(row[name]):.2f}"


def _number(cell: str) -> float:
    return float(cell.replace(",", "") or 0)


def _dearer(amount: str) -> str:
    dearer = cents(amount.replace(",", "")) * _DEARER_PERCENT // 100
    return f"{dearer // 100}.{dearer % 100:02d}"


SUBJECTS: Mapping[str, Fault] = {"spend": _restate_spend, "claims": _restate_claims, "ledger": _restate_orders}
"""What can be restated, by the word of the check."""

FAULTS: Mapping[str, Fault] = {"restatements": _restate}
