"""How lines become places, money is counted once, and causes stand above what they explain."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest

from outturn.audit.check import MISROUTED_REVENUE, Check
from outturn.audit.findings import Estimate, Finding, money_union, places_of, severity_of, share_at_least, stands_out
from outturn.audit.graph import depths, raised_by
from outturn.audit.registry import checks, known
from outturn.domain.errors import OutturnError, UnknownName
from outturn.store.duckdb_engine import DuckDBEngine

if TYPE_CHECKING:
    from collections.abc import Iterator

CHECK = Check(
    name="wrong", title="Wrong", means="It is.", fix="Mend it.", where=("source",), opens="outcomes",
    kind=MISROUTED_REVENUE, normal_share=0.1, least=2, critical_share=0.2,
)  # fmt: skip


@pytest.fixture
def engine() -> Iterator[DuckDBEngine]:
    made = DuckDBEngine(threads=1)
    yield made
    made.close()


def lines(*rows: tuple[str | None, int, int, str, int | None]) -> pa.Table:
    names = ("source", "found", "seen", "money_key", "micros")
    table = {name: [row[at] for row in rows] for at, name in enumerate(names)}
    days = pa.array([None] * len(rows), pa.date32())
    return pa.table({**table, "first_day": days, "last_day": days, "example_id": table["money_key"]})


def test_a_place_counts_each_money_key_once_at_the_most_that_is_said_of_it(engine: DuckDBEngine) -> None:
    engine.register("told", lines(("a", 5, 5, "o:1", 70), ("a", 5, 5, "o:1", 30), ("a", 5, 5, "o:2", None)))
    (place,), seen = places_of(engine, CHECK, "told")
    assert (place.found, place.seen, seen, place.micros) == (15, 15, 15, 70)
    assert place.examples == ("o:1", "o:2")


def test_an_estimate_is_of_the_lines_that_found_something(engine: DuckDBEngine) -> None:
    told = lines(("a", 60, 60, "o:1", None), ("a", 0, 40, "o:2", None))
    for name, values in {"count_low": [50, None], "count_high": [70, None], "lost_micros": [5_000_000, None]}.items():
        told = told.append_column(name, pa.array(values, pa.int64()))
    for name in ("lost_low_micros", "lost_high_micros"):
        told = told.append_column(name, pa.array([None, None], pa.int64()))
    engine.register("told", told)
    (place,), _ = places_of(engine, replace(CHECK, estimates=True), "told")
    assert place.estimate == Estimate(50, 70, 5_000_000, None, None)
    (place,), _ = places_of(engine, CHECK, "told")
    assert place.estimate is None


def test_a_place_below_what_is_normal_is_none(engine: DuckDBEngine) -> None:
    engine.register("told", lines(("a", 10, 100, "o:1", 1), (None, 90, 100, "o:2", 1)))
    (place,), seen = places_of(engine, CHECK, "told")
    assert (place.where, seen) == ((None,), 200)


def test_totals_are_a_union_over_rows_never_a_sum_over_findings(engine: DuckDBEngine) -> None:
    engine.register("former", lines(("a", 50, 50, "o:1", 70), ("it's", 50, 50, "o:2", 5), ("clean", 0, 50, "o:4", 900)))
    engine.register("latter", lines(("a", 50, 50, "o:1", 40), (None, 50, 50, "o:3", 2)))
    parts = []
    for name in ("former", "latter"):
        places, seen = places_of(engine, CHECK, name)
        parts.append((Finding(CHECK, "notice", tuple(places), 0, seen, None), name))
    assert money_union(engine, parts) == 70 + 5 + 2
    assert money_union(engine, parts[1:]) == 42


def test_bounds_of_shares_are_wilsons() -> None:
    assert share_at_least(0, 50) == 0
    assert share_at_least(50, 50) == pytest.approx(50 / (50 + 16))
    assert share_at_least(500, 1_000) == pytest.approx(0.4373, abs=1e-4)


def test_few_rows_say_nothing_and_any_row_does_where_none_is_normal() -> None:
    assert not stands_out(CHECK, 1, 1)
    assert not stands_out(replace(CHECK, normal_share=0.0), 1, 100_000)
    assert stands_out(replace(CHECK, normal_share=0.0), 2, 100_000)


def test_severity_follows_the_money_at_stake_else_the_rows() -> None:
    assert severity_of(CHECK, 1, 100, 20, at_stake=100) == "critical"
    assert severity_of(CHECK, 100, 100, 19, at_stake=100) == "warning"
    assert severity_of(CHECK, 20, 100, None, at_stake=100) == "critical"
    assert severity_of(replace(CHECK, critical_share=None), 100, 100, None, at_stake=1) == "notice"


def test_depth_is_the_longest_way_from_a_root_also_over_checks_that_do_not_stand() -> None:
    graph = {
        name: replace(CHECK, name=name, implies=implies)
        for name, implies in {"a": ("b", "d"), "b": ("c",), "c": ("d",), "d": ()}.items()
    }
    assert raised_by("a", graph) == {"b", "c", "d"}
    assert depths(graph, graph) == {"a": 0, "b": 1, "c": 2, "d": 3}
    assert depths(["a", "d"], graph) == {"a": 0, "d": 1}
    graph["d"] = replace(graph["d"], implies=("b",))
    with pytest.raises(OutturnError, match="in a circle: b, c, d"):
        depths(graph, graph)


def test_an_unknown_check_is_answered_with_the_nearest() -> None:
    name = next(iter(checks()))
    assert list(known((name,))) == [name]
    with pytest.raises(UnknownName, match=f"Did you mean '{name}'"):
        known((f"{name}x",))
