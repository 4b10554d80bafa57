"""Faults of imports: exports that stopped, and reports that were rewritten."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from outturn.simulator.fault_files import GOOGLE, ORDERS, cents, heads
from outturn.simulator.faults_campaigns import shop_day
from outturn.simulator.planted import Fault, Planted, chosen

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np

    from outturn.simulator.fault_files import Files

RESTATED = "google_ads_restated.csv"
_PREAMBLE = 2
_UNSETTLED_DAYS = 5
_DEARER_PERCENT = 140
_HITS = ("page", "track")


def _stop_shop(files: Files, share: float, _rng: np.random.Generator) -> Planted:
    """The shop's export ends early, by `share` of all days; everything else goes on."""
    days = _days(files)
    first, last = date.fromisoformat(days[0]), date.fromisoformat(days[-1])
    end = last - timedelta(days=max(1, round(share * ((last - first).days + 1))))
    orders = files.orders()
    kept = {order["Name"] for order in heads(orders) if order["Created at"][:10] <= end.isoformat()}
    left = [row for row in orders if row["Name"] in kept]
    files.write_table(ORDERS, left)
    stopped = date.fromisoformat(max(order["Created at"][:10] for order in heads(left)))
    # A visit that begins minutes before the end of the last day has its next page on the day after.
    seen = max(shop_day(one) for one in files.messages() if one["type"] in _HITS)
    others_last = max(last, date.fromisoformat(seen))
    return Planted((others_last - stopped).days, where={"source": "shopify", "subject": "ledger"})


def _restate(files: Files, share: float, rng: np.random.Generator) -> Planted:
    """A later report of days long past has other costs: it was taken with another setting."""
    days = set(chosen(_days(files)[:-_UNSETTLED_DAYS], share, rng))
    rows = [row for row in files.table(GOOGLE, preamble=_PREAMBLE) if row["Day"] in days]
    for row in rows:
        dearer = cents(row["Cost"].replace(",", "")) * _DEARER_PERCENT // 100
        row["Cost"] = f"{dearer // 100}.{dearer % 100:02d}"
    files.write_table(RESTATED, rows, preamble=_PREAMBLE, like=GOOGLE)
    return Planted(len(days), where={"platform": "google_ads", "subject": "spend"})


def _days(files: Files) -> list[str]:
    """The days of Google's report."""
    return sorted({row["Day"] for row in files.table(GOOGLE, preamble=_PREAMBLE) if row["Day"][:1].isdigit()})


FAULTS: Mapping[str, Fault] = {
    "restatements": _restate,
    "stale_imports": _stop_shop,
}
