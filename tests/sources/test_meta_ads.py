"""Meta's actions: counts and values of one claim are one row, in whichever order their tables come."""

from __future__ import annotations

from itertools import permutations
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.sources.worlds import World

_COUNTS = (
    "_fivetran_id,ad_id,date,index,_7_d_click,action_type,inline,value\n"
    "a,11,2026-09-01,0,2.0,purchase,,3.0\n"
    "a,11,2026-09-01,1,,link_click,,40\n"
    "a,11,2026-09-02,0,,link_click,,50\n"
)
_VALUES = (
    "ad_id,date,_fivetran_id,index,action_type,value,_7_d_click\n"
    "11,2026-09-01,a,0,purchase,120.50,80.25\n"
    "12,2026-09-01,b,0,purchase,9.99,\n"
)
_CLAIMS = (
    "SELECT CAST(date_day AS VARCHAR), ad_id, conversion_action, attribution_window, claimed_conversions, "
    "claimed_value_micros, currency FROM claims ORDER BY ALL"
)
_WHOLE = [
    ("2026-09-01", "11", "link_click", "default", 40.0, None, None),
    ("2026-09-01", "11", "purchase", "7d_click", 2.0, 80_250_000, "EUR"),
    ("2026-09-01", "11", "purchase", "default", 3.0, 120_500_000, "EUR"),
    ("2026-09-01", "12", "purchase", "default", None, 9_990_000, "EUR"),
    ("2026-09-02", "11", "link_click", "default", 50.0, None, None),
]


@pytest.mark.parametrize("names", list(permutations(("counts.csv", "values.csv"))))
@pytest.mark.parametrize("together", [True, False])
def test_counts_and_values_of_a_claim_are_one_row(world: World, names: tuple[str, ...], together: bool) -> None:  # noqa: FBT001 - a case
    texts = {"counts.csv": _COUNTS, "values.csv": _VALUES}
    paths = [world.file(name, texts[name]) for name in names]
    for step in [paths] if together else [[path] for path in paths]:
        world.take(*step, account="7", currency="EUR")
    assert world.rows(_CLAIMS) == _WHOLE


def test_a_corrected_half_replaces_itself_and_leaves_the_other(world: World) -> None:
    options = {"account": "7", "currency": "EUR"}
    world.text("counts.csv", _COUNTS, **options)
    world.text("values.csv", _VALUES, **options)
    world.text("counts.csv", _COUNTS.replace("2.0,purchase,,3.0", "1.0,purchase,,2.0"), **options)
    assert world.rows("SELECT SUM(claimed_conversions), CAST(SUM(claimed_value_micros) AS BIGINT) FROM claims") == [
        (40.0 + 50.0 + 1.0 + 2.0, 80_250_000 + 120_500_000 + 9_990_000)
    ]


def test_a_type_that_stands_twice_is_not_worth_twice_its_value(world: World) -> None:
    twice = _COUNTS + "a,11,2026-09-01,2,,purchase,,1.0\n"
    for name, text in {"values.csv": _VALUES, "counts.csv": twice}.items():
        world.text(name, text, account="7", currency="EUR")
    assert world.rows(
        "SELECT SUM(claimed_conversions), CAST(SUM(claimed_value_micros) AS BIGINT) FROM claims "
        "WHERE ad_id = '11' AND conversion_action = 'purchase' AND attribution_window = 'default'"
    ) == [(4.0, 120_500_000)]
