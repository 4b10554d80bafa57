"""Models side by side: how much the answer depends on the model, what the platforms claim, and what was true."""

from __future__ import annotations

import json
from collections import Counter
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from outturn.domain.errors import UsageError
from outturn.pipeline.read import kpis

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from outturn.domain.time import Days
    from outturn.store.builds import Build
    from outturn.store.workspace import Workspace

_PLACE = ("channel", "platform", "account_id", "campaign_id", "campaign_name")
_UNKNOWN = {"(not set)", "(none)", None}
_BOUGHT = ("spend", "claimed_conversions")

Rows = list[dict[str, Any]]


class Planted(NamedTuple):
    """What a channel really caused: orders, and their revenue net of refunds."""

    orders: int
    revenue_micros: int


def compare(workspace: Workspace, models: Mapping[str, Rows], *, goal: str, days: Days, build: Build) -> Rows:
    """Each channel or campaign over all models: between what shares of the revenue it lies, and by which.

    Args:
        workspace: Whose sales were credited.
        models: By model the rows of `attribute`, the same places in each.
        goal: That was credited.
        days: That were asked for.
        build: That was credited.

    Returns:
        One row for each place in their order, with spend and claims of the same days beside it. A share is None
        where there is no revenue to share.
    """
    by = ["channel", "campaign"] if "platform" in next(iter(models.values()))[0] else ["channel"]
    told = kpis(workspace, by, goal=goal, days=days, kpi=_BOUGHT, build=build)
    bought = {_key(row): row for row in told.as_dict()["rows"]}
    rows = []
    for at, first in enumerate(next(iter(models.values()))):
        revenue = {model: Decimal(places[at]["revenue"]) for model, places in models.items()}
        low, high = min(revenue, key=lambda model: revenue[model]), max(revenue, key=lambda model: revenue[model])
        whole = sum(Decimal(row["revenue"]) for row in next(iter(models.values())))
        rows.append(
            {
                **{name: first[name] for name in _PLACE if name in first},
                **{name: bought.get(_key(first), {}).get(name) for name in _BOUGHT},
                "revenue_share_low": _share(revenue[low], whole),
                "revenue_share_low_model": low,
                "revenue_share_high": _share(revenue[high], whole),
                "revenue_share_high_model": high,
            }
        )
    return rows


def read_truth(file: Path) -> dict[str, Planted]:
    """By channel what a simulated market's truth file says; `(none)` is what would have come anyway.

    Raises:
        UsageError: It is no such file.
    """
    try:
        told = json.loads(file.read_text("utf-8"))
        planted = {
            channel["channel"]: Planted(
                int(channel["incremental_orders"]),
                int(channel["incremental_revenue_micros"]) - int(channel["incremental_refunded_micros"]),
            )
            for channel in told["channels"]
        }
        baseline = int(told["baseline_revenue_micros"]) - int(told["baseline_refunded_micros"])
        return {**planted, "(none)": Planted(int(told["baseline_orders"]), baseline)}
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError, OSError) as error:
        raise UsageError(
            f"{file} is no truth file ({type(error).__name__}: {error}). Expected the truth.json that `outturn demo` "
            "writes beside its exports."
        ) from None


def nearest(models: Mapping[str, Rows], planted: Mapping[str, Planted]) -> Rows:
    """The models by how much they put to the wrong channel, the best first.

    Half of what all channels together are off, as a share of the whole: 0 where everything is right, 1 where nothing
    is. Revenue decides.
    """
    found = []
    for model, places in models.items():
        revenue, conversions = Counter[str](), Counter[str]()
        for row in places:
            revenue[row["channel"]] += int(Decimal(row["revenue"]) * 1_000_000)
            conversions[row["channel"]] += row["conversions"]
        true_revenue = {channel: truth.revenue_micros for channel, truth in planted.items()}
        true_conversions = {channel: truth.orders for channel, truth in planted.items()}
        found.append(
            {
                "model": model,
                "misplaced_revenue_share": _misplaced(revenue, true_revenue),
                "misplaced_conversions_share": _misplaced(conversions, true_conversions),
            }
        )
    return sorted(found, key=lambda row: (row["misplaced_revenue_share"], row["model"]))


def _misplaced(credited: Mapping[str, float], true: Mapping[str, float]) -> float:
    off = sum(abs(credited.get(channel, 0) - true.get(channel, 0)) for channel in {*credited, *true})
    return round(off / 2 / (sum(true.values()) or 1), 6)


def _key(row: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple("" if row.get(name) in _UNKNOWN else str(row[name]) for name in _PLACE)


def _share(part: Decimal, whole: Decimal | int) -> float | None:
    return round(float(part / whole), 6) if whole > 0 else None
