"""Forgetting: the whole person goes, the amounts stay, and nobody else loses a row."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from outturn.domain.errors import UsageError
from outturn.journeys.erasure import erasure_of, export_person, find_person, identify_everyone
from outturn.store.facts import Facts, ImportRecord
from outturn.store.tables import TABLES
from tests.journeys.world import SECRET, START, Built, World, key, schema_of

if TYPE_CHECKING:
    from pathlib import Path

import pyarrow as pa

EMAIL = "ana@x.example"


def _world() -> World:
    world = World()
    world.page({"anonymous": "a1"}, gclid="ANA-CLICK", at=1)
    world.event("identify", {"anonymous": "a1", "user": "1001", "email": EMAIL}, at=2)
    world.page({"anonymous": "b1"}, at=3)
    world.outcome(
        "shopify:77", {"email": EMAIL}, gross="50.00", order_id="#1077", landing_url="/?e=1", utm_source="google"
    )
    world.outcome("crm:5", {}, "won", gross="9.00", system="crm", gclid="ANA-CLICK")
    world.outcome("shopify:78", {"email": "ben@x.example"}, gross="60.00", order_id="1001")
    world.rows["refused_rows"].append(
        {
            "import_id": "i1",
            "line": 1,
            "refused_at": START,
            "file": "f",
            "reason": "BAD_DATE",
            "detail": "",
            "raw": "#1077,***",
        }
    )
    return world


def _built(world: World) -> Built:
    built = Built(world, steps=())
    identify_everyone(built.engine, world.context)
    return built


def test_any_identifier_finds_the_whole_person() -> None:
    engine = _built(_world()).engine
    for text in (" Ana@x.example", "user:1001", "a1", "#1077", "shopify:77", "crm:5", "order:crm:5"):
        found = find_person(engine, text, secret=SECRET)
        assert set(found.keys) == {key("anonymous", "a1"), key("user", "1001"), key("email", EMAIL)}, text
        assert found.outcome_ids == ("crm:5", "shopify:77")


def test_a_text_that_means_two_persons_is_refused_with_the_way_out() -> None:
    with pytest.raises(UsageError, match="order:1001 or user:1001"):
        find_person(_built(_world()).engine, "1001", secret=SECRET)


def test_the_persons_key_finds_them_too() -> None:
    engine = _built(_world()).engine
    found = find_person(engine, EMAIL, secret=SECRET)
    assert found.person_key is not None
    assert find_person(engine, found.person_key.hex(), secret=SECRET).keys == found.keys


def test_somebody_unknown_is_suppressed_all_the_same() -> None:
    engine = _built(_world()).engine
    found = find_person(engine, "new@x.example", secret=SECRET)
    assert found.person_key is None
    erasure = erasure_of(engine, found)
    assert (erasure.events, erasure.outcomes) == (0, 0)
    assert key("email", "new@x.example") in erasure.suppressed


def test_forgetting_leaves_the_amounts_and_no_way_back(tmp_path: Path) -> None:
    world = _world()
    facts = Facts(tmp_path)
    record = ImportRecord("i20250301T000000000000-0000", START, "f", "0", "test", "test", "accept", 0, 0, 0, 0)
    tables = {}
    for name in ("events", "outcomes", "refused_rows"):
        rows = pa.Table.from_pylist(world.rows[name], schema=schema_of(TABLES[name]))
        tables[name] = rows.drop_columns(
            [c for c in ("import_id", "imported_at", "refused_at") if c in rows.schema.names]
        )
    facts.load(record, tables)
    built = Built(world, steps=())
    facts.expose(built.engine)
    identify_everyone(built.engine, world.context)
    erasure = erasure_of(built.engine, find_person(built.engine, EMAIL, secret=SECRET))
    assert (erasure.events, erasure.outcomes, erasure.shared) == (2, 2, 0)
    changed = {name: facts.rewrite(name, rewrite) for name, rewrite in erasure.rewrites.items()}
    assert changed == {"events": 2, "outcomes": 2, "refused_rows": 1}

    facts.expose(built.engine)
    amounts = built.rows("SELECT outcome_id, gross_micros, utm_source, order_id FROM outcomes ORDER BY outcome_id")
    assert amounts == [
        ("crm:5", 9_000_000, None, None),
        ("shopify:77", 50_000_000, "google", "#1077"),
        ("shopify:78", 60_000_000, None, "1001"),
    ]  # fmt: skip
    identify_everyone(built.engine, world.context)
    assert built.persons() == {frozenset({key("anonymous", "b1")}), frozenset({key("email", "ben@x.example")})}
    everything = b"".join(file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())
    assert b"ANA-CLICK" not in everything
    assert all(gone not in everything for gone in erasure.suppressed)


def test_an_access_request_gets_every_row_as_json() -> None:
    engine = _built(_world()).engine
    export = export_person(engine, find_person(engine, EMAIL, secret=SECRET))
    assert json.loads(json.dumps(export)) == export
    assert [row["event_id"] for row in export["events"]] == ["test:0001", "test:0002"]
    assert [row["outcome_id"] for row in export["outcomes"]] == ["crm:5", "shopify:77"]
    assert export["events"][0]["gclid"] == "ANA-CLICK"
