"""`outturn explain` and `outturn paths`."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import click

from outturn import api
from outturn.cli.output import json_option, print_json, print_table
from outturn.cli.questions import days_between, from_option, goal_option, maturity_option, names, to_option
from outturn.domain.mixes import Mixes
from outturn.domain.time import zone

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_LINE = 12  # characters of the time line
_MOST_COLUMNS = 7  # touches beside each other; of more, touches stand below each other


@click.command("explain")
@click.argument("outcome_id")
@click.option("--goal", help="A goal of outturn.toml. Default: the first that counts the outcome.")
@click.option("--model", "models", callback=names, help="Models, comma-separated, or all, the default.")
@json_option
@click.pass_obj
def explain_command(folder: Path | None, /, outcome_id: str, *, as_json: bool, **asked: Any) -> None:
    """One sale: its journey, what each model gives a touch, its rows.

    The rows are those of your files. Of a refund, its sale is shown. Times are the business's own.

    \b
    outturn -w acme explain shopify:5001
    outturn -w acme explain shopify:5001 --model linear,markov_1 --json
    """
    workspace = api.find(folder)
    found = workspace.explain(outcome_id, **asked)
    if as_json:
        print_json(found)
        return
    if not found["credits"]:
        click.echo(found["why"])
    else:
        zone_name = workspace.workspace.settings.time_zone
        _print_journey(found, zone_name)
        _print_credits(found)
    _print_rows(found["rows"])


def _print_journey(found: dict[str, Any], zone_name: str) -> None:
    sale, currency = found["conversion"], found["currency"]
    new = {True: " · new customer", False: " · returning customer", None: ""}[sale["new_customer"]]
    events = [*_touches(found), *_milestones(found)]
    events.sort(key=lambda event: -event["days_before"])
    longest = max(event["days_before"] for event in events) or 1.0
    shown = [name for name in _SHOWN if any(event[name] for event in events)]
    line = [""] if len(events) > 1 else []
    rows = [
        [
            f"{datetime.fromisoformat(event['at']).astimezone(zone(zone_name)):%Y-%m-%d %H:%M}",
            _ago(event["days_before"]),
            *([_dot(event["days_before"] / longest)] if line else []),
            *(event[name] or "" for name in shown),
        ]
        for event in events
    ]
    title = f"{found['outcome_id']} · {sale['kind']} of {Decimal(sale['value']):,.2f} {currency}{new}"
    refunded = "".join(
        f"\nTaken back on {refund['date_day']}: {Decimal(refund['value']):,.2f} {currency} ({refund['outcome_id']})"
        for refund in found["refunds"]
    )
    where = f"goal {found['goal']} · lookback {found['lookback_days']} days · times of {zone_name}"
    caption = f"{_outside(found)}{refunded}".strip()
    print_table(f"{title}\n{where}", ["at", "before", *line, *shown], rows, caption=caption)


_SHOWN = ("what", "campaign (by)", "ad", "contact")


def _touches(found: dict[str, Any]) -> list[dict[str, Any]]:
    # Nearly all touches are visits; a view or a mail is worth a word.
    kinds = {kind: "" if kind == "visit" else f", {kind}" for kind in {touch["kind"] for touch in found["journey"]}}
    return [
        {
            "at": touch["at"],
            "days_before": touch["days_before"],
            "what": f"{touch['touch']} {touch['channel']}{kinds[touch['kind']]}",
            "campaign (by)": _campaign(touch),
            "ad": " / ".join(filter(None, (touch["ad_group_id"], touch["ad_id"]))),
            "contact": touch.get("contact"),
        }
        for touch in found["journey"]
    ]


def _campaign(touch: dict[str, Any]) -> str:
    named = touch["campaign_name"] or touch["campaign_id"] or ""
    platform = touch["platform"] or ""
    joined = f" ({touch['joined_by'].replace('_', ' ')})" if touch["joined_by"] else ""
    return f"{named}{joined}" if named else platform


def _milestones(found: dict[str, Any]) -> list[dict[str, Any]]:
    nothing = dict.fromkeys(_SHOWN)
    sale = found["conversion"]
    # Of a goal that counts openings, the opportunity is the conversion itself.
    known = [stage for stage in found["stages"] if stage["days_before"] or stage["stage"] != sale["kind"]]
    stages = [{**nothing, **stage, "what": stage["stage"]} for stage in known]
    return [*stages, {**nothing, "at": sale["at"], "days_before": 0.0, "what": sale["kind"]}]


def _dot(share: float) -> str:
    """Where between the first touch, left, and the conversion, right."""
    at = round((1 - share) * (_LINE - 1))
    return "·" * at + "●" + "·" * (_LINE - 1 - at)


def _ago(days: float) -> str:
    """How long before, in the unit that says most."""
    for unit, text in ((1.0, "days"), (1 / 24, "h"), (1 / 1440, "min")):
        if days >= 2 * unit:
            return f"{days / unit:,.1f} {text}" if text != "min" else f"{days / unit:.0f} min"
    return "1 min" if days >= 1 / 1440 else ""


def _outside(found: dict[str, Any]) -> str:
    if found["why"]:
        return f"{found['why']} So all of it is credited to (none)."
    outside, told = found["outside"], []
    if outside["before_lookback"]:
        last = _ago(outside["last_before_days"])
        told.append(f"{outside['before_lookback']} outside the lookback, the last one {last} before")
    if outside["after_conversion"]:
        told.append(f"{outside['after_conversion']} after the conversion")
    return f"Touches that earn nothing: {' · '.join(told)}." if told else ""


def _print_credits(found: dict[str, Any]) -> None:
    credits_ = found["credits"]
    touches = next(iter(credits_.values()))
    if len(touches) == 1:
        if not found["why"]:
            who = "Every model gives all of it" if len(credits_) > 1 else f"{next(iter(credits_))} gives all of it"
            click.echo(f"{who} to {touches[0]['channel']}.\n")
        return
    headings = [f"{part['touch']} {part['channel']}" for part in touches]
    for of in [None, *(refund["outcome_id"] for refund in found["refunds"])]:
        title = f"Taken back by {of}" if of else f"Credit in {found['currency']}"
        by_model = {
            model: [Decimal(part["refunds"][of] if of else part["revenue"]) for part in parts]
            for model, parts in credits_.items()
        }
        if len(touches) <= _MOST_COLUMNS:
            print_table(title, ["model", *headings], [[model, *parts] for model, parts in by_model.items()])
        else:
            rows = zip(headings, zip(*by_model.values(), strict=True), strict=True)
            print_table(title, ["touch", *by_model], [[heading, *parts] for heading, parts in rows])


def _print_rows(rows: Sequence[dict[str, Any]]) -> None:
    told = [[row["of"], f"{row['file']}, line {row['line']}", _says(row)] for row in rows]
    print_table("The rows behind it", ["of", "where", "says"], told, labels=2)


def _says(row: dict[str, Any]) -> str:
    """What of a row tells most: of a touch its tags and page, of an outcome its amount and whom it names."""
    if row["table"] == "events":
        tags = "/".join(row[name] for name in ("utm_source", "utm_medium", "utm_campaign") if row[name])
        page = (row["url"] or "").partition("//")[2] or row["url"]
        what = row["name"] or row["type"]
        parts = (what, row["stated_channel"], row["campaign_name"], tags, " ".join(row["click_ids"]), page)
    else:
        status = "" if row["status"] == "counted" else row["status"]
        amount = f"{Decimal(row['gross']):,.2f} {row['currency']} gross" if row["gross"] else ""
        named = f"names {' and '.join(row['identifiers'])}" if row["identifiers"] else ""
        parts = (row["kind"], row["stage"], status, row["outcome_id"], amount, named)
    return " · ".join(part for part in parts if part)


@click.command("paths")
@goal_option
@click.option("--by", type=click.Choice(["channel", "campaign"]), default="channel", show_default=True)
@click.option(
    "--collapse",
    type=click.Choice(["counted", "merged", "listed"]),
    default="counted",
    show_default=True,
    help="Repeats: Direct ×2, just Direct, or Direct > Direct.",
)
@click.option("--top", type=click.IntRange(0), default=20, show_default=True, help="How many paths are named.")
@click.option(
    "--segment",
    type=click.Choice(["new_customer", "value", "month"]),
    help="Conversions by new and returning customers, quarters by value, or month of the sale.",
)
@maturity_option
@from_option
@to_option
@json_option
@click.pass_obj
def paths_command(folder: Path | None, /, *, first: str | None, last: str | None, as_json: bool, **asked: Any) -> None:
    """The most frequent paths to conversions.

    And how many touches and days they take, and how they begin and end. A path's rate is of its journeys that are
    old enough to tell: conversions / (conversions + those that came to nothing). It is known for all days and customers
    together.

    \b
    outturn -w acme paths --top 10
    outturn -w acme paths --segment new_customer
    outturn -w acme paths --by campaign --from 2026-03-01 --to 2026-03-31 --json
    """
    found = api.find(folder).paths(days=days_between(first, last), **asked)
    if as_json:
        print_json(found)
        return
    _print_paths(found)
    if mixes := Mixes(**found["mixes"]):
        click.echo(mixes.sentence)
    if found.get("segments"):
        _print_segments(found)
        return
    _print_spread("Touches to convert", found["touches_to_convert"], "touches", _TOUCH_BOUNDS)
    _print_spread("Days to convert", found["days_to_convert"], "days", _DAY_BOUNDS)
    _print_ends(found)


_TOUCH_BOUNDS = (1, 2, 3, 4, 5, 10, 20)
_DAY_BOUNDS = (0, 1, 3, 7, 14, 30, 90)


def _print_paths(found: dict[str, Any]) -> None:
    days = [f"{word} {found[word]}" for word in ("from", "to") if found[word]]
    ledger = f"{found['conversions']:,} conversions · {Decimal(found['revenue']):,.2f} {found['currency']}"
    title = " · ".join([f"Paths · goal {found['goal']}", ledger, f"lookback {found['lookback_days']} days", *days])
    rates = any(path["rate"] is not None for path in found["paths"])
    rows = [[path["label"], *_amounts(path), *([_percent(path["rate"])] if rates else [])] for path in found["paths"]]
    other, untouched = found["other"], found["without_touch"]
    blank = [_percent(None)] if rates else []
    if other["paths"]:
        rows.append([f"({other['paths']:,} other paths)", *_amounts(other), *blank])
    rows.append(["(no touch)", *_amounts(untouched), *blank])
    nulls = found["null_journeys"]
    caption = (
        f"Rate: of the journeys old enough to tell ({nulls['maturity_days']:.1f} days), which came to a conversion."
        if rates
        else ""
    )
    print_table(title, ["path", "conversions", "share", "revenue", *(["rate"] if rates else [])], rows, caption=caption)


def _amounts(part: dict[str, Any]) -> list[Any]:
    return [part["conversions"], _percent(part["share"]), Decimal(part["revenue"])]


def _percent(share: float | None) -> str:
    return ("–" if share is None else f"{share:.1%}").rjust(6)


def _print_spread(title: str, spread: dict[str, Any], unit: str, bounds: Sequence[int]) -> None:
    if spread["mean"] is None:
        return
    spans = [f"{low}" if low == high else f"{low} to {high}" for low, high in _spans(bounds)]
    counts = [0] * (len(bounds) + 1)
    for part in spread["distribution"]:
        counts[sum(part[unit] > bound for bound in bounds)] += part["conversions"]
    led = sum(counts)
    rows = [
        [span, count, _percent(count / led), "█" * round(40 * count / led)]
        for span, count in zip([*spans, f"over {bounds[-1]}"], counts, strict=True)
        if count
    ]
    told = {name: spread[name] for name in ("mean", "median", "p90", "largest")}
    caption = " · ".join(f"{name} {figure:,.2f}".removesuffix(".00") for name, figure in told.items())
    print_table(f"{title} · {caption}", [unit, "conversions", "share", ""], rows)


def _spans(bounds: Sequence[int]) -> list[tuple[int, int]]:
    lows = [bounds[0], *(bound + 1 for bound in bounds[:-1])]
    return list(zip(lows, bounds, strict=True))


def _print_ends(found: dict[str, Any]) -> None:
    keys = (
        [name for name in found["first_touch"][0] if name not in {"conversions", "share", "revenue"}]
        if found["first_touch"]
        else []
    )
    ends: dict[tuple[Any, ...], list[Any]] = {}
    for at, table in enumerate(("first_touch", "last_touch")):
        for row in found[table]:
            both = ends.setdefault(tuple(row[key] for key in keys), [0, Decimal(0), 0, Decimal(0)])
            both[2 * at : 2 * at + 2] = row["conversions"], Decimal(row["revenue"])
    labels = [name for name in ("channel", "campaign_name") if name in keys]
    rows = [
        [*(one[keys.index(label)] for label in labels), *figures]
        for one, figures in sorted(
            ends.items(), key=lambda end: (str(end[0][0]).startswith("("), -end[1][0], str(end[0]))
        )
    ]
    columns = [*labels, "first", "revenue first", "last", "revenue last"]
    print_table("First and last touch", columns, rows, labels=len(labels))
    if found["by"] == "channel":
        _print_matrix(found)


def _print_matrix(found: dict[str, Any]) -> None:
    cells = {(row["first"], row["last"]): row["conversions"] for row in found["first_to_last"]}
    firsts = list(dict.fromkeys(first for first, _ in cells if not first.startswith("(none")))
    if not firsts:
        return
    lasts = sorted({last for _, last in cells if not last.startswith("(none")})
    rows = [[first, *(cells.get((first, last), 0) or None for last in lasts)] for first in firsts]
    print_table("Conversions by first touch (down) and last touch (across)", ["first", *lasts], rows)


def _print_segments(found: dict[str, Any]) -> None:
    name = found["segment"]
    rows = [
        [
            part[name],
            *_amounts({**part, "share": part["conversions"] / found["conversions"] if found["conversions"] else None}),
            _percent(part["without_touch"]["share"]),
            part["touches_to_convert"]["mean"],
            part["touches_to_convert"]["median"],
            part["days_to_convert"]["median"],
            part["days_to_convert"]["p90"],
        ]
        for part in found["segments"]
    ]
    columns = ["conversions", "share", "revenue", "no touch", "touches mean", "median", "days median", "p90"]
    print_table(f"By {name.replace('_', ' ')}", [name, *columns], rows)
    for part in found["segments"]:
        shown = [[path["label"], *_amounts(path)] for path in part["paths"]]
        print_table(f"{name}: {part[name]}", ["path", "conversions", "share", "revenue"], shown)
