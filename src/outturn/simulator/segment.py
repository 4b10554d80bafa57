"""A Segment archive: JSON lines of page, identify and track messages as a tracker's cloud stores them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self, TextIO

import numpy as np

from outturn.domain.consent import PURPOSES
from outturn.domain.time import MICROS_PER_SECOND
from outturn.simulator.archive import ARRIVAL, CHECKOUT, INQUIRY, LOGIN, ORDER, REFUND, SECOND_PAGE, Hits, arrival_pages
from outturn.simulator.clock import utc_texts
from outturn.simulator.dice import fractions, scramble
from outturn.simulator.landing import PATHS, SHOP
from outturn.simulator.ledger import order_id, order_name
from outturn.simulator.orders import PRODUCTS
from outturn.simulator.people import anonymous_ids, email, user_id

if TYPE_CHECKING:
    from outturn.simulator.arrays import Ints
    from outturn.simulator.inquiries import Inquiries
    from outturn.simulator.landing import Landings
    from outturn.simulator.play import Part
    from outturn.simulator.world import World

_WEBKIT, _BLINK = "AppleWebKit/605.1.15 (KHTML, like Gecko)", "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/134.0.0.0"
_AGENTS = (
    f"Mozilla/5.0 (iPhone; CPU iPhone OS 18_3 like Mac OS X) {_WEBKIT} Version/18.3 Mobile/15E148 Safari/604.1",
    f"Mozilla/5.0 (Linux; Android 15; Pixel 9) {_BLINK} Mobile Safari/537.36",
    f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {_BLINK} Safari/537.36",
    f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {_WEBKIT} Version/18.3 Safari/605.1.15",
)
_LIBRARY = '"library":{"name":"analytics.js","version":"2.11.1"},"locale":"de-DE"'
_AGREED, _AGREED_TO_ADS = 0.74, 0.61
_RECEIVED_AFTER = MICROS_PER_SECOND * 6 // 5


@dataclass(frozen=True, slots=True)
class _Archive:
    """One part, with the texts that many of its messages share.

    Attributes:
        browsers: By visit, an index into `anonymous`, `agents` and `libraries`.
        ranks: By order, its place in the ledger.
        inquiries: Of the part; None: forms are not tracked.
    """

    part: Part
    landings: Landings
    ranks: Ints
    browsers: Ints
    anonymous: list[str]
    agents: list[str]
    libraries: list[str]
    inquiries: Inquiries | None

    @classmethod
    def of(cls, world: World, part: Part, ranks: Ints, landings: Landings, inquiries: Inquiries | None) -> Self:
        keys, browsers = np.unique(part.browser, return_inverse=True)
        agents = (scramble(keys >> 6, 4) % np.uint64(len(_AGENTS))).tolist()
        return cls(
            part, landings, ranks, browsers.astype(np.int64), anonymous_ids(keys, world.seed),
            [_AGENTS[agent] for agent in agents],
            consent_texts(keys) if world.market.states_consent else [_LIBRARY] * len(keys), inquiries,
        )  # fmt: skip

    def arrivals(self, rows: Ints, at: Ints) -> list[str]:
        contexts = [landing.context for landing in self.landings.rows]
        heads, agents, libraries = self._heads(rows, at), self._agents(rows), self._libraries(rows)
        pages = arrival_pages(self.part, self.landings, rows)
        return [
            f'{{"type":"page","messageId":"p-{uid:016x}",{head},"context":{{{contexts[code]}{library},'
            f'"page":{{"path":"{path}","referrer":"{referrer}","title":"Aurora Lamps","url":"{url}"}},'
            f'"userAgent":"{agent}"}},"properties":{{}}}}\n'
            for (code, uid, path, url, referrer), head, agent, library in zip(
                pages, heads, agents, libraries, strict=True
            )
        ]

    def second_pages(self, rows: Ints, at: Ints) -> list[str]:
        uids = self.part.visits.uid[rows].tolist()
        lines = []
        heads, agents, libraries = self._heads(rows, at), self._agents(rows), self._libraries(rows)
        for uid, head, agent, library in zip(uids, heads, agents, libraries, strict=True):
            path, before = PATHS[(uid + 3) % len(PATHS)], PATHS[uid % len(PATHS)]
            page = f'"path":"{path}","referrer":"{SHOP}{before}","url":"{SHOP}{path}"'
            lines.append(
                f'{{"type":"page","messageId":"q-{uid:016x}",{head},"context":{{{library},"page":{{{page}}},'
                f'"userAgent":"{agent}"}},"properties":{{}}}}\n'
            )
        return lines

    def logins(self, rows: Ints, at: Ints) -> list[str]:
        people, uids = self.part.visits.person[rows].tolist(), self.part.visits.uid[rows].tolist()
        return [
            f'{{"type":"identify","messageId":"i-{uid:016x}",{head},"context":{{{library}}},'
            f'"traits":{{"email":"{email(person)}"}}}}\n'
            for person, uid, head, library in zip(
                people, uids, self._heads(rows, at), self._libraries(rows), strict=True
            )
        ]

    def checkouts(self, rows: Ints, at: Ints) -> list[str]:
        """Who orders leaves an e-mail address, with or without an account."""
        people, uids = self.part.orders.person[rows].tolist(), self.part.orders.uid[rows].tolist()
        libraries = self._libraries(self.part.orders.visit[rows])
        return [
            f'{{"type":"identify","messageId":"c-{uid:016x}",{head},"context":{{{library}}},'
            f'"traits":{{"email":"{email(person)}"}}}}\n'
            for person, uid, head, library in zip(people, uids, self._order_heads(rows, at), libraries, strict=True)
        ]

    def forms(self, rows: Ints, at: Ints) -> list[str]:
        """Who asks for a quote leaves an e-mail address with the form."""
        if self.inquiries is None:
            return []
        sent = self.inquiries.take(rows)
        shared = zip(self._heads(sent.visit, at), self._libraries(sent.visit), strict=True)
        return [
            f'{{"type":"identify","messageId":"g-{uid:016x}",{head},"context":{{{library}}},'
            f'"traits":{{"email":"{email(person)}"}}}}\n'
            f'{{"type":"track","event":"Form Submitted","messageId":"f-{uid:016x}",{head},"context":{{{library}}},'
            f'"properties":{{"form":"Ask for a quote"}}}}\n'
            for person, uid, (head, library) in zip(sent.person.tolist(), sent.uid.tolist(), shared, strict=True)
        ]

    def purchases(self, rows: Ints, at: Ints) -> list[str]:
        return self._order_messages(rows, at, event="Order Completed", letter="o")

    def refunds(self, rows: Ints, at: Ints) -> list[str]:
        return self._order_messages(rows, at, event="Order Refunded", letter="r")

    def _order_messages(self, rows: Ints, at: Ints, *, event: str, letter: str) -> list[str]:
        orders, refunded = self.part.orders.take(rows), event == "Order Refunded"
        ranks, uids, libraries = self.ranks[rows].tolist(), orders.uid.tolist(), self._libraries(orders.visit)
        lines = []
        for row, head in enumerate(self._order_heads(rows, at)):
            amounts = {"total": orders.refunded[row]} if refunded else {
                "total": orders.total[row], "revenue": orders.subtotal[row], "tax": orders.tax[row],
                "shipping": orders.shipping[row], "discount": orders.discount[row],
            }  # fmt: skip
            money = ",".join(f'"{name}":{_plain(int(cents))}' for name, cents in amounts.items())
            items = "" if refunded else f',"products":[{_items(orders.products[row], orders.quantities[row])}]'
            lines.append(
                f'{{"type":"track","event":"{event}","messageId":"{letter}-{uids[row]:016x}",{head},"context":{{{libraries[row]}}},'
                f'"properties":{{"order_id":"{order_id(ranks[row])}","order_name":"#{order_name(ranks[row])}","currency":"EUR",'
                f"{money}{items}}}}}\n"
            )
        return lines

    def _order_heads(self, rows: Ints, at: Ints) -> list[str]:
        return self._heads(self.part.orders.visit[rows], at, known=True)

    def _heads(self, visits: Ints, at: Ints, *, known: bool = False) -> list[str]:
        """Who and when. `known`: an account's holder is logged in, as at the checkout."""
        person = self.part.visits.person[visits]
        own = person - self.part.people.first
        told = self.part.people.account[own] if known else self.part.logged_in[visits]
        columns = (self.browsers[visits].tolist(), person.tolist(), told.tolist())
        times = zip(utc_texts(at), utc_texts(at + _RECEIVED_AFTER), strict=True)
        return [
            f'"anonymousId":"{self.anonymous[browser]}","userId":{_quoted(who) if is_known else "null"},'
            f'"timestamp":"{sent}","receivedAt":"{received}"'
            for browser, who, is_known, (sent, received) in zip(*columns, times, strict=True)
        ]

    def _agents(self, visits: Ints) -> list[str]:
        return [self.agents[browser] for browser in self.browsers[visits].tolist()]

    def _libraries(self, visits: Ints) -> list[str]:
        return [self.libraries[browser] for browser in self.browsers[visits].tolist()]


