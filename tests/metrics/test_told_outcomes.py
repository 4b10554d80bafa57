"""What stands of every outcome, laid in order, from rows typed by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from outturn.metrics.told_outcomes import ORDER
from outturn.store.fact_tables import CLICK_ID_COLUMNS
from outturn.store.tables import TOLD_OUTCOMES
from tests.metrics.conftest import World, at, day

if TYPE_CHECKING:
    from pathlib import Path


def told(world: World, columns: str) -> list[tuple[object, ...]]:
    world.build()
    return world.engine.rows(f"SELECT {columns} FROM told_outcomes ORDER BY outcome_id, stage")


def test_every_outcome_is_told_with_its_day(world: World) -> None:
    world.time_zone = "Asia/Kathmandu"
    world.outcome("shop:1", "purchase", occurred_at=at(1, hour=18), gross_micros=5, order_id="1", email_key=b"e")
    world.outcome("shop:2", "purchase", occurred_at=at(1, hour=19), status="void")
    world.outcome("shop:2:refund", "refund", occurred_at=None, parent_outcome_id="shop:2")
    assert told(world, "outcome_id, kind, status, date_day, gross_micros, order_id, email_key, parent_outcome_id") == [
        ("shop:1", "purchase", "counted", day(1), 5, "1", b"e", None),
        ("shop:2", "purchase", "void", day(2), None, None, None, None),
        ("shop:2:refund", "refund", "counted", None, None, None, None, "shop:2"),
    ]


@pytest.mark.parametrize("column", [*CLICK_ID_COLUMNS, "order_id"])
def test_every_click_id_names_a_click_and_a_campaign_s_own_id_does_not(world: World, column: str) -> None:
    given: dict[str, Any] = {column: "x"}
    world.outcome("shop:1", "purchase", **given)
    assert told(world, "names_click") == [(column not in {"gad_campaignid", "gad_source", "order_id"},)]


def test_rows_of_one_deal_or_lead_bear_one_number(world: World) -> None:
    for stage in ("", "Talk", "Offer"):
        world.outcome("crm:d9", "opportunity", stage=stage, deal_id="9")
    world.outcome("crm:d9:won", "won", deal_id="9")
    world.outcome("crm:lead", "lead")
    world.outcome("crm:lone", "opportunity")
    world.outcome("crm2:d9", "lost", deal_id="9")
    world.outcome("tag:lead", "lead", tracker=True, deal_id="9")
    world.outcome("shop:1", "purchase", deal_id="9")
    assert told(world, "outcome_id, stage, deal_number") == [
        ("crm2:d9", "", 3),
        ("crm:d9", "", 0),
        ("crm:d9", "Offer", 0),
        ("crm:d9", "Talk", 0),
        ("crm:d9:won", "", 0),
        ("crm:lead", "", 1),
        ("crm:lone", "", 2),
        ("shop:1", "", None),
        ("tag:lead", "", None),
    ]


def test_a_file_of_it_lies_in_order(world: World, tmp_path: Path) -> None:
    for number in (3, 1, 2):
        world.outcome(f"crm:{number}", "opportunity", deal_id=str(number % 2))
        world.outcome(f"shop:{number}", "purchase")
    world.build()
    files = world.engine.write("SELECT * FROM told_outcomes", tmp_path, order=ORDER, table=TOLD_OUTCOMES)
    world.engine.relation("written", [str(file) for file in files], TOLD_OUTCOMES)
    assert world.engine.rows("SELECT outcome_id FROM written") == [
        (one,) for one in ("crm:2", "crm:1", "crm:3", "shop:1", "shop:2", "shop:3")
    ]
