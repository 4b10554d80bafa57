"""`outturn demo`: a market whose truth is known."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from outturn import api
from outturn.cli.output import json_option, print_json, print_table
from outturn.cli.progress import progress_bar
from outturn.domain.mixes import Mixes

_SHOWN = "last_non_direct"


@click.command("demo")
@click.argument("folder", metavar="[DIR]", default="demo", type=click.Path(path_type=Path))
@click.option(
    "--people",
    type=click.IntRange(1, 10_000_000),
    default=30_000,
    show_default=True,
    help="How many people live in the market.",
)
@click.option("--days", type=click.IntRange(1, 3650), default=90, show_default=True, help="How long it is watched.")
@click.option("--seed", type=click.IntRange(0), default=7, show_default=True, help="Equal seeds give equal markets.")
@json_option
def demo_command(folder: Path, people: int, days: int, seed: int, *, as_json: bool) -> None:
    """Simulate a market; hold each model against its truth.

    Its files are imported as if they were yours. DIR gets `exports/` (the files that ad platforms, shop and tracker
    would give) and `workspace/`.

    \b
    outturn demo
    outturn -w demo/workspace kpis --by campaign
    """
    with progress_bar() as progress:
        shown = api.demo(folder, now=datetime.now(UTC), progress=progress, people=people, days=days, seed=seed)
    if as_json:
        print_json(shown)
        return
    _print_channels(shown)
    click.echo(f"\nThe exports: {shown['exports']}\nLook closer: outturn -w {shown['workspace']} kpis --by campaign")


def _print_channels(shown: dict[str, Any]) -> None:
    rows = shown["channels"]
    models = list(rows[0]["models"])
    # However narrow the terminal, the truth stands beside every model.
    print_table(
        f"Revenue by channel in {shown['currency']}: what each model credits, and what the channel really caused",
        ["channel", "truth", "spend", "claimed orders", *models, f"90\u00a0% of {_SHOWN}"],
        [
            [
                row["channel"], _whole(row["truth"]["revenue"]), _whole(row["spend"]), row["claimed_conversions"],
                *(_whole(row["models"][model]["revenue"]) for model in models),
                _interval(row["models"][_SHOWN]),
            ]
            for row in rows
        ],
        labels=2,
        caption=(
            "claimed orders: the platforms' own word, never added up. truth: revenue that would not have come without "
            "the channel, known because the market is simulated; (none): what came by itself. 90 %: what other people "
            "of the same market might have given; it knows nothing of cause."
        ),
    )  # fmt: skip
    if mixes := Mixes(**shown["mixes"]):
        click.echo(mixes.sentence)
    best = shown["nearest"][0]
    click.echo(
        f"Nearest to the truth: {best['model']}, which still puts {best['misplaced_revenue_share']:.0%} of the revenue "
        "to the wrong channel."
    )


def _interval(credited: dict[str, Any]) -> str | None:
    low, high = credited["revenue_ci_low"], credited["revenue_ci_high"]
    return None if low is None else f"{_whole(low):,} – {_whole(high):,}"


def _whole(amount: str | None) -> int | None:
    """An amount without its cents: the exact one is in --json."""
    return None if amount is None else round(float(amount))
