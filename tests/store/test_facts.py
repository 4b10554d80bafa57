"""Facts: all of an import or none of it, whatever happens between two writes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from outturn.domain.errors import UnknownName, UsageError
from outturn.store.engine import open_engine
from outturn.store.facts import Facts, ImportRecord, Rewrite, Selected, new_import_id
from outturn.store.tables import EVENTS, FACTS, TABLES

if TYPE_CHECKING:
    from pathlib import Path

START = datetime(2026, 3, 1, 8, tzinfo=UTC)


class Unplugged(Exception):
    """The machine lost its power here."""


def record(serial: int, **changes: Any) -> ImportRecord:
    at = START + timedelta(hours=serial)
    fields: dict[str, Any] = {
        "import_id": new_import_id(at, 1),
        "state_at": at,
        "file": f"file{serial}.csv",
        "sha256": f"{serial:064x}",
        "source": "google-ads",
        "layout": "campaign",
        "verdict": "accept",
        "rows_read": 1,
        "accepted": 1,
        "refused": 0,
        "ignored": 0,
    }
    return ImportRecord(**{**fields, **changes})


def spend(*rows: tuple[str, int, str, int], account: str = "1") -> pa.Table:
    """(campaign, day of March, level, micros) each."""
    return pa.Table.from_pylist(
        [
            {
                "line": line,
                "platform": "google_ads",
                "account_id": account,
                "date_day": date(2026, 3, day),
                "level": level,
                "campaign_id": campaign,
                "currency": "EUR",
                "time_zone": "UTC",
                "time_zone_assumed": False,
                "spend_micros": micros,
            }
            for line, (campaign, day, level, micros) in enumerate(rows, start=2)
        ]
    )


def current(facts: Facts, statement: str, **options: Any) -> list[tuple[Any, ...]]:
    engine = open_engine()
    named = [name for name in FACTS if name in statement] or FACTS
    facts.expose(engine, only={*named, "ad_spend"}, **options)
    rows = engine.rows(statement)
    engine.close()
    return sorted(rows)


SPEND = "SELECT campaign_id, date_day, CAST(SUM(spend_micros) AS BIGINT) FROM ad_spend GROUP BY 1, 2"


def test_a_later_import_replaces_its_days_and_undo_brings_them_back(tmp_path: Path) -> None:
    facts = Facts(tmp_path)
    facts.load(
        record(1), {"ad_spend": spend(("a", 1, "campaign", 10), ("b", 1, "campaign", 5), ("a", 2, "campaign", 7))}
    )
    facts.load(record(2), {"ad_spend": spend(("a", 1, "campaign", 11), ("b", 1, "campaign", 5))})
    first, second = date(2026, 3, 1), date(2026, 3, 2)
    assert current(facts, SPEND) == [("a", first, 11), ("a", second, 7), ("b", first, 5)]
    assert current(facts, SPEND, as_of=START + timedelta(hours=2)) == [
        ("a", first, 10),
        ("a", second, 7),
        ("b", first, 5),
    ]
    facts.undo(record(2).import_id, START + timedelta(hours=3))
    assert current(facts, SPEND) == [("a", first, 10), ("a", second, 7), ("b", first, 5)]
    with pytest.raises(UsageError, match="undone already"):
        facts.undo(record(2).import_id, START + timedelta(hours=4))
    with pytest.raises(UnknownName, match="No import named 'i9'"):
        facts.undo("i9", START)


def test_a_partial_import_replaces_only_the_campaigns_it_names(tmp_path: Path) -> None:
    facts = Facts(tmp_path)
    facts.load(record(1), {"ad_spend": spend(("a", 1, "campaign", 10), ("b", 1, "campaign", 5))})
    facts.load(record(2, partial=True), {"ad_spend": spend(("a", 1, "campaign", 11))})
    assert current(facts, SPEND) == [("a", date(2026, 3, 1), 11), ("b", date(2026, 3, 1), 5)]


def test_levels_do_not_replace_one_another(tmp_path: Path) -> None:
    facts = Facts(tmp_path)
    facts.load(record(1), {"ad_spend": spend(("a", 1, "campaign", 10))})
    facts.load(record(2), {"ad_spend": spend(("a", 1, "ad", 9))})
    assert current(facts, SPEND) == [("a", date(2026, 3, 1), 19)]


def test_the_first_named_account_adopts_the_unnamed_one(tmp_path: Path) -> None:
    facts = Facts(tmp_path)
    facts.load(record(1), {"ad_spend": spend(("a", 1, "campaign", 10), account="(unnamed)")})
    assert current(facts, "SELECT account_id, spend_micros FROM ad_spend") == [("(unnamed)", 10)]
    facts.load(record(2), {"ad_spend": spend(("a", 1, "campaign", 12), account="77")})
    assert current(facts, "SELECT account_id, spend_micros FROM ad_spend") == [("77", 12)]


def test_of_an_event_received_twice_the_first_counts(tmp_path: Path) -> None:
    def event(line: int, seconds: int, name: str) -> dict[str, Any]:
        return {
            "line": line, "event_id": "segment:m1", "source": "segment", "type": "track", "name": name,
            "occurred_at": START, "received_at": START + timedelta(seconds=seconds), "trust": "file",
        }  # fmt: skip

    facts = Facts(tmp_path)
    facts.load(record(1), {"events": pa.Table.from_pylist([event(1, 5, "late"), event(2, 0, "first")])})
    facts.load(record(2), {"events": pa.Table.from_pylist([event(1, 9, "again")])})
    assert current(facts, "SELECT name FROM events") == [("first",)]


def test_a_cost_with_an_id_counts_by_it_and_others_by_their_day(tmp_path: Path) -> None:
    facts = Facts(tmp_path)

    def costs(*rows: tuple[str | None, int]) -> pa.Table:
        day = {"date_day": date(2026, 3, 1), "channel": "Affiliates", "kind": "commission", "currency": "EUR"}
        return pa.Table.from_pylist(
            [
                {**day, "line": line, "cost_id": cost_id, "cost_micros": micros}
                for line, (cost_id, micros) in enumerate(rows)
            ]
        )

    facts.load(record(1), {"costs": costs((None, 100), (None, 50), ("postback:l:1", 3))})
    facts.load(record(2), {"costs": costs(("postback:l:2", 4))})
    facts.load(record(3), {"costs": costs((None, 70), ("postback:l:2", 5))})
    found = "SELECT COALESCE(cost_id, ''), cost_micros FROM costs"
    assert current(facts, found) == [("", 70), ("postback:l:1", 3), ("postback:l:2", 5)]
    facts.undo(record(3).import_id, START + timedelta(days=1))
    assert current(facts, found) == [("", 50), ("", 100), ("postback:l:1", 3), ("postback:l:2", 4)]


def test_the_latest_word_on_an_outcome_counts(tmp_path: Path) -> None:
    def order(status: str) -> pa.Table:
        row = {
            "line": 2, "outcome_id": "shopify:1", "system": "shopify", "tracker": False, "kind": "purchase",
            "stage": "", "status": status, "occurred_at": START,
        }  # fmt: skip
        return pa.Table.from_pylist([row])

    facts = Facts(tmp_path)
    facts.load(record(1), {"outcomes": order("pending")})
    facts.load(record(2), {"outcomes": order("counted")})
    assert current(facts, "SELECT status FROM outcomes") == [("counted",)]
    engine = open_engine()
    engine.relation("outcomes_replaced", [], TABLES["outcomes_replaced"])
    facts.expose(engine, only=("outcomes",), known={"outcomes_replaced"})
    assert engine.rows("SELECT COUNT(*) FROM outcomes") == [(2,)], "what a build has found is not looked for again"
    engine.close()


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(told=st.lists(st.lists(st.tuples(st.integers(1, 3), st.sampled_from(["", "Offer"])), max_size=6), max_size=4))
def test_of_what_imports_tell_of_a_stage_the_last_line_of_the_last_counts(
    tmp_path: Path, told: list[list[tuple[int, str]]]
) -> None:
    facts = Facts(tmp_path / new_import_id(START, len(list(tmp_path.iterdir()))))
    latest: dict[tuple[str, str], tuple[str, int]] = {}
    for serial, rows in enumerate(told, start=1):
        lines: list[dict[str, Any]] = [
            {
                "line": line, "outcome_id": f"shopify:{number}", "system": "shopify", "tracker": False,
                "kind": "purchase", "stage": stage, "status": "counted", "occurred_at": START,
            }
            for line, (number, stage) in enumerate(rows, start=2)
        ]  # fmt: skip
        if lines:
            facts.load(record(serial), {"outcomes": pa.Table.from_pylist(lines)})
            import_id = record(serial).import_id
            latest |= {(one["outcome_id"], one["stage"]): (import_id, one["line"]) for one in lines}
    found = current(facts, "SELECT outcome_id, stage, import_id, line FROM outcomes")
    assert found == sorted((*key, *last) for key, last in latest.items())


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    crash_after=st.integers(0, 4),
    earlier=st.lists(st.tuples(st.sampled_from("abc"), st.integers(1, 3)), max_size=3, unique=True),
)
def test_a_crash_between_any_two_writes_leaves_the_old_state_or_the_new(
    tmp_path_factory: pytest.TempPathFactory, crash_after: int, earlier: list[tuple[str, int]]
) -> None:
    folder = tmp_path_factory.mktemp("lake")
    facts = Facts(folder)
    if earlier:
        facts.load(record(1), {"ad_spend": spend(*((campaign, day, "campaign", 3) for campaign, day in earlier))})
    before = current(facts, SPEND)
    tables = {
        "ad_spend": spend(("a", 1, "campaign", 10)),
        "claims": pa.Table.from_pylist([_claim()]),
        "refused_rows": pa.Table.from_pylist([_refused()]),
    }
    writes: list[str] = []

    def unplug(name: str) -> None:
        writes.append(name)
        if len(writes) == crash_after:
            raise Unplugged

    try:
        Facts(folder, between_writes=unplug).load(record(2), tables)
        crashed = False
    except Unplugged:
        crashed = True
    assert crashed == (1 <= crash_after <= 4)
    committed = not crashed or writes[-1] == "imports"
    after = current(facts, SPEND)
    assert (after == before) if not committed else (("a", date(2026, 3, 1), 10) in after)
    assert (
        len(current(facts, "SELECT line FROM claims"))
        == len(current(facts, "SELECT line FROM refused_rows"))
        == committed
    )
    # The next import sweeps what the crash left and is whole itself.
    facts.load(record(3), tables)
    assert ("a", date(2026, 3, 1), 10) in current(facts, SPEND)
    rows = current(facts, "SELECT DISTINCT import_id FROM ad_spend_rows")
    assert {row[0] for row in rows} <= {one.import_id for one in facts.loaded()}


def test_rewriting_the_past_leaves_no_byte_behind(tmp_path: Path) -> None:
    facts = Facts(tmp_path)
    rows = [
        {"line": n, "event_id": f"e{n}", "source": "s", "type": "page", "occurred_at": START, "received_at": START,
         "trust": "file", "url": f"https://lamps.example/{name}", "user_key": name.encode() * 8}
        for n, name in enumerate(["anna", "bert"], start=1)
    ]  # fmt: skip
    facts.load(record(1), {"events": pa.Table.from_pylist(rows)})
    changed = facts.rewrite(EVENTS.name, Rewrite(drop="user_key = $key", parameters={"key": b"anna" * 8}))
    assert changed == 1
    assert current(facts, "SELECT url FROM events") == [("https://lamps.example/bert",)]
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and b"annaanna" in path.read_bytes()]
    facts.rewrite(EVENTS.name, Rewrite(blank="event_id = 'e2'", columns=("url", "user_key")))
    assert current(facts, "SELECT event_id, url FROM events") == [("e2", None)]


def test_columns_that_no_table_declares_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="ad_spend has no column cost"):
        Facts(tmp_path).load(record(1), {"ad_spend": pa.table({"cost": [1]})})


def test_texts_of_which_a_file_has_few_come_back_as_they_were(tmp_path: Path) -> None:
    with duckdb.connect() as connection:
        statement = """
            SELECT line, 'meta_ads' AS platform, 'it''s 1' AS account_id, 'ad' AS level,
                CAST(action AS ENUM ('lead', 'purchase')) AS conversion_action, 'all' AS click_or_view,
                CASE WHEN line < 3 THEN '7d_click' ELSE '1d_view' END AS attribution_window,
                CAST(NULL AS VARCHAR) AS date_basis, CASE WHEN line > 1 THEN 'EUR' END AS currency
            FROM (VALUES (1, 'lead'), (2, NULL), (3, 'purchase')) AS told(line, action)
        """
        facts = Facts(tmp_path / "lake")
        facts.load(record(1), {"claims": Selected(connection, statement)})
    engine = open_engine()
    facts.expose(engine, only=("claims",))
    assert engine.rows(
        "SELECT line, platform, account_id, conversion_action, attribution_window, date_basis, currency, campaign_id "
        "FROM claims_rows ORDER BY line"
    ) == [
        (1, "meta_ads", "it's 1", "lead", "7d_click", None, None, None),
        (2, "meta_ads", "it's 1", None, "7d_click", None, "EUR", None),
        (3, "meta_ads", "it's 1", "purchase", "1d_view", None, "EUR", None),
    ]
    assert {row[1] for row in engine.rows("DESCRIBE claims_rows") if row[0] in {"conversion_action", "currency"}} == {
        "VARCHAR"
    }
    engine.close()


def test_a_text_taken_for_the_only_one_is_kept_beside_others_that_turn_up(tmp_path: Path) -> None:
    with duckdb.connect() as connection:
        statement = "SELECT line, 'shop' AS system, kind, currency FROM (VALUES (1, 'a', 'EUR'), (2, 'b', {}), "
        statement += "(3, NULL, NULL)) AS told(line, kind, currency)"
        facts = Facts(tmp_path / "lake")
        spoilt = "CAST(CAST(left('nine', 9 + CAST(random() AS INT)) AS INT) AS VARCHAR)"
        likely = {"system": "shop", "currency": "EUR", "kind": "a"}  # Of `kind` nobody asks: its texts are many.
        facts.load(record(1), {"outcomes": Selected(connection, statement.format("'EUR'"), likely)})
        facts.load(record(2), {"outcomes": Selected(connection, statement.format("'USD'"), likely)})
        with pytest.raises(duckdb.ConversionException, match="nine"):
            facts.load(record(3), {"outcomes": Selected(connection, statement.format(spoilt), likely)})
    engine = open_engine()
    facts.expose(engine, only=("outcomes",))
    rows = engine.rows("SELECT import_id, line, system, kind, currency FROM outcomes_rows ORDER BY import_id, line")
    engine.close()
    assert [row[1:] for row in rows] == [
        (1, "shop", "a", "EUR"), (2, "shop", "b", "EUR"), (3, "shop", None, None),
        (1, "shop", "a", "EUR"), (2, "shop", "b", "USD"), (3, "shop", None, None),
    ]  # fmt: skip


def test_every_table_declares_its_writer_and_grain() -> None:
    assert all(table.writer and table.grain and len(set(table.names)) == len(table.names) for table in TABLES.values())


def _claim() -> dict[str, Any]:
    return {
        "line": 2, "platform": "google_ads", "account_id": "1", "date_day": date(2026, 3, 1), "level": "campaign",
        "campaign_id": "a", "conversion_action": "all", "click_or_view": "all", "attribution_window": "default",
        "date_basis": "unknown", "claimed_conversions": 1.5,
    }  # fmt: skip


def _refused() -> dict[str, Any]:
    return {"line": 3, "file": "f.csv", "reason": "BAD_DATE", "detail": "Day '31 Feb'", "raw": "x"}


def test_an_ad_that_stands_alone_belongs_to_its_campaign(tmp_path: Path) -> None:
    def entity(line: int, level: str, id_: str, parent: str | None) -> dict[str, Any]:
        return {"line": line, "platform": "meta_ads", "level": level, "id": id_, "parent_id": parent}

    alone = {
        "line": 2, "platform": "meta_ads", "account_id": "1", "date_day": date(2026, 3, 1), "level": "ad",
        "ad_id": "a1", "currency": "EUR", "time_zone": "UTC", "time_zone_assumed": False, "spend_micros": 5,
    }  # fmt: skip
    facts = Facts(tmp_path)
    facts.load(record(1), {"ad_spend": pa.Table.from_pylist([alone, {**alone, "line": 3, "ad_id": "a2"}])})
    facts.load(
        record(2),
        {"ad_entities": pa.Table.from_pylist([entity(2, "ad", "a1", "g1"), entity(3, "ad_group", "g1", "c1")])},
    )
    rows = current(facts, "SELECT ad_id, ad_group_id, campaign_id FROM ad_spend")
    assert rows == [("a1", "g1", "c1"), ("a2", None, None)]
