"""The proof at a small size, and that it would tell what is wrong: `python -m bench.audit_proof` plays it in full."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bench.audit_proof import share_at_least, share_at_most, summary, table
from bench.audit_trials import Trial, drawn_together, judged, standing_shares, trials
from outturn.audit.graph import raised_by
from outturn.audit.registry import checks
from outturn.simulator.faults import Plant
from outturn.simulator.planted import Planted

if TYPE_CHECKING:
    from pathlib import Path

    from tests.audit.world import Market

CAUSE, EFFECT = next((name, check.implies[0]) for name, check in checks().items() if check.implies)
OTHER = next(name for name in checks() if name not in {CAUSE, *raised_by(CAUSE, checks())})


@pytest.mark.parametrize("number", range(2))
def test_what_the_audit_says_of_a_market_is_what_was_planted(number: int, tmp_path: Path) -> None:
    told = list(trials(tmp_path, 100 + number, number=number))
    assert [len(trial.planted) for trial in told[:-1]] == [0, 1, 1]
    assert len(told[-1].planted) > 1
    assert [trial for trial in told if not trial.is_right] == []


def test_faults_that_erase_each_other_are_not_drawn_together(clean: Market, tmp_path: Path) -> None:
    # Of a campaign whose links were renamed, most are stripped after that.
    shares = {"unjoined_campaigns": 0.9, "bot_share": 0.2}
    assert standing_shares(clean, tmp_path / "draft", shares, 1)["unjoined_campaigns"] == pytest.approx(0.8, abs=0.1)
    assert standing_shares(clean, tmp_path / "draft", {"bot_share": 0.2, "email_in_urls": 1.0}, 1)["bot_share"] == 0
    # Of a campaign whose links were all stripped, none is left to be misspelt.
    emptied = {"spend_without_visits": 1.0, "utm_spelling": 0.075}
    assert standing_shares(clean, tmp_path / "draft", emptied, 1)["utm_spelling"] == 0
    # A report that lacks a campaign is told by the campaign's visits: renamed after that, they tell nothing.
    for later in ("unjoined_campaigns", "spend_without_visits"):
        untold = {"visits_without_spend": 0.75, later: 1.0}
        assert standing_shares(clean, tmp_path / "draft", untold, 1)["visits_without_spend"] == 0
    for apart in (
        {"visits_without_spend": 0.75, "stage_jumps": 0.42, "nameless_deals": 0.5},
        {"missing_days": 0.1, "events_without_order": 0.1, "refunds_untracked": 0.5},
    ):
        assert standing_shares(clean, tmp_path / "draft", apart, 1) == dict.fromkeys(apart, 1.0)
    halved = {"events_without_order": 0.2, "orders_without_event": 0.5}
    assert standing_shares(clean, tmp_path / "draft", halved, 1)["events_without_order"] == pytest.approx(0.5, abs=0.2)
    drawn = drawn_together(clean, tmp_path / "draft", 5)
    assert 2 <= len(drawn) <= 3
    assert drawn == drawn_together(clean, tmp_path / "draft", 5)
    assert min(standing_shares(clean, tmp_path / "draft", drawn, 5).values()) >= 0.8


def finding(check: str, *, count: int = 100, money: str = "50.00", source: str = "segment") -> dict[str, Any]:
    return {"check": check, "money": money, "places": [{"source": source, "count": count}]}


def planted(name: str, *, rows: int = 100, micros: int | None = 50_000_000) -> dict[str, Plant]:
    return {name: Plant(Planted(rows, micros, {"source": "segment"}))}


def test_a_trial_that_says_what_was_planted_is_right() -> None:
    assert judged(1, {"findings": [finding(CAUSE), finding(EFFECT)]}, planted(CAUSE)).is_right
    assert judged(1, {"findings": [finding(CAUSE, count=101, money="50.50")]}, planted(CAUSE)).is_right
    assert judged(1, {"findings": []}, {}).is_right


@pytest.mark.parametrize(
    ("findings", "wrong"),
    [
        pytest.param([], {"missed": (CAUSE,)}, id="missed"),
        pytest.param([finding(CAUSE, source="shop")], {"misplaced": (CAUSE,)}, id="misplaced"),
        pytest.param([finding(CAUSE, count=102)], {"miscounted": (CAUSE,)}, id="rows"),
        pytest.param([finding(CAUSE, money="51.00")], {"miscounted": (CAUSE,)}, id="money"),
        pytest.param([finding(CAUSE), finding(OTHER)], {"outside": (OTHER,)}, id="outside"),
        pytest.param([finding(EFFECT), finding(CAUSE)], {"outranked": {CAUSE: (EFFECT,)}}, id="outranked"),
    ],
)
def test_a_trial_tells_what_is_wrong(findings: list[dict[str, Any]], wrong: dict[str, object]) -> None:
    trial = judged(1, {"findings": findings}, planted(CAUSE))
    assert not trial.is_right
    assert {name: getattr(trial, name) for name in wrong} == wrong


def test_of_several_only_what_one_implies_may_not_stand_above_it() -> None:
    both = planted(CAUSE) | planted(OTHER)
    assert judged(1, {"findings": [finding(OTHER, count=7), finding(CAUSE, count=7)]}, both).is_right
    assert judged(1, {"findings": [finding(OTHER), finding(EFFECT), finding(CAUSE)]}, both).outranked[CAUSE] == (
        EFFECT,
    )


@pytest.mark.parametrize(("rows", "micros", "held"), [(100, 0, (True, True)), (121, 50_000_001, (False, False))])
def test_an_interval_is_held_against_what_is_gone(rows: int, micros: int, held: tuple[bool, bool]) -> None:
    estimate = {"count_low": 90, "count_high": 120, "revenue_low": "0.00", "revenue_high": "50.00"}
    told = finding(CAUSE) | {"places": [{"source": "segment", "count": 7, "estimate": estimate}]}
    truth = Planted(None, None, {"source": "segment"}, gone_rows=rows, gone_micros=micros)
    trial = judged(1, {"findings": [told]}, {CAUSE: Plant(truth)})
    assert trial.is_right  # nine in ten are to hold: one that does not is no fault
    assert (trial.held["rows"], trial.held["money"]) == held
    one = summary([trial])["estimates"]
    assert (one["rows"], one["money"]) == ({"told": 1, "held": held[0]}, {"told": 1, "held": held[1]})


def test_recall_precision_and_alarms_are_counted_over_trials() -> None:
    told = [
        Trial(1, (), ()),
        Trial(2, (), (OTHER,)),
        Trial(1, (CAUSE,), (CAUSE, EFFECT)),
        Trial(2, (CAUSE,), (OTHER,)),
        Trial(1, (CAUSE, OTHER), (OTHER, CAUSE), misplaced=(CAUSE,)),
    ]
    found = summary(told)
    assert found["clean"] == {"markets": 2, "alarms": 1, "at_most": share_at_most(1, 2)}
    assert found["several"] == {"draws": 1, "faults": 2, "found": 1}
    assert len(found["wrong"]) == 3
    cause, effect, other = (found["checks"][name] for name in (CAUSE, EFFECT, OTHER))
    assert (cause["alone"], cause["found_alone"], cause["among_several"], cause["found_among_several"]) == (2, 1, 1, 0)
    assert cause["recall"] == pytest.approx(1 / 3)
    assert (effect["recall"], effect["fired"], effect["implied"], effect["precision"]) == (None, 1, 1, 1.0)
    assert (other["fired"], other["precision"]) == (3, pytest.approx(1 / 3))
    assert f"| `{CAUSE}` | 1 of 2 | 0 of 1 | 33% |" in table(found)


def test_bounds_of_shares_are_exact() -> None:
    assert share_at_most(0, 200) == pytest.approx(1 - 0.05 ** (1 / 200))
    assert share_at_most(3, 3) == 1.0
    # Four of twenty, two-sided at 95 %: 5.73 to 43.66 %, as in every table of the method.
    assert share_at_most(4, 20, level=0.975) == pytest.approx(0.4366, abs=1e-4)
    assert share_at_least(4, 20, level=0.975) == pytest.approx(0.0573, abs=1e-4)
