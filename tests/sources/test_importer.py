"""What an import decides: whose money it is, what it restates, what it refuses, and what it leaves alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from outturn.domain.errors import UsageError
from outturn.sources import lookups
from outturn.sources.history import imports, refused
from outturn.sources.importer import ImportOptions
from tests.sources.worlds import World

if TYPE_CHECKING:
    from pathlib import Path

GOOGLE = "Campaign,Day,Currency code,Cost,Impr.,Clicks\n"
META = "Campaign name,Campaign ID,Day,Amount spent (USD),Impressions,Link clicks\n"
GENERIC = "date_day,platform,channel,spend,currency,account_id\n"


def test_a_later_file_restates_the_days_that_it_covers(world: World) -> None:
    first = world.text("1.csv", GOOGLE + "A,2026-09-01,EUR,1.00,1,1\nA,2026-09-02,EUR,2.00,1,1\n")
    second = world.text("2.csv", GOOGLE + "A,2026-09-02,EUR,2.50,1,1\nA,2026-09-03,EUR,4.00,1,1\n")
    assert world.spend("date_day") == {"2026-09-01": "1.00 EUR", "2026-09-02": "2.50 EUR", "2026-09-03": "4.00 EUR"}
    shown = imports(world.workspace)
    assert [one["import_id"] for one in shown] == [first.import_id, second.import_id]
    assert shown[1]["restated"] == second.summary["restated"]
    assert [(one["day"], one["was"], one["now"], one["import_id"]) for one in shown[1]["restated"]] == [
        ("2026-09-02", "2.00", "2.50", first.import_id)
    ]
    assert (shown[0]["first_day"], shown[0]["last_day"]) == ("2026-09-01", "2026-09-02")


def test_a_file_that_would_lose_a_campaign_is_refused_until_told(world: World) -> None:
    world.text("1.csv", GOOGLE + "A,2026-09-01,EUR,1.00,1,1\nB,2026-09-01,EUR,2.00,1,1\nZero,2026-09-01,EUR,0,1,0\n")
    only_a = GOOGLE + "A,2026-09-01,EUR,5.00,1,1\n"
    report = world.text("2.csv", only_a)
    assert (report.verdict, report.needs, report.reasons) == ("refuse", ("replace", "partial"), {"DROPS_CAMPAIGNS": 1})
    assert "B (2.00 EUR, 2026-09-01 to 2026-09-01)" in report.messages[0]
    assert world.spend() == {"A": "1.00 EUR", "B": "2.00 EUR", "Zero": "0.00 EUR"}
    assert world.text("2.csv", only_a, partial=True).verdict == "accept"
    assert world.spend() == {"A": "5.00 EUR", "B": "2.00 EUR", "Zero": "0.00 EUR"}
    assert world.text("3.csv", GOOGLE + "A,2026-09-01,EUR,6.00,1,1\n", replace=True).verdict == "accept"
    assert world.spend() == {"A": "6.00 EUR"}


def test_a_dry_run_says_the_same_and_writes_nothing(world: World) -> None:
    text = GOOGLE + "A,2026-09-01,EUR,1.00,1,1\n"
    dry = world.text("1.csv", text, dry_run=True)
    assert (dry.verdict, dry.import_id, dry.accepted) == ("accept", None, 1)
    assert imports(world.workspace) == []
    wet = world.text("1.csv", text)
    assert wet.totals == dry.totals
    assert wet.import_id


def test_files_of_one_command_stand_or_fall_alone(world: World) -> None:
    good = world.file("good.csv", GOOGLE + "A,2026-09-01,EUR,1.00,1,1\n")
    bad = world.file("bad.csv", "Campaign,Day,Cost,Impr.,Clicks\nA,2026-09-01,1.00,1,1\n")
    unknown = world.file("unknown.csv", "one,two\n1,x\n")
    reports = world.take(bad, good, unknown)
    assert [report.verdict for report in reports] == ["refuse", "accept", "refuse"]
    assert [report.needs for report in reports] == [("currency",), (), ()]
    assert [next(iter(report.reasons), "") for report in reports] == ["AMBIGUOUS_CURRENCY", "", "UNRECOGNISED"]
    assert (reports[0].rows_read, reports[0].refused) == (1, 1)
    assert world.spend() == {"A": "1.00 EUR"}


def test_an_account_table_of_the_same_command_gives_currency_and_zone(world: World) -> None:
    stats = world.file(
        "stats.csv",
        "customer_id,id,date,device,clicks,impressions,cost_micros,conversions\n7,1,2026-09-01,MOBILE,1,2,3000000,0\n",
    )
    accounts = world.file(
        "accounts.csv",
        "id,updated_at,currency_code,descriptive_name,time_zone\n7,2026-01-01 0:00:00,CHF,Seven,Europe/Zurich\n",
    )
    reports = world.take(stats, accounts)
    assert [report.verdict for report in reports] == ["accept", "accept"]
    assert world.rows("SELECT account_id, currency, time_zone, time_zone_assumed, spend_micros FROM ad_spend") == [
        ("7", "CHF", "Europe/Zurich", False, 3_000_000)
    ]


def test_an_unnamed_account_is_the_only_one_until_there_are_several(world: World) -> None:
    assert world.text("1.csv", META + "A,1,2026-09-01,1.00,1,1\n").verdict == "accept"
    assert world.rows("SELECT account_id, time_zone, time_zone_assumed FROM ad_spend") == [
        ("(unnamed)", "Europe/Berlin", True)
    ]
    named = META.replace("Campaign name", "Account ID,Campaign name")
    world.text("2.csv", named + "act_7,A,1,2026-09-02,2.00,1,1\n")
    assert world.rows("SELECT DISTINCT account_id FROM ad_spend") == [("7",)]
    only = world.text("3.csv", META + "A,1,2026-09-03,3.00,1,1\n")
    assert "account not stated: 7 is the only one of meta_ads" in only.messages
    world.text("4.csv", named + "8,B,2,2026-09-04,4.00,1,1\n")
    remembered = world.text("5.csv", META + "B,2,2026-09-05,5.00,1,1\nNew,3,2026-09-05,1.00,1,1\n")
    assert remembered.verdict == "accept"
    assert world.rows("SELECT DISTINCT account_id FROM ad_spend WHERE date_day = DATE '2026-09-05'") == [("8",)]
    unknown = world.text("6.csv", META + "C,4,2026-09-06,1.00,1,1\n")
    assert (unknown.verdict, unknown.needs) == ("refuse", ("account",))
    assert world.text("6.csv", META + "C,4,2026-09-06,1.00,1,1\n", account="8").verdict == "accept"


def test_rows_are_refused_one_by_one_with_line_and_reason(world: World) -> None:
    report = world.text(
        "1.csv",
        META
        + "A,1,2026-09-01,1.00,10,1\nA,1,2026-09-31,1.00,10,1\n"
        + "A,1,2026-09-02,1.0000001,10,1\nA,1,2027-09-02,1.00,10,1\n"
        + "A,1.2021E+17,2026-09-03,1.00,10,1\nA,1,2026-09-04,1.00,ten,1\nA,1,2026-09-05,1.00,10,1,extra\n,,,3.00,30,3\n"
        + "ana@example.com,1,2026-09-06,x,1,1\n",
    )
    assert (report.verdict, report.rows_read, report.accepted, report.refused, report.ignored) == ("accept", 9, 1, 7, 1)
    assert report.reasons == {"BAD_DATE": 2, "BAD_NUMBER": 3, "ID_PRECISION_LOST": 1, "COLUMN_SHIFT": 1}
    shown = refused(world.workspace, report.import_id)
    assert [(row["line"], row["reason"]) for row in shown] == [
        (3, "BAD_DATE"), (4, "BAD_NUMBER"), (5, "BAD_DATE"), (6, "ID_PRECISION_LOST"), (7, "BAD_NUMBER"),
        (8, "COLUMN_SHIFT"), (10, "BAD_NUMBER"),
    ]  # fmt: skip
    assert shown[0]["raw"] == "A,1,2026-09-31,1.00,10,1"
    assert "'2026-09-31'" in shown[0]["detail"]
    assert "ana@" not in shown[-1]["raw"]


def test_a_file_of_which_no_row_is_good_is_refused_whole(world: World) -> None:
    report = world.text("1.csv", META + "A,1,2026-09-31,1.00,10,1\n,,,1.00,10,1\n")
    assert (report.verdict, report.reasons) == ("refuse", {"BAD_DATE": 1})
    assert (report.rows_read, report.accepted, report.refused, report.ignored) == (2, 0, 1, 1)
    assert imports(world.workspace) == []


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (META, "EMPTY_FILE"),
        (META + ",,,1.00,10,1\n", "EMPTY_FILE"),
        (META.replace("Impressions", "Day"), "UNRECOGNISED"),
        (META.replace("Link clicks", "Day") + "A,1,2026-09-01,1.00,1,2026-09-01\n", "DUPLICATE_HEADER"),
        (META + 'A,1,2026-09-01,"1,234",10,1\n', "AMBIGUOUS_NUMBER"),
        (META + "A,1,02/03/2026,1.50,10,1\n", "AMBIGUOUS_DATE"),
        (META + 'A,1,2026-09-01,"1,50",10,1\nA,1,2026-09-02,1.50,10,1\n', "MIXED_NUMBER_STYLE"),
        (META.replace("Day,", "") + "A,1,1.00,10,1\n", "NO_DAY"),
        ("2026-09-01,1.00,10\n2026-09-02,1.00,10\n", "NO_HEADER"),
        (META.replace("Day", "Currency,Day") + "A,1,EUR,2026-09-01,1.00,10,1\n", "CURRENCY_MISMATCH"),
    ],
)
def test_a_whole_file_is_refused(world: World, text: str, code: str) -> None:
    report = world.text("1.csv", text)
    assert (report.verdict, next(iter(report.reasons))) == ("refuse", code)
    assert report.rows_read == report.accepted + report.refused + report.ignored


def test_identifiers_too_many_for_a_table_of_them_are_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    people = (
        "outcome_id,kind,occurred_at,user_id,email,phone,crm_id,revenue,currency\n"
        "0,purchase,2026-09-01T10:00:00Z,7,Ana@Example.com,+1 650 555 1212,,1.00,EUR\n"
        "1,purchase,2026-09-01T10:00:00Z,7.0,no address,,c-1,1.00,EUR\n"
        "2,purchase,2026-09-01T10:00:00Z, ,b@x.example,,,1.00,EUR\n"
    )
    found = []
    for most in (2_000_000, 1, 0):
        monkeypatch.setattr(lookups, "_MOST_KEYS", most)
        (tmp_path / str(most)).mkdir()
        world = World(tmp_path / str(most))
        assert world.text("outcomes.csv", people).accepted == 3
        found.append(world.rows("SELECT user_key, email_key, phone_key, crm_key FROM outcomes ORDER BY outcome_id"))
    assert found[0] == found[1] == found[2]
    assert [sum(key is not None for key in row) for row in found[0]] == [3, 2, 1]


def test_what_no_source_knows_says_what_to_do_and_repeats_neither_people_nor_a_whole_page(world: World) -> None:
    told = world.text("1.csv", "Alpha,Beta Gamma," + "x" * 500 + "\n1,2,3\n").messages[0]
    assert "columns: Alpha, Beta Gamma, xxx" in told
    assert "x" * 120 not in told
    assert "--as SOURCE" in told
    assert "conversions, costs, ecb" in told
    row = world.text("2.csv", "Ana Example,ana@example.com,+1 650 555 1212,2026-09-01\nBo,b@example.com,,x\n").messages[
        0
    ]
    assert not any(text in row for text in ("Ana", "ana@", "650"))


def test_a_named_source_says_what_the_file_lacks(world: World) -> None:
    bare = "Campaign name,Day,Link clicks\nA,2026-09-01,1\n"
    told = world.text("1.csv", bare, source="meta-ads").messages[0]
    assert "no layout of meta-ads has these columns: Campaign name, Day, Link clicks." in told
    assert told.endswith("Nearest is campaign_export, which needs Impressions, Amount spent (EUR)")


def test_what_is_asked_for_settles_it(world: World) -> None:
    assert world.text("1.csv", META + 'A,1,2026-09-01,"1,234",10,1\n', decimal=".").totals["USD"]["spend"] == "1234.00"
    assert world.text("2.csv", META + 'A,1,2026-09-01,"1,234",10,1\n', decimal=",").totals["USD"]["spend"] == "1.234"
    dated = world.text("3.csv", META + "A,1,02/03/2026,1.50,10,1\n", dates="day-first")
    assert dated.summary["first_day"] == "2026-03-02"


def test_another_platforms_file_is_not_taken_for_what_the_user_says(world: World) -> None:
    report = world.text("1.csv", META + "A,1,2026-09-01,1.00,1,1\n", source="google-ads")
    assert (report.verdict, report.reasons) == ("refuse", {"WRONG_PLATFORM": 1})


def test_one_days_period_is_a_day(world: World) -> None:
    header = "Reporting starts,Reporting ends,Campaign name,Amount spent (USD),Impressions,Link clicks\n"
    day = world.text("1.csv", header + "2026-09-01,2026-09-01,A,1.00,1,1\n2026-09-02,2026-09-02,A,2.00,1,1\n")
    assert (day.verdict, world.spend("date_day")) == ("accept", {"2026-09-01": "1.00 USD", "2026-09-02": "2.00 USD"})
    period = world.text("2.csv", header + "2026-08-01,2026-08-31,A,9.00,1,1\n")
    assert (period.verdict, period.reasons) == ("period_only", {})


def test_generic_spend_names_its_own_platform_and_level(world: World) -> None:
    report = world.text(
        "1.jsonl",
        '{"date_day": "2026-09-01", "platform": "Radio", "channel": "Audio", "spend": 12.345678, "currency": "eur"}\n'
        '{"date_day": "2026-09-01", "platform": "tv", "channel": "CTV", "campaign_name": "Spot", "spend": "1000.10", '
        '"currency": "EUR"}\n',
    )
    assert report.totals == {"EUR": {"impressions": None, "clicks": None, "spend": "1012.445678"}}
    assert world.rows("SELECT platform, stated_channel, level, account_id, spend_micros FROM ad_spend ORDER BY 1") == [
        ("radio", "Audio", "account", "(unnamed)", 12_345_678), ("tv", "CTV", "campaign", "(unnamed)", 1_000_100_000),
    ]  # fmt: skip


def test_rates_of_the_central_bank(world: World) -> None:
    report = world.text(
        "eurofxref-hist.csv",
        "Date,USD,JPY,CYP,GBP,SEK,CHF,\n2026-09-02,1.1024,172.35,N/A,0.8451,11.1,0.94,\n2026-09-01,1.1,171.9,N/A,0.845,11.2,0.95,\n",
    )
    assert (report.source, report.verdict, report.accepted) == ("ecb", "accept", 2)
    assert world.rows("SELECT CAST(date_day AS VARCHAR), currency, units_per_euro_micros FROM fx_rates WHERE "
                      "currency IN ('USD', 'CYP') ORDER BY 1") == [
        ("2026-09-01", "USD", 1_100_000), ("2026-09-02", "USD", 1_102_400),
    ]  # fmt: skip
    assert len(world.rows("SELECT 1 FROM fx_rates")) == 10


def test_costs(world: World) -> None:
    report = world.text(
        "costs.csv",
        "date_day,channel,kind,cost,currency,note\n2026-09-01,Paid Search,Fee,500.00,EUR,agency\n2026-09-01,Paid "
        "Search,bribe,1,EUR,\n",
    )
    assert (report.accepted, report.reasons, report.totals) == (1, {"UNKNOWN_KIND": 1}, {"EUR": {"cost": "500.00"}})
    assert world.rows("SELECT channel, kind, cost_micros FROM costs") == [("Paid Search", "fee", 500_000_000)]


def test_options_that_contradict_are_wrong_usage() -> None:
    with pytest.raises(UsageError):
        ImportOptions(replace=True, partial=True)
    with pytest.raises(UsageError):
        ImportOptions(currency="EURO")
    with pytest.raises(UsageError):
        ImportOptions(source="gogle-ads")
