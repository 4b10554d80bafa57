"""`outturn kpis`, `outturn attribute` and `outturn unjoined`."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import click

from outturn import api
from outturn.cli.output import json_option, print_json, print_table
from outturn.domain.time import Days, parse_day

if TYPE_CHECKING:
    from pathlib import Path

# What a reader of a terminal sees of the KPIs unless told which: the rest is in --json.
_SHOWN = (
    "spend",
    "clicks",
    "visits",
    "conversions",
    "revenue",
    "cpa",
    "roas",
    "cvr",
    "new_customers",
    "cac",
    "claimed_conversions",
)

_ONLY_IN_JSON = ("account_id", "campaign_id", "campaign_name")


def _names(_ctx: click.Context, _parameter: click.Parameter, value: str | None) -> tuple[str, ...]:
    return tuple(name.strip() for name in value.split(",") if name.strip()) if value else ()


def _where(_ctx: click.Context, _parameter: click.Parameter, value: tuple[str, ...]) -> dict[str, str]:
    pairs = [pair.partition("=") for pair in value]
    if any(not sign for _, sign, _ in pairs):
        raise click.BadParameter("expected DIMENSION=VALUE, such as channel='Paid Search'")
    return {name.strip(): text for name, _, text in pairs}


_goal = click.option("--goal", help="A goal of outturn.toml. Default: the first.")
_from = click.option("--from", "first", help="First day, YYYY-MM-DD.")
_to = click.option("--to", "last", help="Last day, YYYY-MM-DD.")


@click.command("kpis")
@click.option(
    "--by",
    callback=_names,
    help="Dimensions, comma-separated: channel, platform, account_id, campaign, ad_group, ad, date_day, week, month.",
)
@_goal
@click.option("--model", help="The attribution model of sales by channel.")
@_from
@_to
@click.option("--as-of", help="What was known at the end of that day.")
@click.option(
    "--basis", default="conversion_day", show_default=True, help="conversion_day or cash_day: where a refund counts."
)
@click.option("--kpi", callback=_names, help="KPI ids, comma-separated. --json: all of them by default.")
@click.option(
    "--rows", "open_rows", is_flag=True, help="Open one figure: its source rows, with file and line. Needs one --kpi."
)
@click.option("--where", multiple=True, callback=_where, help="With --rows: DIMENSION=VALUE of the figure's row.")
@json_option
@click.pass_obj
def kpis_command(
    folder: Path | None, /, *, open_rows: bool, where: dict[str, str], as_json: bool, **asked: Any
) -> None:
    """KPIs at any grain.

    By channel or campaign, sales are credited under the model, and what no touch led to is the row (none).

    \b
    outturn -w acme kpis --by channel
    outturn -w acme kpis --by campaign,month --kpi spend,roas --json
    outturn -w acme kpis --kpi spend --where channel="Paid Search" --rows
    """
    days = _days(asked.pop("first"), asked.pop("last"))
    as_of = asked.pop("as_of")
    asked["as_of"] = parse_day(as_of) if as_of else None
    workspace = api.find(folder)
    if open_rows:
        _print_rows(workspace, where, days=days, as_json=as_json, **asked)
        return
    if where:
        raise click.UsageError("--where goes with --rows")
    table = workspace.kpis(now=datetime.now(UTC), days=days, **asked)
    if as_json:
        print_json(table.as_dict())
        return
    shown = asked["kpi"] or tuple(name for name in _SHOWN if any(row[name] is not None for row in table.rows))
    labels = [name for name in table.columns if name not in _ONLY_IN_JSON]
    bases = f"{table.revenue_basis} revenue in {table.currency} · {table.basis}"
    print_table(
        f"KPIs · goal {table.goal} · model {table.model} · {bases}",
        [*labels, *shown],
        [[*(row[name] for name in labels), *(row[name] for name in shown)] for row in table.rows],
        labels=len(labels),
    )
    if table.mixed_time_zones:
        click.echo(f"Days of several time zones are added up here: {', '.join(table.mixed_time_zones)}.")
    if table.period_only:
        click.echo(
            f"{len(table.period_only)} imported figures cover a period without days and are in no row: "
            "see --json, period_only."
        )


def _print_rows(
    workspace: api.OpenWorkspace, where: dict[str, str], *, days: Days, as_json: bool, **asked: Any
) -> None:
    kpi = asked.pop("kpi")
    if len(kpi) != 1:
        raise click.UsageError("--rows opens one figure: name it with --kpi, such as --kpi spend")
    if asked.pop("as_of"):
        raise click.UsageError("--rows opens figures of the current build: leave --as-of out")
    asked.pop("by")
    found = workspace.kpi_rows(kpi[0], where, days=days, **asked)
    if as_json:
        print_json({"kpi": kpi[0], "where": where, "rows": found})
        return
    for measure, rows in found.items():
        columns = [name for name in (rows[0] if rows else {}) if any(row[name] is not None for row in rows)]
        print_table(f"{measure}: {len(rows):,} rows", columns, [[row[name] for name in columns] for row in rows])


@click.command("attribute")
@_goal
@click.option("--model", "models", callback=_names, help="Models, comma-separated, or all. Default: attribution.model.")
@click.option("--by", type=click.Choice(["channel", "campaign"]), default="channel", show_default=True)
@click.option(
    "--lookback",
    "lookback_days",
    type=click.IntRange(1, 3650),
    help="Days before a conversion in which touches earn credit.",
)
@_from
@_to
@json_option
@click.pass_obj
def attribute_command(
    folder: Path | None, /, models: tuple[str, ...], first: str | None, last: str | None, *, as_json: bool, **asked: Any
) -> None:
    """Credit by model. Each model's rows, (none) included, add up to the ledger exactly.

    \b
    outturn -w acme attribute --model linear,time_decay
    outturn -w acme attribute --model all --by campaign --json
    """
    found = api.find(folder).attribute(models, days=_days(first, last), **asked)
    if as_json:
        print_json(found)
        return
    names = list(found["models"])
    labels = ["channel"] if asked["by"] == "channel" else ["channel", "platform", "campaign_name"]
    rows = sorted(zip(*found["models"].values(), strict=True), key=lambda row: row[0]["channel"].startswith("("))
    figures = ("revenue",) if len(names) > 1 else ("conversions", "revenue")
    ledger = f"{found['conversions']:,.0f} conversions · {Decimal(found['revenue']):,.2f} {found['currency']}"
    print_table(
        f"Credit · goal {found['goal']} · {ledger} · lookback {found['lookback_days']} days",
        [*labels, *(f"{name} {figure}" if len(names) == 1 else name for name in names for figure in figures)],
        [
            [*(row[0][label] for label in labels), *(_amount(one[figure]) for one in row for figure in figures)]
            for row in rows
        ],
        labels=len(labels),
    )


@click.command("unjoined")
@json_option
@click.pass_obj
def unjoined_command(folder: Path | None, /, *, as_json: bool) -> None:
    """Tags of ad platforms that name no campaign which the platform's own files know.

    \b
    outturn -w acme unjoined
    """
    rows = api.find(folder).unjoined()
    if as_json:
        print_json({"rows": rows})
        return
    if not rows:
        click.echo("Every touch of an ad joined its campaign.")
        return
    columns = ["touches", *(name for name in rows[0] if name != "touches")]
    print_table("Touches that joined no campaign", columns, [[row[name] for name in columns] for row in rows])


def _amount(value: str | float) -> Decimal | float:
    """Money comes as decimal text."""
    return Decimal(value) if isinstance(value, str) else value


def _days(first: str | None, last: str | None) -> Days:
    return Days(parse_day(first) if first else None, parse_day(last) if last else None)
