"""`outturn attribute`: intervals, models compared, another question, and what is said without touches."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from outturn.attribution.models import names
from tests.cli.terminal import answer, outturn

if TYPE_CHECKING:
    from pathlib import Path

EFFECTS = ("markov_1", "markov_2", "markov_3")


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace of 800 people, half of whom bought, so that intervals can be told; one channel is rare."""
    folder = tmp_path_factory.mktemp("crowd")
    dice = Random(7)  # noqa: S311 - a market, no secret
    channels = ["Paid Search"] * 4 + ["Email"] * 3 + ["Paid Social"] * 3
    touches, sales = ["user_id,occurred_at,channel"], ["user_id,occurred_at,value,currency"]
    for person in range(800):
        for day in sorted(dice.sample(range(1, 20), dice.randint(1, 3))):
            channel = "Display" if person < 20 else dice.choice(channels)
            touches.append(f"u{person},2026-03-{day:02}T10:00:00Z,{channel}")
        if person % 2:
            sales.append(f"u{person},2026-03-20T12:00:00Z,{dice.uniform(20, 200):.2f},EUR")
    (folder / "touches.csv").write_text("\n".join(touches), "utf-8")
    (folder / "sales.csv").write_text("\n".join(sales), "utf-8")
    answer("init", folder / "crowd", "--currency", "EUR")
    answer("-w", folder / "crowd", "import", folder / "touches.csv", folder / "sales.csv")
    return folder / "crowd"


def test_intervals_are_told_where_people_are_enough(crowd: Path) -> None:
    found = answer("-w", crowd, "attribute", "--model", "all", "--null-maturity", "none")
    for model, rows in found["models"].items():
        told = {row["channel"]: row["revenue_ci_low"] is not None for row in rows}
        assert told == {"(none)": False, "Display": False, "Email": True, "Paid Search": True, "Paid Social": True}, (
            model
        )
    (search,) = [row for row in found["models"]["markov_2"] if row["channel"] == "Paid Search"]
    assert float(search["revenue_ci_high"]) / float(search["revenue_ci_low"]) < 1.5


@pytest.mark.parametrize("by", ["channel", "campaign"])
def test_every_model_closes_and_an_interval_holds_its_estimate(pristine: Path, by: str) -> None:
    found = answer("-w", pristine, "attribute", "--model", "all", "--by", by)
    assert list(found["models"]) == list(names())
    assert len(names()) == 11
    for rows in found["models"].values():
        assert sum(Decimal(row["revenue"]) for row in rows) == Decimal(found["revenue"])
        assert sum(row["conversions"] for row in rows) == pytest.approx(found["conversions"])
        for row in rows:
            for figure in ("conversions", "revenue"):
                bounds = row[f"{figure}_ci_low"], row[figure], row[f"{figure}_ci_high"]
                if bounds[0] is not None:
                    assert all(float(one) <= float(other) for one, other in pairwise(bounds))
                    assert row["people"] >= 30
    assert found["ci_covers"] == "sampling error only, not causal uncertainty"
    effects = {model: [row.get("removal_effect") for row in rows] for model, rows in found["models"].items()}
    for model, values in effects.items():
        known = [value for value in values if value is not None]
        assert known == (values if model in EFFECTS else []), model
        assert all(0 <= value <= 1 for value in known)


def test_what_the_build_has_is_what_is_worked_out_anew(pristine: Path) -> None:
    built = answer("-w", pristine, "attribute", "--model", "all")
    anew = answer("-w", pristine, "attribute", "--model", "all", "--from", "2000-01-01", "--to", "2099-01-01")
    # Other days, other spend beside it; the credit is the same to the last digit.
    assert {**anew, "compare": []} == {**built, "compare": []}
    assert answer("-w", pristine, "attribute", "--lookback", "30") == answer("-w", pristine, "attribute")


