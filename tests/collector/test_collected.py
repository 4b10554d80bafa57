"""What the collector took is counted by day; ids' lives are measured with the ids that could have lived so long."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from click.testing import CliRunner

from outturn import api
from outturn.cli.main import cli
from outturn.collector.collected import collected_of
from outturn.domain.time import Days
from outturn.store.facts import Facts, ImportRecord, new_import_id
from outturn.store.tables import TABLES
from tests.journeys.world import Built, World, days, instant, key, schema_of

if TYPE_CHECKING:
    from pathlib import Path


def collected(world: World, first: date | None = None, last: date | None = None) -> dict[str, Any]:
    return collected_of(Built(world, steps=()).engine, Days(first, last), time_zone="Europe/Berlin")


def hit(world: World, who: str = "", *, at: float = 0, source: str = "tag", **columns: Any) -> None:
    world.page({"anonymous": who} if who else {}, at=at, source=source, trust="public", **columns)


def refused(world: World, line: int, file: str, *, at: float) -> None:
    row = {
        "import_id": "i1",
        "line": line,
        "refused_at": instant(at),
        "file": file,
        "reason": "",
        "detail": "",
        "raw": "",
    }
    world.rows["refused_rows"].append(row)


def test_every_hit_is_counted_on_the_business_day_it_came() -> None:
    world = World()
    yes, no = json.dumps({"analytics_storage": True, "ad_storage": False}), json.dumps({"analytics_storage": False})
    hit(world, "a", at=10, consent=yes)
    hit(world, "", at=20, consent=no)
    hit(world, "b", at=30, clock_mark="late", lost_before=7)
    hit(world, "b", at=40, is_bot=True, consent=yes)
    hit(world, "c", at=50, source="segment")  # came as a file
    world.event("identify", {"anonymous": "a"}, at=55, source="tag", lost_before=2)  # says who it was, and is no hit
    world.event("touch", {"anonymous": "c"}, at=23 * 60 + 1, source="links", clock_mark="old")  # 00:01 in Berlin
    world.event("track", {}, at=57, source="pixels", trust="public")  # a view is nobody's, whatever was agreed to
    refused(world, 1, "journal/00", at=60)
    refused(world, 2, "orders.csv", at=60)
    found = collected(world)
    first, second = found["days"]
    counts = ("date_day", "hits", "of_nobody", "views", "bots", "late", "old", "refused", "lost")
    assert tuple(first[name] for name in counts) == ("2025-03-01", 3, 1, 1, 1, 1, 0, 1, 9)
    assert first["consent"]["analytics_storage"] == {"granted": 1, "denied": 1, "unknown": 1}
    assert first["consent"]["ad_storage"] == {"granted": 0, "denied": 1, "unknown": 2}
    assert (second["date_day"], second["hits"], second["old"]) == ("2025-03-02", 1, 1)
    assert (found["totals"]["hits"], found["totals"]["consent"]["ad_user_data"]["unknown"]) == (4, 4)
    assert found["says"][0].startswith("1 of 4 hits (25%) are nobody's")
    assert [one["date_day"] for one in collected(world, first=date(2025, 3, 2))["days"]] == ["2025-03-02"]
    nothing = collected(World())
    assert (nothing["days"], nothing["totals"]["hits"], nothing["browsers"], nothing["says"]) == ([], 0, [], [])


def test_ids_that_could_not_live_so_long_do_not_count_against_a_browser() -> None:
    world = World()
    for number, last in enumerate((0, 2, 8, 40)):  # born on day 0, last seen that many days later
        hit(world, f"s{number}", at=1, browser="Safari", id_born_at=instant(0))
        hit(world, f"s{number}", at=days(last) + 1, browser="Safari", id_born_at=instant(0))
    hit(world, "young", at=days(40), browser="Safari", id_born_at=instant(days(39.5)))
    hit(world, "x", at=days(3), id_born_at=instant(days(3) + 5))  # a clock that was ahead
    hit(world, "bot", at=days(3), browser="Safari", id_born_at=instant(0), is_bot=True)
    safari, other = collected(world)["browsers"]
    assert (safari["browser"], safari["ids"]) == ("Safari", 5)
    assert safari["seen_again"] == {
        "1": {"could": 4, "were": 3}, "7": {"could": 4, "were": 2},
        "30": {"could": 4, "were": 1}, "90": {"could": 0, "were": 0},
    }  # fmt: skip
    assert (safari["median_age_days"], safari["p90_age_days"]) == (2.0, 40.0)
    assert (other["browser"], other["ids"], other["p90_age_days"]) == ("(unknown)", 1, 0.0)
    (only,) = collected(world, last=date(2025, 3, 5))["browsers"][:1]
    assert only["seen_again"]["7"] == {"could": 0, "were": 0}


def test_the_command_shows_it(tmp_path: Path) -> None:
    workspace = api.create(tmp_path / "acme", currency="EUR")
    run = CliRunner().invoke(cli, ["-w", str(workspace.root), "collected"])
    assert (run.exit_code, "Nothing was collected" in run.output) == (0, True)
    at = datetime(2026, 3, 1, 12, tzinfo=UTC)
    row = {
        "line": 1, "event_id": "tag:1", "source": "tag", "type": "page", "trust": "public", "occurred_at": at,
        "received_at": at, "anonymous_key": key("anonymous", "a"), "id_born_at": at - timedelta(days=3),
        "browser": "Firefox",
    }  # fmt: skip
    fields = [field for field in schema_of(TABLES["events"]) if field.name in row]
    record = ImportRecord(
        import_id=new_import_id(at, 0), state_at=at, file="journal/00", sha256="", source="collector",
        layout="journal", verdict="accept", rows_read=1, accepted=1, refused=0, ignored=0,
    )  # fmt: skip
    Facts(workspace.root / "lake").load(record, {"events": pa.Table.from_pylist([row], pa.schema(fields))})
    run = CliRunner().invoke(cli, ["-w", str(workspace.root), "collected"])
    assert "2026-03-01" in run.output
    assert "100% of 1" in run.output
    run = CliRunner().invoke(cli, ["-w", str(workspace.root), "collected", "--json", "--from", "2026-03-02"])
    assert json.loads(run.output)["days"] == []


def test_it_says_what_that_means_for_lookbacks() -> None:
    world = World()
    for number in range(20):
        hit(world, f"s{number}", at=days(7), browser="Safari", id_born_at=instant(0))
    hit(world, "f", at=days(7), browser="Firefox", id_born_at=instant(0))
    safari, few = collected(world)["says"]
    assert safari.startswith("Safari: nine in ten ids were at most 7.0 days old when last seen.")
    assert few == "Of rarer browsers there are too few ids (1) to say."
