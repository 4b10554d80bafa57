"""Faults of sales: what tracker and ledger tell differently of orders."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from outturn.simulator.fault_files import ORDERS, cents, counted, heads, is_event, net_micros
from outturn.simulator.landing import SHOP
from outturn.simulator.planted import Fault, Planted, chosen

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np

    from outturn.simulator.fault_files import Files

_SOURCE = {"source": "segment"}
_COMPLETED, _REFUNDED = "Order Completed", "Order Refunded"


def _lose_purchases(files: Files, share: float, rng: np.random.Generator) -> Planted:
    """The purchase event is never sent; `share` of the orders that had one."""
    messages = files.messages()
    lost = {id(one) for one in chosen([one for one in messages if is_event(one, _COMPLETED)], share, rng)}
    files.write_messages([one for one in messages if id(one) not in lost])
    seen = {one["properties"]["order_id"] for one in files.messages() if is_event(one, _COMPLETED)}
    unseen = [order for order in heads(files.orders()) if counted(order) and order["Id"] not in seen]
    return Planted(len(unseen), sum(map(net_micros, unseen)), _SOURCE)


def _lose_orders(files: Files, share: float, rng: np.random.Generator) -> Planted:
    """The shop's export lacks orders; `share` of those that the tracker saw."""
    bought = {one["properties"]["order_id"] for one in files.messages() if is_event(one, _COMPLETED)}
    orders = files.orders()
    # The first and the last order stay: they say which days the ledger covers.
    own = heads(orders)[1:-1]
    lost = chosen([order for order in own if order["Id"] in bought], share, rng)
    names = {order["Name"] for order in lost}
    left = [row for row in orders if row["Name"] not in names]
    files.write_table("shopify_orders.csv", left)
    unheld = bought - {order["Id"] for order in heads(left)}
    # What orders that were lost before have cost, the files do not say any more.
    money = sum(map(net_micros, lost)) if len(unheld) == len(lost) else None
    return Planted(len(unheld), money, _SOURCE)


def _repeat_purchases(files: Files, share: float, rng: np.random.Generator) -> Planted:
    """The thank-you page is loaded again, and sends the purchase again."""
    messages = files.messages()
    again = {id(one) for one in chosen([one for one in messages if is_event(one, _COMPLETED)], share, rng)}
    told = []
    for one in messages:
        told.append(one)
        if id(one) in again:
            told.append(json.loads(json.dumps(one)) | {"messageId": f"{one['messageId']}-again"})
    files.write_messages(told)
    repeated = {one["properties"]["order_id"] for one in messages if id(one) in again}
    money = sum(net_micros(order) for order in heads(files.orders()) if counted(order) and order["Id"] in repeated)
    return Planted(len(repeated), money, _SOURCE)


def _track_twice(files: Files, share: float, rng: np.random.Generator) -> Planted:
    """The page sends the purchase that the server sends, too, under an id of its own."""
    messages = files.messages()
    twice = {id(one) for one in chosen([one for one in messages if is_event(one, _COMPLETED)], share, rng)}
    told = []
    for one in messages:
        told.append(one)
        if id(one) in twice:
            seen = one["context"] | {"page": {"url": f"{SHOP}/thank-you", "path": "/thank-you"}}
            told.append(one | {"messageId": f"{one['messageId']}-page", "context": seen})
    files.write_messages(told)
    numbers = {one["properties"]["order_id"] for one in messages if id(one) in twice}
    money = sum(net_micros(order) for order in heads(files.orders()) if counted(order) and order["Id"] in numbers)
    return Planted(len(numbers), money, _SOURCE)


def _copy_orders(files: Files, share: float, rng: np.random.Generator) -> Planted:
    """An app writes orders anew: another number and id, the same payment."""
    orders = files.orders()
    paid = [order for order in heads(orders) if counted(order) and not cents(order["Refunded Amount"])]
    copies = chosen(paid, share, rng)
    names = {order["Name"]: f"#9{order['Name'][1:]}" for order in copies}
    rows = [
        row | {"Name": names[row["Name"]], "Id": row["Id"] and f"9{row['Id']}"}
        for row in orders
        if row["Name"] in names
    ]
    files.write_table(ORDERS, [*orders, *rows])
    return Planted(len(copies), sum(map(net_micros, copies)), {"source": "shopify"})


def _tax_twice(files: Files, share: float, rng: np.random.Generator) -> Planted:
    """The tag adds the tax to a total that has it already."""
    messages = files.messages()
    orders = {order["Id"]: order for order in heads(files.orders()) if counted(order)}
    bought = [one for one in messages if is_event(one, _COMPLETED) and one["properties"]["order_id"] in orders]
    wrong = chosen(bought, share, rng)
    money = 0
    for one in wrong:
        tax = cents(orders[one["properties"]["order_id"]]["Taxes"])
        money += tax * 10_000
        one["properties"]["total"] = round(one["properties"]["total"] + tax / 100, 2)
    files.write_messages(messages)
    return Planted(len(wrong), money, {**_SOURCE, "subject": "amount"})


