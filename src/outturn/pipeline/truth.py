"""Each model's figures beside a planted truth: which model would have told the marketer what happened."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from outturn.domain.money import decimal_text
from outturn.pipeline.compare import Planted, nearest
from outturn.pipeline.credit import attribute
from outturn.pipeline.read import kpis
from outturn.store.builds import Builds

if TYPE_CHECKING:
    from collections.abc import Mapping

    from outturn.store.workspace import Workspace


_CREDITED = ("conversions", "revenue", "revenue_ci_low", "revenue_ci_high")


def beside_truth(workspace: Workspace, planted: Mapping[str, Planted]) -> dict[str, Any]:
    """By channel, spend, claims and every model's credit beside the truth, in order of spend, `(none)` last.

    Args:
        workspace: With a published build of the market's files.
        planted: By channel; `(none)` is what would have come anyway.

    Returns:
        `channels`, `nearest`: the models, the one that misplaces least first, and `mixes`: which zones and currencies
        are added up.
    """
    # One build for both questions, whatever is published between them.
    build = Builds(workspace.lake).current()
    asked = kpis(workspace, ["channel"], kpi=("spend", "claimed_conversions"), build=build)
    bought = {row["channel"]: row for row in asked.as_dict()["rows"]}
    credited: dict[str, dict[str, dict[str, Any]]] = {}
    answered = attribute(workspace, ["all"], build=build)
    answer = answered["models"]
    for model, rows in answer.items():
        for row in rows:
            credited.setdefault(row["channel"], {})[model] = {name: row[name] for name in _CREDITED}
    models = next(iter(credited.values()))
    zero = {"conversions": 0.0, "revenue": decimal_text(0, workspace.settings.currency)}
    nothing = {model: {name: zero.get(name) for name in _CREDITED} for model in models}
    rows = [
        {
            "channel": channel,
            "spend": bought.get(channel, {}).get("spend"),
            "claimed_conversions": bought.get(channel, {}).get("claimed_conversions"),
            "models": credited.get(channel, nothing),
            "truth": {
                "conversions": truth.orders,
                "revenue": decimal_text(truth.revenue_micros, workspace.settings.currency),
            },
        }
        for channel in sorted({*bought, *credited, *planted})
        for truth in [planted.get(channel, Planted(0, 0))]
    ]
    rows.sort(key=lambda row: (row["channel"] == "(none)", -float(row["spend"] or 0), row["channel"]))
    return {"channels": rows, "nearest": nearest(answer, planted), "mixes": answered["mixes"]}
