"""`outturn attribute`."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import click

from outturn import api
from outturn.cli.output import json_option, print_json, print_table
from outturn.cli.questions import days_between, from_option, goal_option, maturity_option, names, to_option
from outturn.domain.errors import NoTouches
from outturn.domain.mixes import Mixes

_SIDE_BY_SIDE = 3  # models whose intervals stand beside their figures; of more, --json has them

_INTERVAL = "90\u00a0%"

Row = dict[str, Any]


@click.command("attribute")
@goal_option
@click.option("--model", "models", callback=names, help="Models, comma-separated, or all. Default: attribution.model.")
@click.option("--by", type=click.Choice(["channel", "campaign"]), default="channel", show_default=True)
@click.option(
    "--lookback",
    "lookback_days",
    type=click.IntRange(1, 3650),
    help="Days before a conversion in which touches earn credit.",
)
@maturity_option
@click.option(
    "--players",
    type=click.Choice(["channel", "campaign"]),
    default="channel",
    show_default=True,
    help="Whose removal effects markov_1 fits.",
)
@from_option
@to_option
@click.option(
    "--truth",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A simulated market's truth.json: says which model came nearest.",
)
@json_option
@click.pass_obj
def attribute_command(
    folder: Path | None, /, models: tuple[str, ...], first: str | None, last: str | None, *, as_json: bool, **asked: Any
) -> None:
    """Credit by model, with 90 % intervals. A model's rows, (none) included, add up to the ledger exactly.

    Several models are compared: how much a channel's share depends on the model, beside what the platforms claim.

    \b
    outturn -w acme attribute --model linear,time_decay
    outturn -w acme attribute --model all --by campaign --json
    """
    try:
        found = api.find(folder).attribute(models, days=days_between(first, last), **asked)
    except NoTouches as error:
        _print_known(error, as_json=as_json)
        raise
    if as_json:
        print_json(found)
        return
    labels = ["channel"] if asked["by"] == "channel" else ["channel", "platform", "campaign_name"]
    ledger = f"{found['conversions']:,.0f} conversions · {Decimal(found['revenue']):,.2f} {found['currency']}"
    title = f"Credit · goal {found['goal']} · {ledger} · lookback {found['lookback_days']} days"
    if len(found["models"]) <= _SIDE_BY_SIDE:
        _print_intervals(title, labels, found)
    else:
        _print_models(title, labels, found)
    if "compare" in found:
        _print_compared(labels, found)
    if "nearest" in found:
        _print_nearest(found)
    if mixes := Mixes(**found["mixes"]):
        click.echo(mixes.sentence)


def _print_intervals(title: str, labels: list[str], found: Row) -> None:
    """Each model's figures with their intervals; a dash where the data are too thin to say."""
    named, several = found["models"], len(found["models"]) > 1
    columns, cells = list(labels), {_key(row, labels): [row[label] for label in labels] for row in _first(found)}
    for model, rows in named.items():
        has_effects = any("removal_effect" in row for row in rows)
        figures = ["revenue", _INTERVAL] if several else ["conversions", _INTERVAL, "revenue", f"{_INTERVAL} revenue"]
        columns += [f"{model} {figure}" if several else figure for figure in figures]
        columns += [f"{model} removal effect" if several else "removal effect"] * has_effects
        for row in rows:
            revenue = [Decimal(row["revenue"]), _range(row["revenue_ci_low"], row["revenue_ci_high"])]
            conversions = [row["conversions"], _range(row["conversions_ci_low"], row["conversions_ci_high"], digits=1)]
            cells[_key(row, labels)] += [*([] if several else conversions), *revenue]
            cells[_key(row, labels)] += [row.get("removal_effect")] * has_effects
    print_table(title, columns, _none_last(list(cells.values())), labels=len(labels), caption=_caption(found))


def _print_models(title: str, labels: list[str], found: Row) -> None:
    """Every model's revenue."""
    together = zip(*found["models"].values(), strict=True)
    cells = [
        [*(row[0][label] for label in labels), *(round(Decimal(one["revenue"])) for one in row)] for row in together
    ]
    print_table(
        f"{title} · revenue by model",
        [*labels, *found["models"]],
        _none_last(cells),
        labels=len(labels),
        caption="Rounded; exact, with 90 % intervals, removal effects and campaigns' ids: --json.",
    )


def _print_compared(labels: list[str], found: Row) -> None:
    rows = [
        [
            *(row[label] for label in labels),
            _percent(row["revenue_share_low"], row["revenue_share_high"]),
            row["revenue_share_low_model"],
            row["revenue_share_high_model"],
            row["spend"] and Decimal(row["spend"]),
            row["claimed_conversions"],
        ]
        for row in found["compare"]
    ]
    print_table(
        f"How much the model decides: share of revenue over {len(found['models'])} models",
        [*labels, "share", "least by", "most by", "spend", "claimed"],
        _none_last(rows),
        labels=len(labels),
        caption="claimed: conversions by the platforms' own word, never added up.",
    )


def _print_nearest(found: Row) -> None:
    print_table(
        "Beside the planted truth: what share each model puts to the wrong channel",
        ["model", "of revenue", "of conversions"],
        [
            [row["model"], f"{row['misplaced_revenue_share']:.1%}", f"{row['misplaced_conversions_share']:.1%}"]
            for row in found["nearest"]
        ],
    )


def _print_known(error: NoTouches, *, as_json: bool) -> None:
    """What can be said without touches; the error itself follows on stderr."""
    if as_json:
        print_json({"error": str(error), "without_touches": error.known})
        return
    claims: Any = error.known["claims"]
    told: Any = error.known["mixes"]
    if claims:
        rows = [
            [row["platform"], row["spend"] and Decimal(row["spend"]), row["clicks"], row["claimed_conversions"]]
            for row in claims
        ]
        print_table(
            f"Claims · goal {error.known['goal']} · {_count(error.known['conversions'])} conversions in the ledger",
            ["platform", "spend", "clicks", "claimed conversions"],
            rows,
            caption="Claims of several platforms count the same sale more than once: they are never added up.",
        )
    if mixes := Mixes(**told):
        click.echo(mixes.sentence)


def _count(conversions: Any) -> str:
    return "unknown" if conversions is None else f"{conversions:,}"


def _caption(found: Row) -> str:
    nulls = found["null_journeys"]
    told = f"90 %: {found['ci_covers']}; a dash where fewer than 30 people, or one bucket of them, decide."
    if not any("removal_effect" in row for rows in found["models"].values() for row in rows):
        return told
    return (
        f"{told}\nRemoval effects are fitted with {nulls['counted']:,} journeys that came to nothing; "
        f"{nulls['immature']:,} whose last touch is younger than {nulls['maturity_days']:.1f} days are left out."
    )


def _first(found: Row) -> list[Row]:
    rows: list[Row] = next(iter(found["models"].values()))
    return rows


def _key(row: Row, labels: list[str]) -> tuple[Any, ...]:
    return tuple(row.get(name) for name in (*labels, "account_id", "campaign_id"))


def _none_last(rows: list[list[Any]]) -> list[list[Any]]:
    return sorted(rows, key=lambda row: str(row[0]).startswith("("))


def _range(low: str | float | None, high: str | float | None, *, digits: int = 0) -> str | None:
    return None if low is None or high is None else f"{float(low):,.{digits}f} – {float(high):,.{digits}f}"


def _percent(low: float | None, high: float | None) -> str | None:
    return None if low is None or high is None else f"{low:.0%} – {high:.0%}".replace("% – ", " – ")