def write_segment(
    out: TextIO, world: World, part: Part, *, ranks: Ints, landings: Landings, inquiries: Inquiries | None = None
) -> None:
    """Append one part's messages, in order of time; `inquiries` are the part's, where forms are tracked."""
    archive = _Archive.of(world, part, ranks, landings, inquiries)
    formatters = {
        ARRIVAL: archive.arrivals, SECOND_PAGE: archive.second_pages, LOGIN: archive.logins,
        CHECKOUT: archive.checkouts, ORDER: archive.purchases, REFUND: archive.refunds, INQUIRY: archive.forms,
    }  # fmt: skip
    out.writelines(Hits.of(part, inquiries).texts(formatters))


def consent_texts(keys: Ints) -> list[str]:
    """By browser, the context's part that says which tracker it is and what was agreed to: each browser once."""
    drawn = fractions(scramble(keys, 15))
    told = (
        {"analytics_storage": one < _AGREED, **dict.fromkeys(PURPOSES[1:], one < _AGREED_TO_ADS)}
        for one in drawn.tolist()
    )
    return [f'{_LIBRARY},"consent":{{"categoryPreferences":{json.dumps(one, separators=(",", ":"))}}}' for one in told]


def _quoted(person: int) -> str:
    return f'"{user_id(person)}"'


def _items(products: Ints, quantities: Ints) -> str:
    told = [
        f'{{"product_id":"AL-{product + 1:03d}","price":{_plain(PRODUCTS[product][1])},"quantity":{quantity}}}'
        for product, quantity in zip(products.tolist(), quantities.tolist(), strict=True)
        if product >= 0
    ]
    return ",".join(told)


def _plain(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}"
