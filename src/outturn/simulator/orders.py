"""Orders: what was bought for how much, and what became of it. All amounts are whole euro cents."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Self

import numpy as np

from outturn.domain.time import MICROS_PER_DAY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from outturn.simulator.arrays import Bits, Flags, Floats, Ints

PAID, PARTIALLY_REFUNDED, REFUNDED, CANCELLED, PENDING, VOIDED, TEST = range(7)
COUNTED = (PAID, PARTIALLY_REFUNDED, REFUNDED, CANCELLED)
BASELINE = -1

# Name, price in cents without tax.
PRODUCTS = (
    ('Desk lamp, "Arc" - Black', 5900), ("Floor lamp Birch", 12900), ("Pendant Fjord, 40 cm", 8900),
    ("Bulb E27 warm, 3 pcs", 1490), ("Wall light Lume", 4500), ("Table lamp Pebble", 3900),
    ("Outdoor lantern Skagen", 6900), ("LED strip 5 m", 2490), ("Ceiling light Halo", 15900), ("Night light Fox", 1990),
)  # fmt: skip
_PRICES = np.array([price for _, price in PRODUCTS], dtype=np.int64)
_POPULAR = np.cumsum([0.15, 0.06, 0.10, 0.20, 0.12, 0.14, 0.07, 0.09, 0.03])
_ITEMS = 3
_TAX_PERCENT = 19
_SHIPPING = 490
_FREE_FROM = 7900
_LUCK = 16


@dataclass(frozen=True, slots=True)
class Orders:
    """Orders as columns, one row each.

    Attributes:
        at: When it was placed, UTC micros.
        person: Who placed it; -1 for the shop's own staff.
        cause: The campaign that caused it, or -1: it would have come anyway.
        uid: A number that no other order has.
        status: One of the codes above, as it stands when the files are exported.
        visit: The visit in which it was placed, as an index into the part's visits.
        place: Where that visit came from.
        visit_uid: That visit's own number.
        landing: What that visit's landing URL had kept of its tags.
        seen: The tracker saw the order being placed.
        products: Shape (n, 3), -1 for no item; `quantities` alike.
        refunded: What has flowed back by the time of the export, tax and shipping included.
        refund_at: When it did, or 0.
    """

    at: Ints
    person: Ints
    cause: Ints
    uid: Bits
    status: Ints
    visit: Ints
    place: Ints
    visit_uid: Bits
    landing: Ints
    seen: Flags
    products: Ints
    quantities: Ints
    discount: Ints
    subtotal: Ints
    shipping: Ints
    tax: Ints
    total: Ints
    refunded: Ints
    refund_at: Ints

    def __len__(self) -> int:
        return len(self.at)

    def take(self, chosen: Ints | Flags) -> Self:
        """The chosen rows."""
        return type(self)(*(getattr(self, field.name)[chosen] for field in fields(self)))

    @classmethod
    def joined(cls, parts: Sequence[Orders]) -> Self:
        """All parts' rows, one part after the other."""
        return cls(*(np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(cls)))

    @property
    def counted(self) -> Flags:
        """Orders that a shop's ledger counts: paid, whatever flowed back later."""
        return np.isin(self.status, COUNTED)

    @property
    def net_micros(self) -> Ints:
        """Revenue without tax, shipping and discount."""
        return self.subtotal * 10_000

    @property
    def net_refunded_micros(self) -> Ints:
        """The refund without its tax and shipping, which follow the order's own ratio, half to even."""
        total = np.maximum(self.total, 1) * 10_000
        refunded = self.refunded * 10_000
        parts = [_muldiv(refunded, part * 10_000, total) for part in (self.tax, self.shipping)]
        return refunded - parts[0] - parts[1]


def luck(rng: np.random.Generator, count: int) -> Floats:
    """The draws that decide an order's basket and fate, shape (count, 16)."""
    return rng.random((count, _LUCK))


def fill_baskets(draws: Floats) -> dict[str, Ints]:
    """Products, quantities and amounts of orders.

    Args:
        draws: Shape (n, 16), of `luck`.
    """
    chosen = np.searchsorted(_POPULAR, draws[:, 0:_ITEMS], side="right").astype(np.int64)
    quantities = 1 + (draws[:, 3:6] > 0.86).astype(np.int64) + (draws[:, 3:6] > 0.97)  # noqa: PLR2004 - shares
    items = 1 + (draws[:, 6] > 0.62).astype(np.int64) + (draws[:, 6] > 0.90)  # noqa: PLR2004 - shares
    absent = np.arange(_ITEMS)[None, :] >= items[:, None]
    quantities[absent] = 0
    goods = (_PRICES[chosen] * quantities).sum(axis=1)
    discount = np.where(draws[:, 7] < 0.18, goods // 10, 0)  # noqa: PLR2004 - every fifth or so has a code
    subtotal = goods - discount
    shipping = np.where(subtotal >= _FREE_FROM, 0, _SHIPPING)
    tax = (subtotal * _TAX_PERCENT + 50) // 100
    return {
        "products": np.where(absent, -1, chosen), "quantities": quantities, "discount": discount, "subtotal": subtotal,
        "shipping": shipping, "tax": tax, "total": subtotal + shipping + tax,
    }  # fmt: skip


def decide_fates(draws: Floats, at: Ints, total: Ints, *, exported_at: int) -> dict[str, Ints]:
    """Status and refunds: returns take days, so that some of them come after the export.

    Args:
        draws: Shape (n, 16), of `luck`.
        at: When the orders were placed.
        total: Cents, tax and shipping included.
        exported_at: When the files are written; what happens later is not in them.
    """
    bounds = [0.014, 0.022, 0.034, 0.092, 0.152]
    fate = np.array([PENDING, VOIDED, CANCELLED, REFUNDED, PARTIALLY_REFUNDED, PAID])[
        np.searchsorted(bounds, draws[:, 8], side="right")
    ]
    wait_days = np.where(fate == CANCELLED, 0.1 + draws[:, 9], 2.0 - 9.0 * np.log1p(-draws[:, 9]))
    refund_at = at + (wait_days * MICROS_PER_DAY).astype(np.int64)
    flows_back = np.isin(fate, (CANCELLED, REFUNDED, PARTIALLY_REFUNDED))
    late = flows_back & (refund_at >= exported_at)
    partial = np.maximum((total * (0.15 + 0.45 * draws[:, 10])).astype(np.int64), 1)
    refunded = np.where(fate == PARTIALLY_REFUNDED, partial, total)
    happened = flows_back & ~late
    return {
        "status": np.where(late, PAID, fate),
        "refunded": np.where(happened, refunded, 0),
        "refund_at": np.where(happened, refund_at, 0),
    }


def _muldiv(a: Ints, b: Ints, c: Ints) -> Ints:
    """Whole numbers a * b / c, half to even, exact beyond 64 bits."""
    exact = a.astype(object) * b.astype(object)
    whole, rest = exact // c, exact % c
    up = (2 * rest > c) | ((2 * rest == c) & (whole % 2 == 1))
    result: Ints = (whole + up).astype(np.int64)
    return result
