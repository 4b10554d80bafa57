"""The paths to conversions, as `outturn paths` shows them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Literal

from outturn.attribution.paths import SEGMENTS, Found, Paths, Question, Segment, Spread, Sum, paths_of
from outturn.attribution.trie import runs
from outturn.domain.errors import Refusal, UnknownName, UsageError
from outturn.domain.money import decimal_text
from outturn.domain.time import Days
from outturn.pipeline.credit import WHAT_SAW_THE_VISITORS, mixes_of
from outturn.pipeline.read import Reading, reading

if TYPE_CHECKING:
    from collections.abc import Sequence

    from outturn.attribution.credits import Players
    from outturn.attribution.walked import Maturity
    from outturn.store.workspace import Workspace

Repeats = Literal["counted", "merged", "listed"]
REPEATS: tuple[Repeats, ...] = ("counted", "merged", "listed")

_EPOCH = date(1970, 1, 1)
_DIGITS = 9


def paths(  # noqa: PLR0913 (one question, spelt out)
    workspace: Workspace,
    *,
    goal: str | None = None,
    by: Players = "channel",
    collapse: Repeats = "counted",
    top: int = 20,
    segment: Segment | None = None,
    days: Days = Days(),  # noqa: B008 - frozen
    null_maturity: Maturity = "p90",
) -> dict[str, Any]:
    """The paths to a goal's conversions, in the form of `outturn paths --json`.

    Args:
        workspace: With a published build.
        goal: Its id; None: the first one.
        by: What a touch is told by: channel, or campaign.
        collapse: How touches of the same right after each other are shown: `counted` as "Direct ×2", `merged` as
            "Direct", which makes paths one that differ only so, `listed` as "Direct > Direct".
        top: How many paths are named.
        segment: What conversions are divided by, too: `new_customer`, `value` (quarters of the sales by value) or
            `month` of the sale.
        days: Sales of these days, refunds on their sale's.
        null_maturity: From which age of the last touch on what came to nothing counts.

    Raises:
        Refusal: No import holds touches.
        MissingRates: Sales of these days could not be converted.
        UnknownName: No such goal, segment or way to collapse.
    """
    settings = workspace.settings
    asked = settings.goal(goal)
    for what, name, known in (("segment", segment or SEGMENTS[0], SEGMENTS), ("way to collapse", collapse, REPEATS)):
        if name not in known:
            raise UnknownName(what, name, known)
    question = Question(by, collapse == "merged", top, segment, _number(days.first), _number(days.last), null_maturity)
    if top < 0:
        raise UsageError(f"--top {top}: expected how many paths are to be named, from 0 on.")
    with reading(workspace) as open_build:
        open_build.goal(asked)
        open_build.refuse_unconverted(days)
        _refuse_without_touches(open_build)
        found = paths_of(
            open_build.engine, asked, question, money=lambda micros: decimal_text(micros, settings.currency)
        )
        shown = _Shown.of(open_build, by, collapse)
        mixes = mixes_of(open_build, asked.id, days, ("revenue",))
    return {
        "goal": asked.id,
        "currency": settings.currency,
        "by": by,
        "collapse": collapse,
        "lookback_days": asked.lookback_days,
        "from": days.first.isoformat() if days.first else None,
        "to": days.last.isoformat() if days.last else None,
        "mixes": mixes.as_dict(),
        "null_journeys": _nulls(found),
        **shown.paths(found.whole),
        **(
            {
                "segment": segment,
                "segments": [{segment: label, **shown.paths(part)} for label, part in found.segments.items()],
            }
            if segment
            else {}
        ),
    }


def _refuse_without_touches(open_build: Reading) -> None:
    if not open_build.build.figures["touches"]:
        raise Refusal(f"No import holds touches, so there are no paths to a sale. {WHAT_SAW_THE_VISITORS}")


def _number(day: date | None) -> int | None:
    return None if day is None else (day - _EPOCH).days


def _nulls(found: Found) -> dict[str, Any] | None:
    if found.nulls is None:
        return None
    return {**found.nulls._asdict(), "maturity_days": round(found.nulls.maturity_days, 6)}


class _Shown:
    """Players by name, and sums as JSON."""

    def __init__(self, names: Sequence[dict[str, Any]], currency: str, collapse: Repeats) -> None:
        self._names = names
        self._currency = currency
        self._collapse = collapse

    @classmethod
    def of(cls, open_build: Reading, by: Players, collapse: Repeats) -> _Shown:
        """With the names of the build's channels, or campaigns."""
        rows = open_build.engine.rows(
            "SELECT channel, platform, account_id, campaign_id, campaign_name FROM places ORDER BY place"
        )
        campaign = ("channel", "platform", "account_id", "campaign_id", "campaign_name")
        named = [dict(zip(campaign, row, strict=True)) for row in rows]
        if by == "channel":
            named = [{"channel": channel} for channel in dict.fromkeys(one["channel"] for one in named)]
        return cls(named, open_build.workspace.settings.currency, collapse)

    def paths(self, found: Paths) -> dict[str, Any]:
        """One answer."""
        whole = found.sum
        return {
            "conversions": whole.conversions,
            "revenue": decimal_text(whole.revenue_micros, self._currency),
            "without_touch": self._sum(found.untouched, whole),
            "paths": [
                {
                    "path": [self._name(step) for step in path.steps],
                    "label": self._label(path.steps),
                    **self._sum(path.sum, whole),
                    "null_journeys": path.nulls,
                    "rate": _rate(path.sum.conversions, path.nulls),
                }
                for path in found.top
            ],
            "other": {"paths": found.other_paths, **self._sum(found.others, whole)},
            "touches_to_convert": _spread(found.touches, "touches"),
            "days_to_convert": _spread(found.days, "days"),
            "first_touch": [self._named(player, amount, whole) for player, amount in found.first.items()],
            "last_touch": [self._named(player, amount, whole) for player, amount in found.last.items()],
            "first_to_last": [
                {"first": self._name(first), "last": self._name(last), **self._sum(amount, whole)}
                for (first, last), amount in found.first_to_last.items()
            ],
        }

    def _sum(self, amount: Sum, whole: Sum) -> dict[str, Any]:
        return {
            "conversions": amount.conversions,
            "share": _share(amount.conversions, whole.conversions),
            "revenue": decimal_text(amount.revenue_micros, self._currency),
        }

    def _named(self, player: int, amount: Sum, whole: Sum) -> dict[str, Any]:
        return {**self._names[player], **self._sum(amount, whole)}

    def _name(self, player: int) -> Any:
        """By channel its name, by campaign what tells it apart."""
        named = self._names[player]
        return named if len(named) > 1 else named["channel"]

    def _label(self, steps: Sequence[int]) -> str:
        """The path in one line."""
        texts = []
        for player, times in runs(steps):
            named = self._names[player]
            text = named.get("campaign_name") or named.get("campaign_id") or named["channel"]
            listed = self._collapse == "listed"
            texts += [text] * times if listed else [f"{text} ×{times}" if times > 1 else text]
        return " > ".join(texts)


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, _DIGITS) if whole else None


def _rate(conversions: int, nulls: int | None) -> float | None:
    """How many of a path's journeys converted; None where none is known that did not."""
    return _share(conversions, conversions + nulls) if nulls else None


def _spread(spread: Spread, unit: str) -> dict[str, Any]:
    figures = {name: getattr(spread, name) for name in ("mean", "p25", "median", "p75", "p90", "largest")}
    return {
        **{name: None if figure is None else round(figure, 6) for name, figure in figures.items()},
        "distribution": [{unit: whole, "conversions": count} for whole, count in spread.conversions.items()],
    }
