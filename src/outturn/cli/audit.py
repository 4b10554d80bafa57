"""`outturn audit`."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import click

from outturn import api
from outturn.cli.output import json_option, print_json, print_table
from outturn.cli.questions import goal_option, names

if TYPE_CHECKING:
    from pathlib import Path

_PLACES = 3  # of a finding that are printed one by one
_WHERE = ("subject", "source", "platform", "account_id", "channel", "campaign")


@click.command("audit")
@click.option("--check", "checks", callback=names, help="Checks, comma-separated. Default: all.")
@goal_option
@json_option
@click.pass_obj
def audit_command(folder: Path | None, /, checks: tuple[str, ...], goal: str | None, *, as_json: bool) -> int:
    """What is wrong with the tracking, and what it costs.

    Findings stand in the order in which to mend them: root causes first, what they explain below. Money counts each
    sale, and each campaign's day, once. The score is the share of spend and of revenue that can be followed from
    click to closed revenue. Exit code 1 says that something critical stands.

    \b
    outturn -w acme audit
    outturn -w acme audit --check orders_without_event,value_mismatch --json
    """
    found = api.find(folder).audit(checks, goal=goal)
    if as_json:
        print_json(found)
    else:
        _print(found)
        _print_claims(found["claims"])
    return int(found["critical"])


def _print(found: dict[str, Any]) -> None:
    click.echo(_score(found))
    for one in (found["consent"] or {"sources": ()})["sources"]:
        click.echo(_consent(one))
    if not found["findings"]:
        click.echo(f"{len(found['checks'])} checks found nothing that stands out.")
        return
    rows = [
        [one["severity"], one["check"], one["title"], one["count"], one["of"], one["money"] and Decimal(one["money"])]
        for one in found["findings"]
    ]
    kinds = [f"{kind} {Decimal(money):,.2f} {found['currency']}" for kind, money in found["money"].items()]
    print_table(
        f"{len(rows)} of {len(found['checks'])} checks found something",
        ["severity", "check", "finding", "rows", "of", "money"],
        rows,
        labels=2,
        caption=f"In all, each sale and each campaign's day once: {', '.join(kinds)}.",
    )
    for one in found["findings"]:
        _print_finding(one, found["currency"])


def _print_claims(told: dict[str, Any] | None) -> None:
    """What platforms say of themselves, kind by kind."""
    if told is None or not told["platforms"]:
        return
    click.echo()
    rows = [
        [
            one["platform"],
            one["conversion_action"],
            one["click_or_view"],
            f"{one['window_days']} d{'' if one['window_stated'] else ' (default)'}",
            one["claimed_conversions"],
            one["ledger_conversions_in_window"] if one["verifiable"] else "not to be verified here",
            one["over_claim_ratio"],
            one["claimed_value"] and Decimal(one["claimed_value"]),
            one["ledger_value_in_window"] and Decimal(one["ledger_value_in_window"]),
        ]
        for one in told["platforms"]
    ]
    every = told["in_all"]
    rows.append(
        [
            "in all",
            "",
            "click",
            "",
            every["claimed_conversions"],
            every["ledger_conversions_in_window"],
            every["over_claim_ratio"],
            every["claimed_value"] and Decimal(every["claimed_value"]),
            Decimal(every["ledger_value_in_window"]),
        ]
    )
    overlap = told["overlap"]
    print_table(
        "What platforms claim, against the ledger",
        [
            "platform",
            "action",
            "by",
            "window",
            "claimed",
            "seen in window",
            "ratio",
            "claimed value",
            "value in window",
        ],
        rows,
        labels=4,
        caption=(
            "seen in window: conversions of the ledger with a click or visit of the platform inside its window, each "
            "once in all. Claimed values mostly hold tax and shipping. "
            f"Of {overlap['ledger_conversions']:,}, {overlap['claimable_by_several']:,} can be claimed by several "
            f"platforms; at least {overlap['overlap_at_least']:,.0f} claims overlap, or are of no conversion. "
            "Causes and models: --json."
        ),
    )


def _score(found: dict[str, Any]) -> str:
    if found["score"] is None:
        return "No score: there is neither revenue nor spend to follow."
    shares = [
        f"{side['traced_share']:.1%} of {name}"
        for name, side in found["score_parts"].items()
        if side["traced_share"] is not None
    ]
    return f"Score {found['score']} of 100: {' and '.join(shares)} can be followed from click to closed revenue."


def _consent(one: dict[str, Any]) -> str:
    """The rates of one source, purposes of one rate together, and its gap."""
    rates: dict[float, list[str]] = {}
    for purpose, said in one["purposes"].items():
        if said["rate"] is not None:
            rates.setdefault(said["rate"], []).append(purpose)
    told = ", ".join(f"{rate:.1%} to {' and '.join(purposes)}" for rate, purposes in rates.items())
    return (
        f"Consent, {one['source']}: {told or 'no purpose is stated'}, of the hits that state it. Gap: "
        f"{one['gap']:,} of {one['hits']:,} hits ({one['gap_share']:.1%}) are nobody's, or with a no to analytics."
    )


def _print_finding(one: dict[str, Any], currency: str) -> None:
    click.echo()
    click.echo(click.style(f"{one['severity']}: {one['title']} ({one['check']})", bold=True))
    for place in one["places"][:_PLACES]:
        money = "" if place["money"] is None else f", {Decimal(place['money']):,.2f} {currency}"
        click.echo(f"  {_where(place)}: {place['count']:,} of {place['of']:,}{money}{_days(place)}")
        if place["estimate"]:
            click.echo(f"    {_estimate(place['estimate'], currency)}")
    if more := len(one["places"]) - _PLACES + one["more_places"]:
        click.echo(f"  and {more} more places: --json" if more > 0 else "", nl=more > 0)
    click.echo(f"  Means: {one['means']}")
    click.echo(f"  Do: {one['fix']}")
    if one["explained_by"]:
        click.echo(f"  May be explained by: {', '.join(one['explained_by'])}")
    if one["examples"]:
        shown = ", ".join(f"{example['table']} {example['id']}" for example in one["examples"][:_PLACES])
        click.echo(f"  Look at: {shown}")


def _where(place: dict[str, Any]) -> str:
    return " · ".join(str(place[name]) for name in _WHERE if place.get(name)) or "everywhere"


def _estimate(told: dict[str, Any], currency: str) -> str:
    revenue = f"Estimated: {Decimal(told['revenue']):,.2f} {currency} of revenue went unseen"
    if told["count_low"] is None:
        return f"{revenue}; too few days to say how sure that is."
    low, high = Decimal(told["revenue_low"]), Decimal(told["revenue_high"])
    return (
        f"{revenue}; in {told['level']:.0%} of such cases {low:,.2f} to {high:,.2f}, and {told['count_low']:,} to "
        f"{told['count_high']:,} rows."
    )


def _days(place: dict[str, Any]) -> str:
    if place["first_day"] is None:
        return ""
    return (
        f", {place['first_day']} to {place['last_day']}"
        if place["first_day"] != place["last_day"]
        else f", {place['first_day']}"
    )
