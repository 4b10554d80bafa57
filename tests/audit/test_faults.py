"""Each fault at its documented smallest size: its check fires, names the place and the money, and stands first."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from outturn import api
from outturn.audit.graph import raised_by
from outturn.audit.registry import checks
from outturn.domain.money import exact_micros
from outturn.pipeline.read import reading

if TYPE_CHECKING:
    from pathlib import Path

    from outturn.simulator.planted import Planted
    from tests.audit.world import Market

CHECKS = checks()
# What a row of a fact table is called by in an example.
_IDS = {
    "outcomes": "outcome_id",
    "events": "event_id",
    "ad_spend": "import_id || ':' || CAST(line AS VARCHAR)",
    "imports": "import_id",
}
_IDS["claims"] = _IDS["ad_spend"]


@pytest.mark.parametrize("name", CHECKS)
def test_a_fault_of_the_documented_size_is_found_placed_and_ranked(name: str, clean: Market, tmp_path: Path) -> None:
    market, planted = clean.with_faults(tmp_path, {name: CHECKS[name].sure_share})
    found = market.audit()
    findings = {one["check"]: one for one in found["findings"]}
    assert name in findings
    assert set(findings) <= {name, *raised_by(name, CHECKS)}
    assert found["findings"][0]["check"] == name
    assert found["critical"] == any(one["severity"] == "critical" for one in found["findings"])
    _names_what_was_planted(findings[name], planted[name].truth)
    _examples_open(market, found["findings"])


@pytest.mark.parametrize(("seed", "subject"), [(1, "ledger"), (3, "claims"), (5, "spend")])
def test_whatever_was_restated_is_told_by_its_days(seed: int, subject: str, clean: Market, tmp_path: Path) -> None:
    market, planted = clean.with_faults(tmp_path, {"restatements": CHECKS["restatements"].sure_share}, seed=seed)
    truth = planted["restatements"].truth
    assert (truth.where["subject"], truth.rows) == (subject, 4)
    (finding,) = market.audit("restatements")["findings"]
    _names_what_was_planted(finding, truth)
    assert len(finding["places"]) == 1


def test_a_stage_that_most_leave_out_is_none_of_the_usual_order(clean: Market, tmp_path: Path) -> None:
    market, planted = clean.with_faults(tmp_path, {"stage_jumps": 0.6})
    assert planted["stage_jumps"].truth.rows == 0
    assert market.audit("stage_jumps")["findings"] == []


def _names_what_was_planted(finding: dict[str, Any], truth: Planted) -> None:
    places = [place for place in finding["places"] if truth.where.items() <= place.items()]
    assert places, f"{truth.where} is not among {finding['places']}"
    if truth.rows is not None:
        assert sum(place["count"] for place in places) == pytest.approx(truth.rows, rel=0.01)
    if truth.micros is not None:
        assert exact_micros(Decimal(finding["money"])) == pytest.approx(truth.micros, rel=0.01)


def _examples_open(market: Market, findings: list[dict[str, Any]]) -> None:
    with reading(api.open(market.folder / "workspace").workspace) as opened:
        opened.name_facts(_IDS)
        for finding in findings:
            assert finding["examples"], finding["check"]
            for example in finding["examples"]:
                table, row = example["table"], example["id"]
                rows = opened.engine.rows(f"SELECT COUNT(*) FROM {table} WHERE {_IDS[table]} = $row", {"row": row})
                assert rows != [(0,)], example


@pytest.mark.parametrize("name", ["spend_without_visits", "revenue_without_touch"])
def test_a_whole_campaign_or_all_ties_lost_is_counted_to_the_cent(name: str, clean: Market, tmp_path: Path) -> None:
    market, planted = clean.with_faults(tmp_path, {name: 1.0})
    finding = market.audit()["findings"][0]
    assert finding["check"] == name
    assert planted[name].truth.micros is not None
    _names_what_was_planted(finding, planted[name].truth)
    assert finding["severity"] == "critical"


def test_several_faults_at_once_are_each_found_and_their_money_counts_once(clean: Market, tmp_path: Path) -> None:
    faults = {"value_mismatch": 0.6, "duplicate_conversions": 0.5, "events_without_order": 0.2}
    market, _planted = clean.with_faults(tmp_path, faults)
    found = market.audit()
    findings = {one["check"]: one for one in found["findings"]}
    assert set(faults) <= set(findings)
    misrouted = [Decimal(one["money"]) for one in found["findings"] if one["kind"] == "misrouted revenue"]
    assert max(misrouted) < Decimal(found["money"]["misrouted revenue"]) < sum(misrouted)
