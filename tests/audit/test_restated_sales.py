"""What an import changes of days of sales, from rows typed by hand, on both engines."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from outturn.audit.needs import name_step
from outturn.domain.settings import Settings
from outturn.store.duckdb_engine import DuckDBEngine
from outturn.store.engine import open_engine
from outturn.store.sql import load
from outturn.store.tables import OUTCOMES
from tests.store.portable import ARROW

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outturn.store.engine import Engine

FIRST, SECOND, THIRD = "i1", "i2", "i3"
IMPORTED = {FIRST: datetime(2026, 4, 20, 9, tzinfo=UTC), SECOND: datetime(2026, 5, 1, 9, tzinfo=UTC)}
IMPORTED[THIRD] = datetime(2026, 6, 1, 9, tzinfo=UTC)
MICROS = 1_000_000

Changed = tuple[str, int, str, str, date, int, int, int]


@pytest.fixture(scope="module", params=["duckdb", pytest.param("spark", marks=pytest.mark.spark)])
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    opened = open_engine(Settings({**Settings().values, "engine.name": request.param}))
    yield opened
    opened.close()


def sale(number: int, euros: int | None = 100, *, on: int = 1, **told: Any) -> dict[str, Any]:
    """A sale of a day of March, in the evening, when it is the next day further east."""
    given = {"system": "shop", "tracker": False, "kind": "purchase", "stage": "", "status": "counted"}
    given |= {"occurred_at": datetime(2026, 3, on, 23, 30, tzinfo=UTC), "currency": "EUR"}
    return given | {
        "outcome_id": f"shop:{number}", "gross_micros": None if euros is None else euros * MICROS, **told
    }  # fmt: skip


def changed(engine: Engine, *imports: list[dict[str, Any]], zone: str = "UTC") -> list[Changed]:
    """System, day of March, currency, import, when it was told before; euros known, changed and told first."""
    names = list(IMPORTED)[: len(imports)]
    rows = [
        {**row, "import_id": name, "line": line, "imported_at": IMPORTED[name]}
        for name, told in zip(names, imports, strict=True)
        for line, row in enumerate(told, 1)
    ]
    schema = pa.schema([(column.name, ARROW[column.type]) for column in OUTCOMES.columns])
    engine.register("outcomes_rows", pa.Table.from_pylist(rows, schema))
    engine.register("loaded_imports", pa.table({"import_id": names}))
    engine.table("outcomes_replaced", load("outturn.store", "outcomes_replaced"))
    engine.view("outcomes", load("outturn.store", "current_outcomes"))
    engine.table("told_outcomes", load("outturn.metrics", "told_outcomes"), {"zone": zone})
    for step in ("sales_told", "restated_sales"):
        name_step(engine, step, {"zone": zone})
    found = engine.rows(
        "SELECT system, date_day, currency, import_id, told_on, known_micros, changed_micros, first_micros "
        "FROM restated_sales ORDER BY import_id, date_day, currency"
    )
    return [(*row[:1], row[1].day, *row[2:5], *(micros // MICROS for micros in row[5:])) for row in found]


def told_on(import_id: str) -> date:
    return IMPORTED[import_id].date()


def test_sales_told_again_with_another_amount_change_their_day(engine: Engine) -> None:
    first = [sale(1), sale(2, 50), sale(3, on=2)]
    assert changed(engine, first) == []
    assert changed(engine, first, first) == []
    assert changed(engine, first, [sale(1, 84), sale(2, 42), sale(3, on=2)]) == [
        ("shop", 1, "EUR", SECOND, told_on(FIRST), 150, -24, 0)
    ]


def test_each_import_is_held_against_what_was_known_before_it(engine: Engine) -> None:
    third = [sale(1, 60), sale(2, 50)]
    assert changed(engine, [sale(1), sale(2, 50)], [sale(1, 80), sale(2, 50)], third) == [
        ("shop", 1, "EUR", SECOND, told_on(FIRST), 150, -20, 0),
        ("shop", 1, "EUR", THIRD, told_on(SECOND), 130, -20, 0),
    ]
    # Told by the first alone, a sale has been known since then.
    assert changed(engine, [sale(1), sale(2, 50)], [sale(1, 80)], third) == [
        ("shop", 1, "EUR", SECOND, told_on(FIRST), 150, -20, 0),
        ("shop", 1, "EUR", THIRD, told_on(FIRST), 130, -20, 0),
    ]


def test_another_currency_takes_from_one_and_brings_to_the_other(engine: Engine) -> None:
    assert changed(engine, [sale(1), sale(2, 50)], [sale(1, 120, currency="USD"), sale(2, 50)]) == [
        ("shop", 1, "EUR", SECOND, told_on(FIRST), 150, -100, 0),
        ("shop", 1, "USD", SECOND, told_on(FIRST), 0, 120, 0),
    ]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param({"status": "pending"}, {}, id="paid since"),
        pytest.param({}, {"status": "void"}, id="taken back"),
        pytest.param({"kind": "opportunity"}, {"kind": "won"}, id="won since"),
        pytest.param({"kind": "refund"}, {"kind": "refund"}, id="a refund"),
        pytest.param({"tracker": True}, {"tracker": True}, id="seen by a tracker"),
    ],
)
def test_what_comes_late_in_every_shop_is_no_change(
    engine: Engine, before: dict[str, Any], after: dict[str, Any]
) -> None:
    first = [sale(1), sale(2, 50, **before)]
    assert changed(engine, first, [sale(1), sale(2, 20, **after)]) == []


def test_a_day_of_which_few_sales_are_told_again_is_no_export_of_that_day(engine: Engine) -> None:
    first = [sale(number) for number in range(1, 6)]
    assert changed(engine, first, [sale(1, 10), sale(2, 10)]) == []
    assert [row[5:] for row in changed(engine, first, [sale(1, 10), sale(2, 10), sale(3)])] == [(500, -180, 0)]


def test_sales_of_a_known_day_that_come_to_light_stand_apart(engine: Engine) -> None:
    known, more = [sale(1), sale(2, 50)], [sale(7, 30), sale(8, 5, on=9)]
    assert changed(engine, known, [*known, *more]) == [("shop", 1, "EUR", SECOND, told_on(FIRST), 150, 0, 30)]
    # Another file's sales of the same day, none of the known ones among them.
    assert changed(engine, known, more) == []
    # What is told again by a third import was told first by the second.
    assert [row[3] for row in changed(engine, known, [*known, *more], [*known, *more])] == [SECOND]


def test_of_a_sale_told_twice_by_one_import_its_last_line_counts(engine: Engine) -> None:
    assert [row[5:] for row in changed(engine, [sale(1, 70), sale(1)], [sale(1, 70), sale(1, 90)])] == [(100, -10, 0)]
    assert changed(engine, [sale(1, 70), sale(1)]) == []


def test_days_are_the_business_s_and_an_amount_that_was_unknown_was_none(engine: Engine) -> None:
    found = changed(engine, [sale(1, None)], [sale(1)], zone="Europe/Berlin")
    assert found == [("shop", 2, "EUR", SECOND, told_on(FIRST), 0, 100, 0)]


@pytest.fixture(scope="module")
def duckdb() -> Iterator[DuckDBEngine]:
    opened = DuckDBEngine(threads=1)
    yield opened
    opened.close()


SALES = st.builds(
    lambda number, euros, on, status, currency: sale(number, euros, on=on, status=status, currency=currency),
    st.integers(1, 5),
    st.integers(1, 3),
    st.integers(1, 2),
    st.sampled_from(["counted", "counted", "counted", "pending"]),
    st.sampled_from(["EUR", "EUR", "USD"]),
)


def replayed(imports: list[list[dict[str, Any]]]) -> list[Changed]:
    """What `changed` has to give, by taking in one import after the other."""
    found: list[Changed] = []
    state: dict[str, tuple[str, dict[str, Any]]] = {}
    for import_id, told in zip(IMPORTED, imports, strict=False):
        latest = {row["outcome_id"]: row for row in told}
        known, again = defaultdict[int, int](int), defaultdict[int, list[date]](list)
        sums = defaultdict[tuple[int, str], list[int]](lambda: [0, 0, 0])  # known, changed, told first
        for _, row in state.values():
            if row["status"] == "counted":
                known[_day(row)] += 1
                sums[_day(row), row["currency"]][0] += _euros(row)
        for outcome_id, row in latest.items():
            before_id, before = state.get(outcome_id, ("", None))
            if row["status"] == "counted" and before is None:
                sums[_day(row), row["currency"]][2] += _euros(row)
            elif before is not None and row["status"] == before["status"] == "counted":
                again[_day(before)].append(told_on(before_id))
                sums[_day(before), before["currency"]][1] -= _euros(before)
                sums[_day(before), row["currency"]][1] += _euros(row)
        state |= {outcome_id: (import_id, row) for outcome_id, row in latest.items()}
        found += [
            ("shop", day, currency, import_id, min(again[day]), figures[0], figures[1], figures[2])
            for (day, currency), figures in sorted(sums.items())
            if again[day] and 2 * len(again[day]) >= known[day] and any(figures[1:])
        ]
    return found


def _day(row: dict[str, Any]) -> int:
    return int(row["occurred_at"].day)


def _euros(row: dict[str, Any]) -> int:
    return int(row["gross_micros"]) // MICROS


@given(imports=st.lists(st.lists(SALES, max_size=7), min_size=2, max_size=3))
def test_changes_are_those_of_taking_in_one_import_after_the_other(
    duckdb: DuckDBEngine, imports: list[list[dict[str, Any]]]
) -> None:
    assert changed(duckdb, *imports) == replayed(imports)
