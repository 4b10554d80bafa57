"""`outturn kpis` and `outturn unjoined`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from outturn import api
from outturn.cli.output import json_option, print_json, print_table
from outturn.cli.questions import days_between, from_option, goal_option, names, to_option
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


def _where(_ctx: click.Context, _parameter: click.Parameter, value: tuple[str, ...]) -> dict[str, str]:
    pairs = [pair.partition("=") for pair in value]
    if any(not sign for _, sign, _ in pairs):
        raise click.BadParameter("expected DIMENSION=VALUE, such as channel='Paid Search'")
    return {name.strip(): text for name, _, text in pairs}


@click.command("kpis")
@click.option(
    "--by",
    callback=names,
    help="Dimensions, comma-separated: channel, platform, account_id, campaign, ad_group, ad, date_day, week, month.",
)
@goal_option
@click.option("--model", help="The attribution model of sales by channel.")
@from_option
@to_option
@click.option("--as-of", help="What was known at the end of that day.")
@click.option(
    "--basis", default="conversion_day", show_default=True, help="conversion_day or cash_day: where a refund counts."
)
@click.option("--kpi", callback=names, help="KPI ids, comma-separated. --json: all of them by default.")
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
    days = days_between(asked.pop("first"), asked.pop("last"))
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
    if table.mixes:
        click.echo(table.mixes.sentence)
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
    mixes = workspace.mixes_of_rows(found)
    if as_json:
        print_json({"kpi": kpi[0], "where": where, "rows": found, "mixes": mixes.as_dict()})
        return
    for measure, rows in found.items():
        columns = [name for name in (rows[0] if rows else {}) if any(row[name] is not None for row in rows)]
        print_table(f"{measure}: {len(rows):,} rows", columns, [[row[name] for name in columns] for row in rows])
    if mixes:
        click.echo(mixes.sentence)


@click.command("unjoined")
@json_option
@click.pass_obj
def unjoined_command(folder: Path | None, /, *, as_json: bool) -> None:
    """Tags that name no campaign of the platform's own files.

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
