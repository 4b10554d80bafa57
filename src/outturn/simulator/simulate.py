"""Simulate: a market lives through its days, and its files come out as real life would give them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Literal

import numpy as np

from outturn.domain.errors import UnknownName, UsageError
from outturn.simulator.ads import write_costs, write_google, write_meta
from outturn.simulator.aurora import AURORA
from outturn.simulator.claims import Tally
from outturn.simulator.ga4 import write_ga4
from outturn.simulator.hubspot import write_hubspot
from outturn.simulator.inquiries import LEAD_ADS, Inquiries, write_lead_ads
from outturn.simulator.landing import Landings
from outturn.simulator.ledger import Ledger
from outturn.simulator.play import Part, play
from outturn.simulator.rates import euros
from outturn.simulator.segment import write_segment
from outturn.simulator.shopify import write_orders
from outturn.simulator.truth import PlaceTruth, Truth
from outturn.simulator.world import World

if TYPE_CHECKING:
    from pathlib import Path

    from outturn.simulator.market import Market
    from outturn.simulator.orders import Orders

Tracking = Literal["segment", "ga4"]
TRUTH_FILE = "truth.json"
ARCHIVES: dict[str, str] = {"segment": "segment_archive.jsonl", "ga4": "ga4_events.jsonl"}
_WRITERS = {"segment": write_segment, "ga4": write_ga4}


def simulate(  # noqa: PLR0913 - what a run is made of
    folder: Path, *, people: int = 30_000, days: int = 90, seed: int = 7, start: date,
    tracking: Tracking = "segment", market: Market = AURORA, crm: bool = False,
) -> Truth:  # fmt: skip
    """Play a market and write the files that it leaves behind.

    The population is played in parts of `market.part_people`: memory holds one part, and all orders, but
    never all touches. With several parts each is played twice, because orders are numbered in order of
    time and the tracker's archive must name them.

    Args:
        folder: Made if need be. Gets `google_ads_campaigns.csv`, `meta_ads_campaigns.csv`,
            `shopify_orders.csv`, the archive, `costs.csv`, `eurofxref-hist.csv` and `truth.json`.
        people: Who may visit; about 5 touches each over 90 days.
        days: The span, in the shop's zone.
        seed: Equal arguments give equal bytes.
        start: The first day.
        tracking: Whose archive is written: `segment_archive.jsonl` or `ga4_events.jsonl`.
        market: What is played; `market.without("Display")` is a counterfactual.
        crm: People ask for quotes, too: on the site, which the archive tells, or inside an ad (`lead_ads.csv`); and
            `hubspot_*.csv` hold what became of them. Everything else stays as it is without.

    Raises:
        UnknownName: No such tracking.
        UsageError: No people, no days, a negative seed, or a CRM beside another archive than Segment's.
    """
    if tracking not in _WRITERS:
        raise UnknownName("tracking", tracking, _WRITERS)
    if crm and tracking != "segment":
        raise UsageError(f"forms for the CRM are written into a Segment archive only; got {tracking=}")
    world = World.of(market, people=people, days=days, seed=seed, start=start)
    folder.mkdir(parents=True, exist_ok=True)
    tally, kept = Tally.empty(world), []
    part: Part | None = None
    for number in range(world.parts):
        part = play(world, number)
        tally.add(world, part)
        kept.append(part.orders)
    ledger, landings = Ledger.of(world, kept), Landings.of(world)
    asked: list[Inquiries] = []
    with (folder / ARCHIVES[tracking]).open("w", encoding="utf-8", newline="") as out:
        for number in range(world.parts):
            if part is None or part.number != number:
                part = play(world, number)
            ranks = ledger.numbers[number]
            if crm:
                asked.append(Inquiries.of(world, part))
                write_segment(out, world, part, ranks=ranks, landings=landings, inquiries=asked[-1])
            else:
                _WRITERS[tracking](out, world, part, ranks=ranks, landings=landings)
    if crm:
        leads = Inquiries.of_ads(world)
        write_lead_ads(folder / LEAD_ADS, leads)
        write_hubspot(folder, world, [*asked, leads])
    write_orders(folder / "shopify_orders.csv", world, ledger.orders, landings)
    write_google(folder / "google_ads_campaigns.csv", world, tally)
    write_meta(folder / "meta_ads_campaigns.csv", world, tally)
    write_costs(folder / "costs.csv", world)
    world.rates.write(folder / "eurofxref-hist.csv")
    truth = _truth(world, tally, ledger.orders)
    (folder / TRUTH_FILE).write_text(truth.to_json(), encoding="utf-8")
    return truth


def export_files(folder: Path) -> list[Path]:
    """The files of a simulated folder that are to be imported: all but the truth, by name."""
    return sorted(path for path in folder.iterdir() if path.is_file() and path.name != TRUTH_FILE)


def _truth(world: World, tally: Tally, orders: Orders) -> Truth:
    counted = orders.take(orders.counted)
    # One row per cause: the last is what nothing caused.
    cause = np.where(counted.cause < 0, world.places, counted.cause)
    net, back = counted.net_micros, counted.net_refunded_micros
    number, revenue, refunded = (np.zeros(world.places + 1, dtype=np.int64) for _ in range(3))
    np.add.at(number, cause, 1)
    np.add.at(revenue, cause, net)
    np.add.at(refunded, cause, back)
    places = tuple(
        _place_truth(world, tally, place, (int(number[place]), int(revenue[place]), int(refunded[place])))
        for place in range(world.places)
    )
    return Truth(
        seed=world.seed, people=world.people, start=world.start.isoformat(), days=world.days, currency="EUR",
        orders=len(counted), uncounted_orders=len(orders) - len(counted), revenue_micros=int(net.sum()),
        refunded_micros=int(back.sum()), baseline_orders=int(number[-1]), baseline_revenue_micros=int(revenue[-1]),
        baseline_refunded_micros=int(refunded[-1]), touches=int(tally.touches.sum()), places=places,
    )  # fmt: skip


def _place_truth(world: World, tally: Tally, place: int, caused: tuple[int, int, int]) -> PlaceTruth:
    orders, revenue, refunded = caused
    touches = int(tally.touches[place])
    if place >= len(world.campaigns):
        return PlaceTruth(world.channel(place), "", "", "", "", 0, 0, 0, touches, orders, revenue, refunded, 0)
    line, campaign = world.campaigns[place]
    billed = _billed_micros(world, place)
    return PlaceTruth(
        line.channel, line.name, line.platform, campaign.id, campaign.name,
        spend_micros=billed if line.platform else 0, cost_micros=0 if line.platform else billed,
        clicks=int(tally.clicks[place].sum()) if line.platform else 0, touches=touches,
        incremental_orders=orders, incremental_revenue_micros=revenue, incremental_refunded_micros=refunded,
        claimed_orders=int(tally.claims[place].sum()),
    )  # fmt: skip


def _billed_micros(world: World, place: int) -> int:
    """What a campaign was billed, in euro micros: each day converted on its own."""
    micros = [int(cents) * 10_000 for cents in world.plan.cents[place]]
    if world.campaigns[place][0].platform != "meta_ads":
        return sum(micros)
    days = (world.start + timedelta(days=day) for day in range(world.days))
    return sum(euros(amount, world.rates.on(day, "USD")) for amount, day in zip(micros, days, strict=True))
