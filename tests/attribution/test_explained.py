"""One conversion explained: its parts are those that the credits add up, to the micro and to the last bit."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from outturn.attribution import models
from outturn.attribution.credits import Places, write_credits
from outturn.attribution.explained import Parts, effects_of, entries_of, parts_of, trail_of
from outturn.attribution.paths import Question, Sum, paths_of
from outturn.domain.goals import Goal
from outturn.domain.settings import checked
from outturn.domain.time import micros_of
from outturn.store.engine import open_engine
from outturn.store.tables import TABLES, Type

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from outturn.store.engine import Engine

START = datetime(2026, 3, 1, tzinfo=ZoneInfo("UTC"))
ARROW = {
    Type.TEXT: pa.string(),
    Type.SMALL: pa.int32(),
    Type.COUNT: pa.int64(),
    Type.MICROS: pa.int64(),
    Type.FLAG: pa.bool_(),
    Type.DAY: pa.date32(),
    Type.AT: pa.timestamp("us", "UTC"),
}
CHANNELS = ("(none)", "Direct", "Email", "Paid Search", "Paid Search", "Paid Social")
DIRECT, EMAIL, BRAND, GENERIC, SOCIAL = range(1, 6)
SALE = Goal("sale", ("purchase",), lookback_days=20)
DEAL = Goal("deal", ("won",), per="account", lookback_days=30)
COMPANY = 0  # of people 1 and 2
Row = dict[str, Any]


@pytest.fixture(scope="module", params=["duckdb", pytest.param("spark", marks=pytest.mark.spark)])
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    engine = _opened(request.param)
    yield engine
    engine.close()


@pytest.fixture(scope="module")
def duckdb_engine() -> Iterator[Engine]:
    """Many small builds would take Spark minutes."""
    engine = _opened("duckdb")
    yield engine
    engine.close()


def _opened(name: str) -> Engine:
    engine = open_engine(checked({"workspace": {"currency": "EUR"}, "engine": {"name": name}}, where="test"))
    places = [
        {"place": place, "channel": channel, "platform": "", "account_id": "", "campaign_key": f"c{place}"}
        for place, channel in enumerate(CHANNELS)
    ]
    _register(engine, "places", places)
    return engine


def test_a_sale_and_its_refund_are_divided_alike(engine: Engine, tmp_path: Path) -> None:
    touches = [(1, 24, BRAND), (1, 480, EMAIL), (1, 490, DIRECT), (2, 480, SOCIAL), (1, 10, SOCIAL), (1, 600, EMAIL)]
    sold = [_sale("a", 1, 500, 100), _sale("a:r", 1, 500, -40, of="a", refunded=45)]
    _build(engine, tmp_path, touches, sold)
    entries = entries_of(engine, "a:r")
    assert [(entry.outcome_id, entry.counts, entry.value_micros) for entry in entries] == [
        ("a", 1, 100),
        ("a:r", 0, -40),
    ]
    trail = trail_of(engine, entries[0], SALE.lookback_days)
    assert [(step.place, step.channel, step.at) for step in trail.steps] == [
        (BRAND, "Paid Search", _at(24)), (EMAIL, "Email", _at(480)), (DIRECT, "Direct", _at(490)),
    ]  # fmt: skip
    assert [step.place for step in trail.before] == [SOCIAL]
    assert [step.place for step in trail.after] == [EMAIL]
    linear = parts_of("linear", trail.steps, entries, {})
    assert linear.micros == {"a": (34, 33, 33), "a:r": (-14, -13, -13)}
    assert sum(linear.conversions) == 1.0
    assert parts_of("last_non_direct", trail.steps, entries, {}).micros == {"a": (0, 100, 0), "a:r": (0, -40, 0)}


def test_one_touch_or_none_has_all_of_it(engine: Engine, tmp_path: Path) -> None:
    _build(engine, tmp_path, [(1, 24, BRAND)], [_sale("a", 1, 30, 7), _sale("b", 3, 30, 9), _sale("c", -1, 30, 8)])
    for outcome_id, value, touches in (("a", 7, 1), ("b", 9, 0), ("c", 8, 0)):
        entries = entries_of(engine, outcome_id)
        trail = trail_of(engine, entries[0], SALE.lookback_days)
        assert len(trail.steps) == touches
        for model in models.names():
            assert parts_of(model, trail.steps, entries, {}) == Parts((1.0,), (1.0,), {outcome_id: (value,)})


def test_a_companys_deal_is_explained_by_the_touches_of_all_its_people(engine: Engine, tmp_path: Path) -> None:
    deal = _sale("d", 1, 30, 10, goal="deal", company=COMPANY, lead_at=_instant(25))
    _build(engine, tmp_path, [(1, 24, BRAND), (2, 26, EMAIL), (3, 27, DIRECT)], [deal])
    (entry,) = entries_of(engine, "d")
    trail = trail_of(engine, entry, DEAL.lookback_days)
    assert [(step.person_id, step.channel) for step in trail.steps] == [(1, "Paid Search"), (2, "Email")]
    assert entry.lead_at == _at(25)
    # First touch and lead are the ad's, what closed is the mail's: 60 to 30, scaled up.
    assert parts_of("w_shaped", trail.steps, [entry], {}).micros == {"d": (7, 3)}


def test_a_path_is_the_journey_that_is_explained(engine: Engine, tmp_path: Path) -> None:
    touches = [(1, 24, BRAND), (1, 30, EMAIL), (2, 24, GENERIC), (2, 30, EMAIL), (3, 10, BRAND), (3, 11, EMAIL)]
    ledger = [_sale("a", 1, 40, 100), _sale("a:r", 1, 40, -40, of="a", refunded=9), _sale("b", 2, 40, 7)]
    _build(engine, tmp_path, touches, [*ledger, _sale("c", -1, 40, 8)])
    whole = paths_of(engine, SALE, Question(maturity="none")).whole
    names = Places.built(engine).channels
    assert [[names[step] for step in path.steps] for path in whole.top] == [["Paid Search", "Email"]]
    assert whole.top[0][1:] == (Sum(2, 67), 1)
    assert (whole.sum, whole.untouched) == (Sum(3, 75), Sum(1, 8))
    for outcome_id in ("a", "b"):
        trail = trail_of(engine, entries_of(engine, outcome_id)[0], SALE.lookback_days)
        assert [step.channel for step in trail.steps] == ["Paid Search", "Email"]


def test_nobody_counts_what_is_not_there(engine: Engine, tmp_path: Path) -> None:
    _build(engine, tmp_path, [], [_sale("a", 1, 30, 7)])
    assert entries_of(engine, "b") == []


HOURS = st.integers(0, 40 * 24)
TOUCHES = st.lists(st.tuples(st.integers(0, 3), HOURS, st.integers(1, len(CHANNELS) - 1)), max_size=25)
AMOUNTS = st.one_of(st.integers(0, 30), st.integers(0, 10**9))
SALES = st.lists(
    st.tuples(
        st.integers(-1, 3),
        HOURS,
        AMOUNTS,
        st.lists(st.tuples(AMOUNTS, st.integers(0, 9)), max_size=2),
        st.booleans(),
        st.one_of(st.none(), HOURS),
    ),
    max_size=7,
)


@given(touches=TOUCHES, sales=SALES)
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_what_is_explained_adds_up_to_what_is_credited(
    duckdb_engine: Engine,
    tmp_path_factory: pytest.TempPathFactory,
    touches: list[tuple[int, int, int]],
    sales: list[Any],
) -> None:
    ledger: list[Row] = []
    for number, (person, hour, value, refunds, is_deal, lead) in enumerate(sales):
        is_company = is_deal and person in {1, 2}
        more: Row = {"goal": "deal" if is_deal else "sale", "company": COMPANY if is_company else -1}
        if lead is not None and lead <= hour:
            more["lead_at"] = _instant(lead)
        ledger.append(_sale(f"s{number}", person, hour, value, **more))
        ledger += [
            _sale(f"s{number}:r{at}", person, hour, -back, of=f"s{number}", refunded=hour // 24 + days, **more)
            for at, (back, days) in enumerate(refunds)
        ]
    _build(duckdb_engine, tmp_path_factory.mktemp("credits"), touches, ledger)
    credits_, totals = _explained(duckdb_engine, ledger)
    for name, found in (("credits", credits_), ("credit_totals", totals)):
        assert found == _written(duckdb_engine, name), name


def _explained(engine: Engine, ledger: Sequence[Row]) -> tuple[dict[Any, Any], dict[Any, Any]]:
    """What the parts of all conversions add up to, as `credits` and as `credit_totals` by channel and campaign."""
    credits_: dict[Any, list[Any]] = defaultdict(lambda: [0.0, 0])
    totals: dict[Any, list[Any]] = defaultdict(lambda: [0.0, 0])
    effects = {goal.id: effects_of(engine, goal.id) for goal in (SALE, DEAL)}
    for row in ledger:
        if row["parent_outcome_id"]:
            continue
        entries = entries_of(engine, row["outcome_id"])
        goal = {"sale": SALE, "deal": DEAL}[row["goal"]]
        steps = trail_of(engine, entries[0], goal.lookback_days).steps
        places = [(step.place, step.channel, step.campaign_key) for step in steps] or [(0, "(none)", "c0")]
        for model in models.names():
            parts = parts_of(model, steps, entries, effects[goal.id])
            assert sum(parts.conversions) == 1.0
            for entry in entries:
                assert sum(parts.micros[entry.outcome_id]) == entry.value_micros
                for at, (place, channel, campaign) in enumerate(places):
                    conversions = parts.conversions[at] * entry.counts
                    for sums, key in (
                        (credits_, (goal.id, model, entry.date_day, entry.cash_day, place)),
                        (totals, (goal.id, model, "channel", channel, "")),
                        (totals, (goal.id, model, "campaign", channel, campaign)),
                    ):
                        sums[key][0] += conversions
                        sums[key][1] += parts.micros[entry.outcome_id][at]
    return _nonzero(credits_), _nonzero(totals)


def _nonzero(sums: dict[Any, list[Any]]) -> dict[Any, tuple[Any, ...]]:
    return {key: tuple(amounts) for key, amounts in sums.items() if any(amounts)}


def _written(engine: Engine, name: str) -> dict[Any, Any]:
    keys = {
        "credits": "goal, model, date_day, cash_day, place",
        "credit_totals": "goal, model, grain, channel, campaign_key",
    }[name]
    rows = engine.rows(f"SELECT {keys}, conversions, revenue_micros FROM {name}")
    return _nonzero({row[:5]: list(row[5:]) for row in rows})


def _build(engine: Engine, folder: Path, touches: Sequence[tuple[int, int, int]], ledger: Sequence[Row]) -> None:
    """Register the tables, and credit them."""
    made = [
        {
            "bucket": person,
            "person_id": person,
            "occurred_at": _instant(hour),
            "place": place,
            "touch_id": f"t{number}",
            "touch_kind": "visit",
        }
        for number, (person, hour, place) in enumerate(touches)
    ]
    _register(engine, "touches", made)
    _register(
        engine,
        "company_touches",
        [{**touch, "bucket": 5, "company_id": COMPANY} for touch in made if touch["person_id"] in {1, 2}],
    )
    _register(engine, "conversions", list(ledger))
    for name, files in write_credits(engine, folder, [SALE, DEAL])[0].items():
        engine.relation(name, [str(file) for file in files], TABLES[name])


def _sale(  # noqa: PLR0913 (an entry, spelt out)
    outcome_id: str,
    person: int,
    hour: int,
    value: int,
    *,
    of: str | None = None,
    refunded: int = 0,
    goal: str = "sale",
    company: int = -1,
    **more: Any,
) -> Row:
    day = _instant(hour).date()
    return {
        "goal": goal,
        "outcome_id": outcome_id,
        "parent_outcome_id": of,
        "kind": "refund" if of else "purchase",
        "bucket": 5 if company >= 0 else max(person, 0),
        "person_id": person,
        "company_id": company,
        "occurred_at": _instant(hour),
        "date_day": day,
        "cash_day": date(2026, 3, 1) + timedelta(days=refunded) if of else day,
        "counts": 0 if of else 1,
        "kept": 0 if of else 1,
        "value_micros": value,
        "flags": "",
        **more,
    }


def _register(engine: Engine, name: str, rows: list[Row]) -> None:
    columns = TABLES[name].columns
    schema = pa.schema([(column.name, ARROW[column.type]) for column in columns])
    engine.register(name, pa.Table.from_pylist([{c.name: row.get(c.name) for c in columns} for row in rows], schema))


def _instant(hour: int) -> datetime:
    return START + timedelta(hours=hour)


def _at(hour: int) -> int:
    return micros_of(_instant(hour))
