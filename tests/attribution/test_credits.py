"""From built touches and conversions to the credits table and answers, through an engine."""

from __future__ import annotations

import zoneinfo
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from outturn.attribution import models
from outturn.attribution.credits import Places, Question, recredit, write_credits
from outturn.attribution.tables import totals_table
from outturn.attribution.totals import Total, totals_by
from outturn.domain.errors import WorkspaceError
from outturn.domain.goals import Goal
from outturn.domain.settings import Settings, checked
from outturn.store.engine import open_engine
from outturn.store.tables import TABLES, Type
from tests.attribution.world import CHANNELS, Entry, World

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from outturn.store.engine import Engine

UTC = zoneinfo.ZoneInfo("UTC")
START = datetime(2026, 3, 1, tzinfo=UTC)
ARROW = {
    Type.TEXT: pa.string(),
    Type.SMALL: pa.int32(),
    Type.COUNT: pa.int64(),
    Type.MICROS: pa.int64(),
    Type.FLAG: pa.bool_(),
    Type.DAY: pa.date32(),
    Type.AT: pa.timestamp("us", "UTC"),
}
PLACES: list[dict[str, Any]] = [
    {"channel": "(none)", "platform": "", "account_id": "", "campaign_key": ""},
    {"channel": "Direct", "platform": "", "account_id": "", "campaign_key": ""},
    {"channel": "Email", "platform": "", "account_id": "", "campaign_key": ""},
    {
        "channel": "Paid Search",
        "platform": "google_ads",
        "account_id": "1",
        "campaign_key": "77",
        "campaign_id": "77",
        "campaign_name": "Brand",
    },
    {"channel": "Paid Search", "platform": "google_ads", "account_id": "1", "campaign_key": "name:Generic"},
]
DIRECT, EMAIL, BRAND, GENERIC = 1, 2, 3, 4
SALE, LEAD = Goal("sale", ("purchase",)), Goal("lead", ("lead",))


@pytest.fixture(scope="module", params=["duckdb", pytest.param("spark", marks=pytest.mark.spark)])
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """An engine that knows a market of two people and one sale that nobody is known for."""
    engine = open_engine(_settings(request.param))
    _register(engine, "places", [{"place": place, **names} for place, names in enumerate(PLACES)])
    _register(
        engine,
        "touches",
        [
            _touch(1, 1, BRAND),
            _touch(1, 20, EMAIL),
            _touch(1, 21, DIRECT),
            _touch(2, 3, GENERIC),
            _touch(2, 40, DIRECT),
        ],
    )
    _register(engine, "company_touches", [])
    _register(
        engine,
        "conversions",
        [
            _sale("a", 1, 22, 100),
            _sale("a:refund", 1, 22, -40, counts=0, cash_day=date(2026, 4, 9), parent_outcome_id="a"),
            _sale("b", 2, 40, 60, new_customer=True, margin_micros=12),
            _sale("c", -1, 40, 7),
            _sale("d", 1, 2, 0, goal="lead"),
        ],
    )
    yield engine
    engine.close()


def test_credits_have_the_declared_columns_and_close_to_the_ledger(engine: Engine, tmp_path: Path) -> None:
    files, _ = write_credits(engine, tmp_path, [SALE, LEAD])
    for name, written in files.items():
        assert pa.concat_tables([pq.read_table(file) for file in written]).schema.names == list(TABLES[name].names)
    _expose(engine, files)
    ledger = [(model, "lead", 0, 1.0) for model in sorted(models.names())]
    ledger += [(model, "sale", 127, 3.0) for model in sorted(models.names())]
    for name, which in (
        ("credits", ""),
        ("credit_totals", "WHERE grain = 'channel'"),
        ("credit_totals", "WHERE grain = 'campaign'"),
    ):
        by_goal = engine.rows(
            f"SELECT model, goal, CAST(SUM(revenue_micros) AS BIGINT), SUM(conversions) FROM {name} {which} "
            "GROUP BY model, goal ORDER BY goal, model"
        )
        assert by_goal == ledger, (name, which)
    ((refunded,),) = engine.rows("SELECT CAST(SUM(refunded_micros) AS BIGINT) FROM credits WHERE model = 'linear'")
    assert refunded == 40


def test_each_model_says_what_each_channel_earned(engine: Engine, tmp_path: Path) -> None:
    _expose(engine, write_credits(engine, tmp_path, [SALE, LEAD])[0])
    answer = totals_by(engine, "sale", ["last_non_direct", "linear", "markov_1"])
    assert list(answer) == ["last_non_direct", "linear", "markov_1"]
    assert _revenue(answer["last_non_direct"]) == {"(none)": 7, "Direct": 60, "Email": 60, "Paid Search": 0}
    # 100 = 34 + 33 + 33 and -40 = -14 - 13 - 13, to brand, e-mail, direct in this order.
    assert _revenue(answer["linear"]) == {"(none)": 7, "Direct": 80, "Email": 20, "Paid Search": 20}
    assert answer["linear"][0] == Total("(none)", people=1, conversions=1.0, kept_conversions=1.0, revenue_micros=7)
    # Two journeys, search, e-mail, direct and direct: what comes to direct converts, of the start a half does so.
    effects = {row.channel: row.removal_effect for row in answer["markov_1"]}
    assert effects == {"(none)": 0, "Direct": 1, "Email": 0.5, "Paid Search": 0.5}


