"""GA4's BigQuery event export as JSON lines: sessions, page views, logins, purchases and refunds, no e-mail."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self, TextIO

import numpy as np

from outturn.domain.time import MICROS_PER_SECOND
from outturn.simulator.archive import ARRIVAL, LOGIN, ORDER, REFUND, SECOND_PAGE, Hits, arrival_pages
from outturn.simulator.dice import scramble
from outturn.simulator.landing import PATHS, SHOP, Landing, click_value
from outturn.simulator.ledger import order_name
from outturn.simulator.people import user_id

if TYPE_CHECKING:
    from outturn.simulator.arrays import Ints
    from outturn.simulator.landing import Landings
    from outturn.simulator.play import Part
    from outturn.simulator.world import World


@dataclass(frozen=True, slots=True)
class _Export:
    """One part, with what its events share."""

    world: World
    part: Part
    landings: Landings
    ranks: Ints
    browsers: Ints
    clients: list[str]

    @classmethod
    def of(cls, world: World, part: Part, ranks: Ints, landings: Landings) -> Self:
        keys, browsers = np.unique(part.browser, return_inverse=True)
        upper, lower = scramble(keys, 2 * world.seed + 11).tolist(), scramble(keys, 2 * world.seed + 12).tolist()
        clients = [f"{a % 2_147_483_647}.{1_700_000_000 + b % 60_000_000}" for a, b in zip(upper, lower, strict=True)]
        return cls(world, part, landings, ranks, browsers.astype(np.int64), clients)

    def arrivals(self, rows: Ints, at: Ints) -> list[str]:
        """Session start and first page view, both with where the visit came from."""
        lines = []
        pages = arrival_pages(self.part, self.landings, rows)
        for (code, uid, _, url, referrer), who, when, session in zip(pages, *self._heads(rows, at), strict=True):
            told = _params(session, url, referrer) + who + _collected(self.landings.rows[code], uid)
            lines.append(f'{when}"event_name":"session_start",{told}}}\n{when}"event_name":"page_view",{told}}}\n')
        return lines

    def second_pages(self, rows: Ints, at: Ints) -> list[str]:
        uids = self.part.visits.uid[rows].tolist()
        lines = []
        for uid, who, when, session in zip(uids, *self._heads(rows, at), strict=True):
            path, before = PATHS[(uid + 3) % len(PATHS)], PATHS[uid % len(PATHS)]
            lines.append(f'{when}"event_name":"page_view",{_params(session, SHOP + path, SHOP + before)}{who}}}\n')
        return lines

    def logins(self, rows: Ints, at: Ints) -> list[str]:
        return [
            f'{when}"event_name":"login",{_params(session, SHOP + "/account", "")}{who}}}\n'
            for who, when, session in zip(*self._heads(rows, at), strict=True)
        ]

    def purchases(self, rows: Ints, at: Ints) -> list[str]:
        return self._order_events(rows, at, event="purchase", cents=self.part.orders.total[rows])

    def refunds(self, rows: Ints, at: Ints) -> list[str]:
        return self._order_events(rows, at, event="refund", cents=self.part.orders.refunded[rows])

    def _order_events(self, rows: Ints, at: Ints, *, event: str, cents: Ints) -> list[str]:
        heads = self._heads(self.part.orders.visit[rows], at, known=True)
        field = "purchase_revenue" if event == "purchase" else "refund_value"
        lines = []
        for rank, amount, who, when, session in zip(self.ranks[rows].tolist(), cents.tolist(), *heads, strict=True):
            money = f"{amount // 100}.{amount % 100:02d}"
            params = (
                f'"event_params":[{_session(session)},{{"key":"currency","value":{{"string_value":"EUR"}}}},'
                f'{{"key":"value","value":{{"double_value":{money}}}}},'
                f'{{"key":"transaction_id","value":{{"string_value":"{order_name(rank)}"}}}}]'
            )
            shop = f'"ecommerce":{{"transaction_id":"{order_name(rank)}","{field}":{money}}}'
            lines.append(f'{when}"event_name":"{event}",{params}{who},{shop}}}\n')
        return lines

    def _heads(self, visits: Ints, at: Ints, *, known: bool = False) -> tuple[list[str], list[str], list[int]]:
        """Who (the fields after the parameters), when (the fields before), and the session."""
        person = self.part.visits.person[visits]
        told = self.part.people.account[person - self.part.people.first] if known else self.part.logged_in[visits]
        who = [
            f',"user_pseudo_id":"{self.clients[browser]}"' + (f',"user_id":"{user_id(number)}"' if is_known else "")
            for browser, number, is_known in zip(
                self.browsers[visits].tolist(), person.tolist(), told.tolist(), strict=True
            )
        ]
        days = [text[:10].replace("-", "") for text in self.world.shop.texts(at)]
        dated = zip(days, at.tolist(), strict=True)
        when = [f'{{"event_date":"{day}","event_timestamp":"{micros}",' for day, micros in dated]
        return who, when, (self.part.visits.at[visits] // MICROS_PER_SECOND).tolist()


def write_ga4(out: TextIO, world: World, part: Part, *, ranks: Ints, landings: Landings) -> None:
    """Append one part's events, in order of time."""
    export = _Export.of(world, part, ranks, landings)
    formatters = {
        ARRIVAL: export.arrivals, SECOND_PAGE: export.second_pages, LOGIN: export.logins,
        ORDER: export.purchases, REFUND: export.refunds,
    }  # fmt: skip
    out.writelines(Hits.of(part).texts(formatters))


def _session(session: int) -> str:
    return f'{{"key":"ga_session_id","value":{{"int_value":"{session}"}}}}'


def _params(session: int, url: str, referrer: str) -> str:
    parts = [_session(session), f'{{"key":"page_location","value":{{"string_value":"{url}"}}}}']
    if referrer:
        parts.append(f'{{"key":"page_referrer","value":{{"string_value":"{referrer}"}}}}')
    return f'"event_params":[{",".join(parts)}]'


def _collected(landing: Landing, uid: int) -> str:
    names = {"utm_source": "manual_source", "utm_medium": "manual_medium", "utm_campaign": "manual_campaign_name"}
    told = {names[key]: value for key, value in landing.utms}
    if landing.click_id == "gclid":
        told["gclid"] = click_value("gclid", uid)
    return f',"collected_traffic_source":{json.dumps(told)}' if told else ""
