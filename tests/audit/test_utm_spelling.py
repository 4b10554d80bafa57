"""Spellings of tags, typed by hand: which words are one, and which differ on purpose."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest

from outturn.audit.needs import statement_of
from outturn.audit.utm_spelling import name_slips
from outturn.store.duckdb_engine import DuckDBEngine

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def engine() -> Iterator[DuckDBEngine]:
    made = DuckDBEngine(threads=1)
    yield made
    made.close()


def found(engine: DuckDBEngine, *names: str, **used: int) -> set[str]:
    """Subjects found, of campaigns and how many hits bear each; `names` are those of ad accounts."""
    words = [word.replace("__", "-") for word in used]
    engine.register("campaigns", pa.table({"campaign_name": pa.array(names, pa.string())}))
    engine.register(
        "hit_days",
        pa.table(
            {
                "utm_source": ["news"] * len(words),
                "utm_medium": ["email"] * len(words),
                "utm_campaign": words,
                "hits": list(used.values()),
                "date_day": [date(2026, 3, 2)] * len(words),
                "example_id": [f"segment:{word}" for word in words],
            }
        ),
    )
    name_slips(engine, {})
    lines = engine.rows(f"SELECT subject FROM ({statement_of('utm_spelling').text}) AS lines WHERE found > 0")
    return {subject.removeprefix("utm_campaign ") for (subject,) in lines}


def test_case_and_signs_make_no_other_campaign(engine: DuckDBEngine) -> None:
    assert found(engine, spring_sale=9, Spring__Sale=2) == {"Spring-Sale, else spring_sale"}


def test_numbers_that_signs_set_apart_are_other_numbers(engine: DuckDBEngine) -> None:
    assert found(engine, sale_11_1=9, sale_1_11=2, sale111=3, sale_2=5, sale_3=4) == set()


def test_a_slip_is_a_campaign_misspelt_unless_an_ad_account_calls_it_so(engine: DuckDBEngine) -> None:
    used = {"prospecting_eu": 100, "prospectng_eu": 6, "Prospectng__EU": 2}
    assert found(engine, **used) == {"prospectng_eu, else prospecting_eu", "Prospectng-EU, else prospecting_eu"}
    assert found(engine, "prospectng eu", **used) == {"Prospectng-EU, else prospectng_eu"}
