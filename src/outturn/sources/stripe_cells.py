"""What Stripe's tables have in common: its minor units, its customers, and whether a row is of test mode."""

from __future__ import annotations

from outturn.sources.minor_units import minor_micros
from outturn.sources.source import Cell, Kind

_OWN_DIGITS = {"ISK": 2, "UGX": 2, "MGA": 0}
CURRENCY = Cell("currency", Kind.CURRENCY, ("currency",), required=True)
LIVE = Cell("livemode", Kind.FLAG, ("livemode",))


def minor(amount: str) -> str:
    """SQL for the micros of an amount (SQL) in the row's currency, as Stripe counts its minor units."""
    return minor_micros(amount, "currency", own=_OWN_DIGITS)


def customer_cell(*headers: str) -> Cell:
    """Stripe's id of a customer, by the headers that it bears."""
    return Cell("crm_key", Kind.KEY, headers, identity="crm")