def _lose_refunds(files: Files, share: float, rng: np.random.Generator) -> Planted:
    """Refunds are booked in the shop's backend, where no tag is."""
    messages = files.messages()
    lost = {id(one) for one in chosen([one for one in messages if is_event(one, _REFUNDED)], share, rng)}
    files.write_messages([one for one in messages if id(one) not in lost])
    left = [one for one in messages if id(one) not in lost]
    sold = {one["properties"]["order_id"] for one in left if is_event(one, _COMPLETED)}
    told = {one["properties"]["order_id"] for one in left if is_event(one, _REFUNDED)}
    back = [
        order
        for order in heads(files.orders())
        if counted(order) and cents(order["Refunded Amount"]) and order["Id"] in sold - told
    ]
    money = sum(net_micros(one) * cents(one["Refunded Amount"]) // cents(one["Total"]) for one in back)
    return Planted(len(back), money, _SOURCE)


def _track_tests(files: Files, share: float, rng: np.random.Generator) -> Planted:
    """The staff buys through a test gateway, and the tag fires."""
    bought = {one["properties"]["order_id"] for one in files.messages() if is_event(one, _COMPLETED)}
    orders = files.orders()
    own = [order for order in heads(orders)[1:-1] if counted(order) and not cents(order["Refunded Amount"])]
    tests = chosen([order for order in own if order["Id"] in bought], share, rng)
    for order in tests:
        order |= {"Tags": "test", "Payment Method": "Bogus Gateway"}
    files.write_table("shopify_orders.csv", orders)
    return Planted(len(tests), where=_SOURCE)


def _lose_zone(files: Files, share: float, rng: np.random.Generator) -> Planted:
    """A spreadsheet wrote local times as if they were UTC."""
    orders = files.orders()
    wrong = {order["Name"] for order in chosen(heads(orders), share, rng)}
    bought = {one["properties"]["order_id"] for one in files.messages() if is_event(one, _COMPLETED)}
    ahead = 0
    for row in orders:
        if row["Name"] in wrong:
            # Summer time comes within the span: either offset is as wrong.
            ahead += bool(row["Id"] in bought and counted(row) and row["Created at"].endswith("+0100"))
            for cell in ("Created at", "Paid at", "Cancelled at"):
                row[cell] = row[cell].replace("+0100", "+0000").replace("+0200", "+0000")
    files.write_table("shopify_orders.csv", orders)
    return Planted(ahead, where={**_SOURCE, "subject": "shopify is 1 h ahead of segment"})


def _lose_buyers(files: Files, share: float, rng: np.random.Generator) -> Planted:
    """The export leaves the buyer out."""
    orders = files.orders()
    names = {order["Name"] for order in chosen([one for one in heads(orders) if counted(one)], share, rng)}
    for row in orders:
        if row["Name"] in names:
            row |= {"Email": "", "Note Attributes": "", "Phone": "", "Billing Phone": "", "Shipping Phone": ""}
    files.write_table("shopify_orders.csv", orders)
    money = sum(net_micros(order) for order in heads(orders) if order["Name"] in names)
    return Planted(len(names), money, {"source": "shopify"})


def _cut_ties(files: Files, share: float, rng: np.random.Generator) -> Planted:
    """Browsers get another id at the checkout than on the pages before it, and sign-ins are not told."""
    orders, messages = files.orders(), files.messages()
    buyers = {order["Email"].lower() for order in chosen([one for one in heads(orders) if counted(one)], share, rng)}
    known = [one for one in messages if one["type"] == "identify" and one["traits"]["email"].lower() in buyers]
    browsers = {one["anonymousId"] for one in known}
    told = []
    for one in messages:
        if one["type"] == "identify" and one["messageId"].startswith("i-") and one["anonymousId"] in browsers:
            continue
        if one["type"] == "page" and one["anonymousId"] in browsers:
            one |= {"anonymousId": f"before-{one['anonymousId']}", "userId": None}
        told.append(one)
    files.write_messages(told)
    for order in orders:
        if order["Email"].lower() in buyers:
            order["Note Attributes"] = ""
    files.write_table("shopify_orders.csv", orders)
    if share < 1:
        # Who else never had a touch, the files do not say.
        return Planted(None, None, {"source": "shopify"})
    every = [order for order in heads(orders) if counted(order)]
    return Planted(len(every), sum(map(net_micros, every)), {"source": "shopify"})


FAULTS: Mapping[str, Fault] = {
    "orders_without_event": _lose_purchases,
    "events_without_order": _lose_orders,
    "duplicate_conversions": _repeat_purchases,
    "browser_and_server": _track_twice,
    "duplicate_sales": _copy_orders,
    "value_mismatch": _tax_twice,
    "refunds_untracked": _lose_refunds,
    "test_orders": _track_tests,
    "clock_differs": _lose_zone,
    "nameless_sales": _lose_buyers,
    "revenue_without_touch": _cut_ties,
}
