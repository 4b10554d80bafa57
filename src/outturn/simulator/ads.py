"""The ad platforms' exports: Google Ads and Meta Ads Manager, campaigns by day; and the costs that neither bills."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np

from outturn.domain.money import MICROS_PER_UNIT
from outturn.simulator.dice import dice

if TYPE_CHECKING:
    from pathlib import Path

    from outturn.simulator.arrays import Ints
    from outturn.simulator.claims import Tally
    from outturn.simulator.world import World

_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_GOOGLE_HEADER = (
    "Campaign", "Campaign ID", "Campaign type", "Day", "Currency code", "Cost", "Impr.", "Clicks", "Conversions",
    "Conv. value",
)  # fmt: skip
_META_HEADER = (
    "Reporting starts", "Reporting ends", "Campaign name", "Campaign ID", "Day", "Amount spent (USD)", "Impressions",
    "Link clicks", "Clicks (all)", "Purchases", "Purchases conversion value",
)  # fmt: skip


def write_google(path: Path, world: World, tally: Tally) -> None:
    """Write Google's campaign report: two lines of preamble, commas in counts but not in cost, totals at the end."""
    rows: list[list[str]] = []
    totals = np.zeros(5, dtype=np.int64)
    for place, (line, campaign) in enumerate(world.campaigns):
        if line.platform != "google_ads":
            continue
        for day, figures in _figures(world, tally, place):
            cost, impressions, clicks, claims, value = (int(figure) for figure in figures)
            totals += figures
            rows.append([
                campaign.name, campaign.id, campaign.type, day.isoformat(), "EUR", _plain(cost), f"{impressions:,}",
                f"{clicks:,}", f"{claims:,}.00", f"{value // 100:,}.{value % 100:02d}",
            ])  # fmt: skip
    cost, impressions, clicks, claims, value = (int(figure) for figure in totals)
    sums = [_plain(cost), f"{impressions:,}", f"{clicks:,}", f"{claims:,}.00", f"{value // 100:,}.{value % 100:02d}"]
    with path.open("w", encoding="utf-8", newline="") as out:
        last = world.start + timedelta(days=world.days - 1)
        out.write(f'Campaign report\n"{_long(world.start)} - {_long(last)}"\n')
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(_GOOGLE_HEADER)
        writer.writerows(rows)
        writer.writerows([f"Total: {of}", " --", " --", " --", "EUR", *sums] for of in ("Campaigns", "Account"))


def write_meta(path: Path, world: World, tally: Tally) -> None:
    """Write Meta's table export: a byte-order mark, the total in the first row, the currency in the header."""
    rows: list[list[str]] = []
    totals = np.zeros(6, dtype=np.int64)
    for place, (line, campaign) in enumerate(world.campaigns):
        if line.platform != "meta_ads":
            continue
        for day, figures in _figures(world, tally, place):
            figures[4] = int(figures[4]) * world.rates.on(day, "USD") // MICROS_PER_UNIT
            # People also tap a post to read on: all clicks are more than link clicks.
            told = np.insert(figures, 3, figures[2] * 8 // 5)
            totals += told
            text = day.isoformat()
            rows.append([text, text, campaign.name, campaign.id, text, *_meta_cells(told)])
    last = world.start + timedelta(days=world.days - 1)
    with path.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(_META_HEADER)
        writer.writerow([world.start.isoformat(), last.isoformat(), "", "", "", *_meta_cells(totals)])
        writer.writerows(rows)


def write_costs(path: Path, world: World) -> None:
    """Write what newsletter and partners cost, as the generic `costs` table."""
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(["date_day", "channel", "kind", "cost", "currency", "note"])
        for place, (line, campaign) in enumerate(world.campaigns):
            if not line.platform:
                billed = [(day, int(cents)) for day, cents in enumerate(world.plan.cents[place]) if cents]
                same = ["EUR", campaign.name]
                writer.writerows([_day(world, day), line.channel, "fee", _plain(cents), *same] for day, cents in billed)


def _figures(world: World, tally: Tally, place: int) -> list[tuple[date, Ints]]:
    """By day with spend or clicks: cents, impressions, clicks, claims, claimed euro cents."""
    line, campaign = world.campaigns[place]
    clicks, cents = tally.clicks[place], world.plan.cents[place]
    noise = np.exp(dice(world.seed, f"impressions {campaign.id} {campaign.name}").normal(0.0, 0.12, world.days))
    impressions = np.maximum(np.rint((clicks + 1.5) / line.ctr * noise).astype(np.int64), clicks)
    table = np.stack([cents, impressions, clicks, tally.claims[place], tally.claimed_cents[place]], axis=1)
    shown = np.flatnonzero((cents > 0) | (clicks > 0) | (tally.claims[place] > 0))
    return [(world.start + timedelta(days=int(day)), table[day]) for day in shown]


def _meta_cells(figures: Ints) -> list[str]:
    cost, *counts, value = (int(figure) for figure in figures)
    return [_plain(cost), *map(str, counts), _plain(value)]


def _day(world: World, day: int) -> str:
    return (world.start + timedelta(days=day)).isoformat()


def _long(day: date) -> str:
    return f"{_MONTHS[day.month - 1]} {day.day}, {day.year}"


def _plain(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}"