def test_by_campaign_a_row_names_its_campaign(engine: Engine, tmp_path: Path) -> None:
    _expose(engine, write_credits(engine, tmp_path, [Goal("sale", ("purchase",), lookback_days=40), LEAD])[0])
    rows = totals_by(engine, "sale", ["first_touch"], by="campaign")["first_touch"]
    assert [(row.campaign_key, row.campaign_id, row.campaign_name, row.revenue_micros) for row in rows] == [
        ("", None, None, 7),
        ("77", "77", "Brand", 60),
        ("name:Generic", None, None, 60),
    ]


def test_another_question_recredits_one_goal_for_this_reader(engine: Engine, tmp_path: Path) -> None:
    _expose(engine, write_credits(engine, tmp_path, [SALE, LEAD])[0])
    question = Question(["first_touch"])
    recredit(engine, Goal("sale", ("purchase",), lookback_days=2), question)
    assert _revenue(totals_by(engine, "sale", ["first_touch"])["first_touch"]) == {"(none)": 7, "Direct": 120}
    recredit(engine, Goal("sale", ("purchase",), lookback_days=40), question)
    assert _revenue(totals_by(engine, "sale", ["first_touch"])["first_touch"]) == {"(none)": 7, "Paid Search": 120}


def test_a_refund_stands_on_its_sales_day(engine: Engine, tmp_path: Path) -> None:
    _expose(engine, write_credits(engine, tmp_path, [SALE, LEAD])[0])
    april = (date(2026, 4, 1) - date(1970, 1, 1)).days
    recredit(engine, SALE, Question(["last_touch"], first_day=april))
    assert _revenue(totals_by(engine, "sale", ["last_touch"])["last_touch"]) == {"(none)": 7, "Direct": 60}
    recredit(engine, SALE, Question(["last_touch"], last_day=april - 1))
    assert _revenue(totals_by(engine, "sale", ["last_touch"])["last_touch"]) == {"(none)": 0, "Direct": 60}


def test_campaigns_as_players_have_effects_of_their_own(engine: Engine, tmp_path: Path) -> None:
    _expose(engine, write_credits(engine, tmp_path, [SALE, LEAD])[0])
    by_channel = totals_by(engine, "sale", ["markov_1"], by="campaign")["markov_1"]
    assert {row.campaign_key: row.removal_effect for row in by_channel if row.channel == "Paid Search"} == {"77": 0.5}
    recredit(engine, SALE, Question(["markov_1", "markov_2"], players="campaign"))
    by_campaign = totals_by(engine, "sale", ["markov_1", "markov_2"], by="campaign")
    assert {row.campaign_key: row.removal_effect for row in by_campaign["markov_1"] if row.platform} == {"77": 0.5}
    assert totals_by(engine, "sale", ["markov_1"])["markov_1"][1].removal_effect is None


def test_conversions_of_a_goal_that_is_not_there_are_told(engine: Engine, tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match="lead"):
        write_credits(engine, tmp_path, [SALE])


def test_a_goal_without_conversions_has_none_in_none(engine: Engine, tmp_path: Path) -> None:
    _expose(engine, write_credits(engine, tmp_path, [SALE, LEAD, Goal("demo", ("qualified",))])[0])
    assert totals_by(engine, "demo", ["linear"]) == {"linear": [Total("(none)")]}


def test_sales_of_nobody_known_are_no_one_sample_of_people() -> None:
    """They all lie in bucket 0; were they one bucket's people, a fifth of all conversions would hide the interval."""
    entries = [Entry(-1, 24 * 5 + at % 24, 100 + at) for at in range(640)]
    (credited, _) = World([], entries).credited(Question(["linear"]))
    (row,) = totals_table(0, 0, credited.cells, credited.credits[0], Places.of(CHANNELS)).slice(0, 1).to_pylist()
    assert (row["conversions"], row["people"]) == (640, 640)
    # 640 sales that have nothing to do with each other: 640 +- 1.645 * 25, nearly.
    assert 570 < row["conversions_ci_low"] < 615
    assert 665 < row["conversions_ci_high"] < 715


def _settings(name: str) -> Settings:
    return checked({"workspace": {"currency": "EUR"}, "engine": {"name": name}}, where="test")


def _register(engine: Engine, name: str, rows: list[dict[str, Any]]) -> None:
    schema = pa.schema([(column.name, ARROW[column.type]) for column in TABLES[name].columns])
    engine.register(name, pa.Table.from_pylist(rows, schema))


def _expose(engine: Engine, files: dict[str, list[Path]]) -> None:
    for name, written in files.items():
        engine.relation(name, [str(file) for file in written], TABLES[name])


def _touch(person: int, day: int, place: int) -> dict[str, Any]:
    at = START + timedelta(days=day)
    return {"bucket": person, "person_id": person, "occurred_at": at, "place": place, "touch_id": f"{person}-{day}"}


def _sale(outcome_id: str, person: int, day: int, value: int, **more: Any) -> dict[str, Any]:
    at = START + timedelta(days=day, hours=1)
    row = {
        "goal": "sale",
        "outcome_id": outcome_id,
        "bucket": max(person, 0),
        "person_id": person,
        "company_id": -1,
        "occurred_at": at,
        "date_day": at.date(),
        "cash_day": at.date(),
        "counts": 1,
        "kept": 1,
        "value_micros": value,
    }
    return {**row, **more}


def _revenue(rows: list[Total]) -> dict[str, int]:
    return {row.channel: row.revenue_micros for row in rows}