def test_null_journeys_are_counted_and_their_maturity_is_the_users(pristine: Path) -> None:
    def nulls(*arguments: str) -> dict[str, Any]:
        found: dict[str, Any] = answer("-w", pristine, "attribute", "--model", "markov_1", *arguments)["null_journeys"]
        return found

    every = nulls("--null-maturity", "none")
    assert every["immature"] == 0 < every["counted"]
    for given in ("p90", "5"):
        some = nulls("--null-maturity", given)
        assert some["counted"] + some["immature"] == every["counted"]
    assert nulls("--null-maturity", "5")["maturity_days"] == 5
    assert nulls() == nulls("--null-maturity", "p90")


def test_campaigns_can_be_markovs_players(pristine: Path) -> None:
    asked = ("attribute", "--model", "markov_1,markov_2", "--by", "campaign")
    channels = answer("-w", pristine, *asked)
    campaigns = answer("-w", pristine, *asked, "--players", "campaign")
    assert channels["models"]["markov_2"] == campaigns["models"]["markov_2"]
    of_search = {
        players: {row["removal_effect"] for row in found["models"]["markov_1"] if row["channel"] == "Paid Search"}
        for players, found in (("channel", channels), ("campaign", campaigns))
    }
    assert len(of_search["channel"]) == 1 < len(of_search["campaign"])
    assert campaigns["revenue"] == channels["revenue"]


def test_models_compared_say_how_much_the_model_decides(pristine: Path) -> None:
    found = answer("-w", pristine, "attribute", "--model", "all")
    spent = {row["channel"]: row for row in answer("-w", pristine, "kpis", "--by", "channel")["rows"]}
    for row in found["compare"]:
        shares = {
            model: float(Decimal(one["revenue"]) / Decimal(found["revenue"]))
            for model, rows in found["models"].items()
            for one in rows
            if one["channel"] == row["channel"]
        }
        assert row["revenue_share_low"] == pytest.approx(min(shares.values()), abs=1e-6)
        assert row["revenue_share_high"] == pytest.approx(max(shares.values()), abs=1e-6)
        assert shares[row["revenue_share_low_model"]] == min(shares.values())
        assert shares[row["revenue_share_high_model"]] == max(shares.values())
        assert row["spend"] == spent[row["channel"]]["spend"]
        assert row["claimed_conversions"] == spent[row["channel"]]["claimed_conversions"]
    assert "compare" not in answer("-w", pristine, "attribute")


def test_with_planted_truth_the_nearest_model_is_named(pristine: Path, exports: Path) -> None:
    found = answer("-w", pristine, "attribute", "--model", "all", "--truth", exports.parent / "truth.json")
    misplaced = [row["misplaced_revenue_share"] for row in found["nearest"]]
    assert sorted(misplaced) == misplaced
    assert {row["model"] for row in found["nearest"]} == set(names())
    assert all(0 < share < 1 for share in misplaced)


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"channels": [{"channel": "Email"}]}'])
def test_what_is_no_truth_file_is_told(pristine: Path, tmp_path: Path, content: str) -> None:
    file = tmp_path / "truth.json"
    file.write_text(content, "utf-8")
    ran = outturn("-w", pristine, "attribute", "--truth", file)
    assert ran.code == 2
    assert "truth.json that `outturn demo` writes" in ran.err


@pytest.mark.parametrize("models", ["linear", "linear,markov_1", "all"])
@pytest.mark.parametrize("by", ["channel", "campaign"])
def test_the_table_names_every_channel_and_what_an_interval_covers(pristine: Path, models: str, by: str) -> None:
    ran = outturn("-w", pristine, "attribute", "--model", models, "--by", by)
    assert ran.code == 0
    for text in ("Paid Search", "(none)", "Organic Search"):
        assert text in ran.out
    assert ("sampling error only" in ran.out) == (models != "all")
    assert ("How much the model decides" in ran.out) == (models != "linear")
    assert ("came to nothing" in ran.out) == ("markov" in models)
