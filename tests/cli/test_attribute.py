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

_INFINITE = """{"channels": [{"channel": "Email", "incremental_orders": Infinity, "incremental_revenue_micros": 1,
"incremental_refunded_micros": 0}], "baseline_orders": 1, "baseline_revenue_micros": 1,
"baseline_refunded_micros": 0}"""
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


def test_campaigns_compared_have_their_own_spend(pristine: Path) -> None:
    found = answer("-w", pristine, "attribute", "--model", "linear,last_touch", "--by", "campaign")["compare"]
    spent = answer("-w", pristine, "kpis", "--by", "channel,campaign")["rows"]
    by_name = {(row["channel"], row["campaign_name"]): row for row in spent if row["spend"]}
    assert by_name
    for row in found:
        bought = by_name.get((row["channel"], row["campaign_name"]), {})
        assert row["spend"] == bought.get("spend")
        assert row["claimed_conversions"] == bought.get("claimed_conversions")


def _two_goals(folder: Path) -> Path:
    """A shop whose last lead came long after its last sale; the one journey in vain lies between."""
    answer("init", folder, "--currency", "EUR")
    with (folder / "outturn.toml").open("a", encoding="utf-8") as settings:
        settings.write('\n[goals.lead]\nkinds = ["lead"]\n')
    touches = [(f"u{n}", "2026-03-01T10:00:00Z", "Email") for n in range(4)] + [
        ("x", "2026-03-25T10:00:00Z", "Display")
    ]
    sales = [(f"u{n}", "2026-03-11T10:00:00Z", "10", "EUR", "purchase") for n in range(4)]
    sales.append(("late", "2026-04-20T10:00:00Z", "0", "EUR", "lead"))
    files = {
        "touches.csv": ["user_id,occurred_at,channel", *map(",".join, touches)],
        "sales.csv": ["user_id,occurred_at,value,currency,kind", *map(",".join, sales)],
    }
    for name, lines in files.items():
        (folder.parent / name).write_text("\n".join(lines), "utf-8")
    answer("-w", folder, "import", *(folder.parent / name for name in files))
    return folder


def test_what_came_to_nothing_is_as_old_for_every_question(tmp_path: Path) -> None:
    folder = _two_goals(tmp_path / "shop")
    built = answer("-w", folder, "attribute", "--goal", "sale", "--model", "markov_1")
    anew = answer("-w", folder, "attribute", "--goal", "sale", "--model", "markov_1", "--from", "2000-01-01")
    assert built["null_journeys"] == anew["null_journeys"] == {"counted": 1, "immature": 0, "maturity_days": 10}


def test_settings_that_the_build_does_not_know_are_told(tmp_path: Path) -> None:
    folder = _two_goals(tmp_path / "shop")
    settings = folder / "outturn.toml"
    settings.write_text(settings.read_text("utf-8") + '\n[goals.trial]\nkinds = ["trial"]\n', "utf-8")
    for command in ("attribute", "paths"):
        ran = outturn("-w", folder, command, "--goal", "trial")
        assert ran.code == 1
        assert "trial was added in outturn.toml since" in ran.err
    assert answer("-w", folder, "attribute", "--goal", "sale")["conversions"] == 4
    # Another lookback is worked out anew, as if it had been asked for.
    settings.write_text(
        settings.read_text("utf-8").replace('kinds = ["lead"]', 'kinds = ["lead"]\nlookback_days = 7'), "utf-8"
    )
    assert answer("-w", folder, "attribute", "--goal", "lead")["lookback_days"] == 7
    settings.write_text(settings.read_text("utf-8").replace('kinds = ["lead"]', 'kinds = ["qualified"]'), "utf-8")
    ran = outturn("-w", folder, "attribute", "--goal", "lead")
    assert "lead was changed in outturn.toml since" in ran.err


def test_an_ad_export_alone_says_what_is_missing(empty: Path, exports: Path) -> None:
    answer("-w", empty, "import", exports / "google_ads_campaigns.csv")
    ran = outturn("-w", empty, "attribute")
    assert ran.code == 1
    assert "unknown conversions in the ledger" in ran.out
    assert "No import holds touches" in ran.err


def test_a_truth_file_tells_of_all_sales(pristine: Path, exports: Path) -> None:
    truth = exports.parent / "truth.json"
    for part in (("--from", "2025-03-10"), ("--goal", "sale")):
        ran = outturn("-w", pristine, "attribute", "--truth", truth, *part)
        assert (ran.code, "leave --goal, --from and --to out" in ran.err) == (2, True)


def test_with_planted_truth_the_nearest_model_is_named(pristine: Path, exports: Path) -> None:
    found = answer("-w", pristine, "attribute", "--model", "all", "--truth", exports.parent / "truth.json")
    misplaced = [row["misplaced_revenue_share"] for row in found["nearest"]]
    assert sorted(misplaced) == misplaced
    assert {row["model"] for row in found["nearest"]} == set(names())
    assert all(0 < share < 1 for share in misplaced)


@pytest.mark.parametrize("content", ["", "[]", "{}", "[" * 99_999, _INFINITE, '{"channels": [{"channel": "Email"}]}'])
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
