"""Faults of imports: exports that stopped."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from outturn.simulator.fault_files import ORDERS, google_days, heads
from outturn.simulator.faults_campaigns import shop_day
from outturn.simulator.planted import Fault, Planted

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np

    from outturn.simulator.fault_files import Files

_HITS = ("page", "track")


def _stop_shop(files: Files, share: float, _rng: np.random.Generator) -> Planted:
    """The shop's export ends early, by `share` of all days; everything else goes on."""
    days = google_days(files)
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


FAULTS: Mapping[str, Fault] = {"stale_imports": _stop_shop}
