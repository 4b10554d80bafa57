"""The shop's own export: Shopify's orders CSV, one line per item, the order's cells on its first line only."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import numpy as np

from outturn.simulator import orders as fate
from outturn.simulator.clock import HOUR
from outturn.simulator.dice import fractions, scramble
from outturn.simulator.ledger import order_id, order_name
from outturn.simulator.orders import PRODUCTS, Orders
from outturn.simulator.people import email, full_name

if TYPE_CHECKING:
    from pathlib import Path

    from outturn.simulator.landing import Landings
    from outturn.simulator.world import World

HEADER = (
    "Name", "Email", "Financial Status", "Paid at", "Fulfillment Status", "Fulfilled at", "Accepts Marketing",
    "Currency", "Subtotal", "Shipping", "Taxes", "Total", "Discount Code", "Discount Amount", "Shipping Method",
    "Created at", "Lineitem quantity", "Lineitem name", "Lineitem price", "Lineitem compare at price",
    "Lineitem sku", "Lineitem requires shipping", "Lineitem taxable", "Lineitem fulfillment status", "Billing Name",
    "Billing Street", "Billing Address1", "Billing Address2", "Billing Company", "Billing City", "Billing Zip",
    "Billing Province", "Billing Country", "Billing Phone", "Shipping Name", "Shipping Street", "Shipping Address1",
    "Shipping Address2", "Shipping Company", "Shipping City", "Shipping Zip", "Shipping Province",
    "Shipping Country", "Shipping Phone", "Notes", "Note Attributes", "Cancelled at", "Payment Method",
    "Payment Reference", "Refunded Amount", "Vendor", "Outstanding Balance", "Employee", "Location", "Device ID",
    "Id", "Tags", "Risk Level", "Source", "Lineitem discount", "Tax 1 Name", "Tax 1 Value", "Tax 2 Name",
    "Tax 2 Value", "Tax 3 Name", "Tax 3 Value", "Tax 4 Name", "Tax 4 Value", "Tax 5 Name", "Tax 5 Value", "Phone",
    "Receipt Number", "Duties", "Billing Province Name", "Shipping Province Name", "Payment ID",
    "Payment Terms Name", "Next Payment Due At", "Payment References",
)  # fmt: skip
_AT = {name: index for index, name in enumerate(HEADER)}
_STATUS = {
    fate.PAID: "paid", fate.PARTIALLY_REFUNDED: "partially_refunded", fate.REFUNDED: "refunded",
    fate.CANCELLED: "refunded", fate.PENDING: "pending", fate.VOIDED: "voided", fate.TEST: "paid",
}  # fmt: skip
_PAID_BY = {fate.TEST: "Bogus Gateway", fate.PENDING: "Bank Deposit", fate.VOIDED: "Bank Deposit"}
_VENDOR = "Aurora Lamps"
_CITIES = (("Hamburg", "'20095"), ("Leipzig", "'04109"), ("Wien", "'1010"), ("Köln", "'50667"), ("Dresden", "'01067"))
_NOTED_SHARE = 0.72
_SLICE = 10_000

_Row = dict[str, str]


def write_orders(path: Path, world: World, orders: Orders, landings: Landings) -> None:
    """Write the export, oldest order first, in slices, so that memory stays bounded."""
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(HEADER)
        for first in range(0, len(orders), _SLICE):
            rows = np.arange(first, min(first + _SLICE, len(orders)))
            writer.writerows(_lines(world, orders.take(rows), first, landings))


def _lines(world: World, orders: Orders, first: int, landings: Landings) -> list[list[str]]:
    created = world.shop.texts(orders.at)
    ended = world.shop.texts(
        np.where(orders.refund_at > 0, orders.refund_at, np.minimum(orders.at + 2 * HOUR, world.last))
    )
    noted = fractions(scramble(orders.uid, 21)) < _NOTED_SHARE
    odd = fractions(scramble(orders.uid, 22)).tolist()
    products, quantities = orders.products.tolist(), orders.quantities.tolist()
    lines: list[list[str]] = []
    for row in range(len(orders)):
        landing = landings.rows[int(orders.place[row]) * 6 + int(orders.landing[row])]
        notes = landing.notes(int(orders.visit_uid[row])) if noted[row] else []
        both = {"Name": f"#{order_name(first + row)}", "Email": _email(int(orders.person[row]), odd[row])}
        both |= {"Created at": created[row]}
        head = both | _order_cells(orders, row, created[row], ended[row])
        head |= {"Id": order_id(first + row), "Note Attributes": "\n".join(f"{key}: {value}" for key, value in notes)}
        for item, (product, quantity) in enumerate(zip(products[row], quantities[row], strict=True)):
            if product >= 0:
                lines.append(_cells((both if item else head) | _item_cells(product, quantity)))
    return lines


def _order_cells(orders: Orders, row: int, created: str, ended: str) -> _Row:
    status, person = int(orders.status[row]), int(orders.person[row])
    unpaid = status in (fate.PENDING, fate.VOIDED)
    cancelled = status in (fate.CANCELLED, fate.VOIDED)
    discount, total = int(orders.discount[row]), int(orders.total[row])
    name = " ".join(full_name(person)) if person >= 0 else "Aurora Staff"
    city, postcode = _CITIES[person % len(_CITIES)]
    country = "AT" if city == "Wien" else "DE"
    address = {"Name": name, "City": city, "Zip": postcode, "Country": country}
    return {
        "Financial Status": _STATUS[status], "Paid at": "" if unpaid else created,
        "Fulfillment Status": "unfulfilled" if unpaid or cancelled else "fulfilled",
        "Accepts Marketing": "yes" if person % 3 == 0 else "no", "Currency": "EUR",
        "Subtotal": _plain(int(orders.subtotal[row])), "Shipping": _plain(int(orders.shipping[row])),
        "Taxes": _plain(int(orders.tax[row])), "Total": _plain(total),
        "Discount Code": "WELCOME10" if discount else "", "Discount Amount": _plain(discount),
        "Shipping Method": "Standard", "Cancelled at": ended if cancelled else "",
        "Payment Method": _PAID_BY.get(status, "Shopify Payments"),
        "Payment Reference": "" if unpaid else f"c{int(orders.uid[row]):016x}.1",
        "Refunded Amount": _plain(int(orders.refunded[row])),
        "Outstanding Balance": _plain(total if status == fate.PENDING else 0),
        "Tags": "test" if status == fate.TEST else "", "Risk Level": "Low", "Source": "web",
        "Tax 1 Name": "VAT 19%", "Tax 1 Value": _plain(int(orders.tax[row])),
    } | {f"{of} {cell}": text for of in ("Billing", "Shipping") for cell, text in address.items()}  # fmt: skip


def _item_cells(product: int, quantity: int) -> _Row:
    name, price = PRODUCTS[product]
    return {
        "Lineitem quantity": str(quantity), "Lineitem name": name, "Lineitem price": _plain(price),
        "Lineitem sku": f"AL-{product + 1:03d}", "Lineitem requires shipping": "true", "Lineitem taxable": "true",
        "Lineitem fulfillment status": "fulfilled", "Vendor": _VENDOR, "Lineitem discount": "0.00",
    }  # fmt: skip


def _cells(row: _Row) -> list[str]:
    cells = [""] * len(HEADER)
    for name, text in row.items():
        cells[_AT[name]] = text
    return cells


def _email(person: int, odd: float) -> str:
    """As typed at the checkout: now and then in capitals, or with a blank behind it."""
    if person < 0:
        return "staff@aurora-lamps.example"
    plain = email(person)
    if odd < 0.015:  # noqa: PLR2004 - a share
        return plain.title()
    return f"{plain} " if odd < 0.02 else plain  # noqa: PLR2004 - a share


def _plain(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}"
