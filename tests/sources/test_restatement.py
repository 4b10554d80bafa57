"""What a later file changes: by how much, since which import; and who says in which currency and zone it is."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from outturn.sources.history import imports
from outturn.store.facts import Facts
from tests.sources.test_tiktok_ads import _ADVERTISER, _BY_DAY, _HOURS
from tests.sources.worlds import NOW

if TYPE_CHECKING:
    from tests.sources.worlds import World

GOOGLE = "Campaign,Campaign ID,Day,Currency code,Cost,Impr.,Clicks,Conversions\n"
NAMES = "Campaign,Day,Currency code,Cost,Impr.,Clicks\n"
META = "Campaign name,Campaign ID,Day,Amount spent (USD),Impressions,Link clicks\n"
OUTCOMES = "outcome_id,kind,occurred_at,user_id,revenue,currency\n"


def told(world: World, import_id: str | None) -> dict[str, Any]:
    """An import as `outturn imports --json` has it."""
    return next(one for one in imports(world.workspace) if one["import_id"] == import_id)


def undo(world: World, import_id: str | None) -> None:
    world.minutes += 1
    Facts(world.workspace.lake).undo(str(import_id), NOW + timedelta(minutes=world.minutes))


def test_what_changed_is_told_by_day_and_in_short_and_follows_what_was_taken_back(world: World) -> None:
    first = world.text(
        "1.csv",
        GOOGLE + "A,1,2026-09-01,EUR,1.00,10,1,1\nA,1,2026-09-02,EUR,2.00,20,2,2\nB,2,2026-09-02,EUR,3.00,30,3,0\n",
    )
    second = world.text(
        "2.csv",
        GOOGLE + "A,1,2026-09-02,EUR,2.50,25,2,2.5\nB,2,2026-09-02,EUR,3.00,30,3,0\nA,1,2026-09-03,EUR,9,9,9,9\n",
    )
    third = world.text("3.csv", GOOGLE + "B,2,2026-09-02,EUR,1.00,31,3,0\n", partial=True)
    assert told(world, first.import_id)["restatements"] == []
    now = told(world, second.import_id)
    assert now["restated"] == second.summary["restated"] == [
        {
            "day": "2026-09-02", "last_day": "2026-09-02", "platform": "google_ads", "account_id": "(unnamed)",
            "level": "campaign", "currency": "EUR", "campaigns": 1, "was": "5.00", "now": "5.50", "change": "0.50",
            "impressions_was": 50, "impressions_now": 55, "impressions_change": 5,
            "clicks_was": 5, "clicks_now": 5, "clicks_change": 0, "import_id": first.import_id,
        }
    ]  # fmt: skip
    assert now["restatements"] == [
        {
            "import_id": first.import_id, "platform": "google_ads", "account_id": "(unnamed)", "level": "campaign",
            "days": 1, "first_day": "2026-09-02", "last_day": "2026-09-02", "change": {"EUR": "0.50"},
            "impressions_change": 5, "clicks_change": 0, "claimed_conversions_change": 0.5, "outcomes": None,
        }
    ]  # fmt: skip
    (claimed,) = now["restated_claims"]
    assert (claimed["claimed_conversions_was"], claimed["claimed_conversions_now"]) == (2.0, 2.5)
    (day,) = told(world, third.import_id)["restated"]
    assert (day["was"], day["now"], day["change"], day["import_id"]) == ("5.50", "3.50", "-2.00", second.import_id)
    # Without the second, the third restates the first; what was taken back restates nothing.
    undo(world, second.import_id)
    (day,) = told(world, third.import_id)["restated"]
    assert (day["was"], day["now"], day["import_id"]) == ("5.00", "3.00", first.import_id)
    assert told(world, second.import_id)["restated"] == []
    # As it was told before that.
    before = imports(world.workspace, as_of=NOW + timedelta(minutes=world.minutes))
    assert [len(one["restated"]) for one in before] == [0, 1, 1]


def test_a_day_whose_campaigns_even_out_has_changed_all_the_same(world: World) -> None:
    world.text("1.csv", NAMES + "A,2026-09-01,EUR,1.00,1,1\nB,2026-09-01,EUR,2.00,1,1\n")
    report = world.text("2.csv", NAMES + "A,2026-09-01,EUR,2.00,1,1\nB,2026-09-01,EUR,1.00,1,1\n")
    assert [(one["campaigns"], one["was"], one["now"]) for one in report.summary["restated"]] == [(2, "3.00", "3.00")]
    same = world.text("3.csv", NAMES + "B,2026-09-01,EUR,1.00,1,1\nA,2026-09-01,EUR,2.00,1,1\n")
    assert (same.verdict, same.summary["restated"]) == ("accept", [])


def test_orders_that_changed_their_amount_are_counted(world: World) -> None:
    first = world.text(
        "1.csv",
        OUTCOMES
        + "1,purchase,2026-09-01T21:30:00Z,ana,10.00,EUR\n2,purchase,2026-09-01T22:30:00Z,bo,20.00,EUR\n"
        + "3,purchase,2026-09-01T10:00:00Z,cy,30.00,EUR\n",
    )
    second = world.text(
        "2.csv",
        OUTCOMES
        + "1,purchase,2026-09-01T21:30:00Z,ana,12.00,EUR\n2,purchase,2026-09-01T22:30:00Z,bo,25.00,USD\n"
        + "3,purchase,2026-09-01T10:00:00Z,cy,30.00,EUR\n4,purchase,2026-09-01T10:00:00Z,di,40.00,EUR\n",
    )
    now = told(world, second.import_id)
    shown = ("day", "currency", "outcomes", "was", "now")
    assert [tuple(one[name] for name in shown) for one in now["restated_outcomes"]] == [
        ("2026-09-01", "EUR", 1, "10.00", "12.00"),
        ("2026-09-02", "EUR", 1, "20.00", "0.00"),
        ("2026-09-02", "USD", 1, "0.00", "25.00"),
    ]
    (line,) = now["restatements"]
    assert (line["import_id"], line["system"], line["days"]) == (first.import_id, "generic", 2)
    assert line["change"] == {"EUR": "-18.00", "USD": "25.00"}


def test_a_name_is_the_campaign_whose_id_alone_bore_it(world: World) -> None:
    world.text("names.csv", NAMES + "A,2026-09-01,EUR,1.00,1,1\nB,2026-09-01,EUR,2.00,1,1\n")
    assert world.text("ids.csv", GOOGLE + "A,1,2026-09-01,EUR,5.00,1,1,0\n", partial=True).verdict == "accept"
    assert world.spend() == {"A": "5.00 EUR", "B": "2.00 EUR"}
    whole = world.text("again.csv", NAMES + "A,2026-09-01,EUR,6.00,1,1\nB,2026-09-01,EUR,2.00,1,1\n")
    assert (whole.verdict, world.spend()) == ("accept", {"A": "6.00 EUR", "B": "2.00 EUR"})


def test_a_name_of_several_campaigns_is_never_replaced_by_half(world: World) -> None:
    world.text("names.csv", NAMES + "A,2026-09-01,EUR,5.00,1,1\nB,2026-09-01,EUR,1.00,1,1\n")
    both = GOOGLE + "A,1,2026-09-01,EUR,2.00,1,1,0\nA,2,2026-09-01,EUR,3.00,1,1,0\n"
    refused = world.text("ids.csv", both, partial=True)
    assert (refused.verdict, list(refused.reasons)) == ("refuse", ["AMBIGUOUS_CAMPAIGN"])
    assert world.spend() == {"A": "5.00 EUR", "B": "1.00 EUR"}
    whole = world.text("ids.csv", both + "B,3,2026-09-01,EUR,1.00,1,1,0\n")
    assert (whole.verdict, world.spend()) == ("accept", {"A": "5.00 EUR", "B": "1.00 EUR"})


def test_a_partial_file_of_ads_without_campaigns_replaces_those_ads(world: World) -> None:
    header = "ad_id,date,impressions,spend,swipes\n"
    one, two = "11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"
    world.text("1.csv", f"{header}{one},2026-09-01T10:00:00,1,5,1\n{two},2026-09-01T10:00:00,1,7,1\n", currency="EUR")
    world.text("2.csv", f"{header}{two},2026-09-01T10:00:00,1,9,1\n", currency="EUR", partial=True)
    assert world.rows("SELECT ad_id, spend_micros FROM ad_spend ORDER BY 1") == [(one, 5), (two, 9)]


def test_rows_of_several_accounts_are_told_by_their_campaigns_or_refused(world: World) -> None:
    named = META.replace("Campaign name", "Account ID,Campaign name")
    world.text("known.csv", named + "7,A,1,2026-09-01,1.00,1,1\n8,B,2,2026-09-01,2.00,1,1\n")
    both = world.text("both.csv", META + "A,1,2026-09-01,3.00,1,1\nB,2,2026-09-01,4.00,1,1\n")
    assert both.verdict == "accept"
    assert world.spend("account_id") == {"7": "3.00 USD", "8": "4.00 USD"}
    assert [(one["account_id"], one["change"]) for one in told(world, both.import_id)["restatements"]] == [
        ("7", {"USD": "2.00"}),
        ("8", {"USD": "2.00"}),
    ]
    unknown = META + "A,1,2026-09-02,3.00,1,1\nB,2,2026-09-02,4.00,1,1\nC,3,2026-09-02,4.00,1,1\n"
    refused = world.text("unknown.csv", unknown)
    assert (refused.verdict, list(refused.reasons), refused.needs) == ("refuse", ["NO_ACCOUNT"], ("account",))
    assert world.spend("account_id") == {"7": "3.00 USD", "8": "4.00 USD"}


def test_a_period_is_restated_as_a_period_and_leaves_days_alone(world: World) -> None:
    header = "Reporting starts,Reporting ends,Campaign name,Amount spent (USD),Impressions,Link clicks\n"
    first = world.text("1.csv", header + "2026-08-01,2026-08-31,A,9.00,1,1\n")
    world.text("day.csv", header + "2026-08-05,2026-08-05,A,1.00,1,1\n")
    again = world.text("2.csv", header + "2026-08-01,2026-08-31,A,8.00,1,1\n")
    assert (first.verdict, again.verdict) == ("period_only", "period_only")
    (period,) = told(world, again.import_id)["restated"]
    assert (period["day"], period["last_day"], period["was"], period["now"]) == (
        "2026-08-01", "2026-08-31", "9.00", "8.00",
    )  # fmt: skip
    assert world.spend("date_day") == {None: "8.00 USD", "2026-08-05": "1.00 USD"}


def test_an_account_that_gets_its_name_restates_what_it_spent_without_one(world: World) -> None:
    first = world.text("1.csv", META + "A,1,2026-09-01,1.00,1,1\nB,2,2026-09-01,5.00,1,1\n")
    named = META.replace("Campaign name", "Account ID,Campaign name")
    lacking = world.text("2.csv", named + "7,A,1,2026-09-01,2.00,1,1\n")
    assert list(lacking.reasons) == ["DROPS_CAMPAIGNS"]
    second = world.text("2.csv", named + "7,A,1,2026-09-01,2.00,1,1\nB,B,2,2026-09-01,5.00,1,1\n", replace=True)
    (day,) = second.summary["restated"]
    assert (day["account_id"], day["was"], day["now"], day["import_id"]) == ("7", "6.00", "2.00", first.import_id)
    assert told(world, second.import_id)["restated"] == second.summary["restated"]


def test_hours_whose_zone_was_told_since_take_the_place_of_those_booked_elsewhere(world: World) -> None:
    first = world.text("hours.csv", _HOURS, currency="EUR")
    assert world.text("hours.csv", _HOURS, currency="EUR").verdict == "unchanged"
    world.text("advertiser.csv", _ADVERTISER.format("EUR"))
    # On the eastern side the last day is another; on the western one it would be left over.
    second = world.text("hours.csv", _HOURS, currency="EUR")
    assert second.verdict == "accept"
    assert any(str(first.import_id) in message for message in second.messages)
    assert world.rows(_BY_DAY) == [
        ("2025-10-25", "Europe/Berlin", False, 1),
        ("2025-10-26", "Europe/Berlin", False, 30),
        ("2025-10-27", "Europe/Berlin", False, 32),
    ]
    assert [one["state"] for one in imports(world.workspace)] == ["undone", "loaded", "loaded"]
    assert world.text("hours.csv", _HOURS, currency="EUR").verdict == "unchanged"
    west = _ADVERTISER.format("EUR").replace("Europe/Berlin", "America/Los_Angeles").replace("2026-01-01", "2026-02-01")
    world.text("moved.csv", west)
    assert world.text("hours.csv", _HOURS, currency="EUR").verdict == "accept"
    assert world.rows(_BY_DAY) == [
        ("2025-10-25", "America/Los_Angeles", False, 1 + 2 + 4 + 8),
        ("2025-10-26", "America/Los_Angeles", False, 16 + 32),
    ]


ACCOUNT = "id,updated_at,currency_code,descriptive_name,time_zone\n7,2026-01-01 0:00:00,CHF,Seven,Europe/Zurich\n"
STATED = "Customer ID," + NAMES


@pytest.mark.parametrize(
    ("text", "options", "named"),
    [
        (META + "A,1,2026-09-01,1.00,1,1\n", {"currency": "EUR"}, ("USD", "EUR")),
        (STATED + "7,A,2026-09-01,EUR,1.00,1,1\n", {}, ("EUR", "CHF")),
        ((STATED + "7,A,2026-09-01,€1.00,1,1\n").replace("Currency code,", ""), {}, ("EUR", "CHF")),
        ((STATED + "7,A,2026-09-01,$1.00,1,1\n").replace("Currency code,", ""), {}, ("CHF",)),
        ((STATED + "7,A,2026-09-01,1.00,1,1\n").replace("Currency code,", ""), {"currency": "EUR"}, ("EUR", "CHF")),
    ],
)
def test_currencies_that_contradict_refuse_the_file_and_are_named(
    world: World, text: str, options: dict[str, Any], named: tuple[str, ...]
) -> None:
    world.text("accounts.csv", ACCOUNT)
    report = world.text("spend.csv", text, **options)
    assert (report.verdict, list(report.reasons)) == ("refuse", ["CURRENCY_MISMATCH"])
    assert all(currency in report.messages[0] for currency in named)
    assert world.spend() == {}


def test_rows_that_state_their_own_currency_need_no_flag_and_it_is_said(world: World) -> None:
    report = world.text("spend.csv", NAMES + "A,2026-09-01,EUR,1.00,1,1\n", currency="USD")
    assert (report.verdict, list(report.totals)) == ("accept", ["EUR"])
    assert any("--currency USD did not count" in message for message in report.messages)


def test_an_account_is_what_the_latest_table_says_of_each_of_its_columns(world: World) -> None:
    tables = [
        "7,2026-01-01 0:00:00,CHF,Seven,Europe/Zurich\n",
        "7,2026-02-01 0:00:00,,Seven again,\n",
        "7,2025-12-01 0:00:00,EUR,Old,UTC\n",
    ]
    for number, row in enumerate(tables):
        world.text(f"{number}.csv", ACCOUNT[: ACCOUNT.index("\n") + 1] + row)
    assert world.rows("SELECT name, currency, time_zone FROM accounts") == [("Seven again", "CHF", "Europe/Zurich")]


def test_a_file_says_which_zones_and_currencies_it_holds(world: World) -> None:
    header = "date_day,platform,channel,spend,currency,account_id,time_zone\n"
    rows = "2026-09-01,radio,Audio,1.00,EUR,1,Europe/Berlin\n2026-09-01,radio,Audio,1.00,USD,2,America/New_York\n"
    report = world.text("spend.csv", header + rows)
    mixes = {"time_zones": ["America/New_York", "Europe/Berlin"], "currencies": ["EUR", "USD"]}
    assert report.to_dict()["mixes"] == mixes
    assert told(world, report.import_id)["mixes"] == mixes
    assert world.text("spend.csv", header + rows).to_dict()["mixes"] == mixes
    alike = world.text("alike.csv", NAMES + "A,2026-09-01,EUR,1.00,1,1\n")
    assert alike.to_dict()["mixes"] == {"time_zones": [], "currencies": []}
