"""Google Ads: what it claims after views stands apart from the conversions that its reports add up."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.sources.worlds import World

_REPORT = """\
Campaign,Day,Currency code,Cost,Impr.,Clicks,Conversions,Conv. value,View-through conv.
Brand,2026-09-01,EUR,12.34,1000,10,2.5,99.90,7
Brand,2026-09-02,EUR,10.00,900,9,1.0,20.00, --
"""


def test_view_through_conversions_are_claims_of_their_own(world: World) -> None:
    assert world.text("report.csv", _REPORT).layout == "campaign_report"
    assert world.rows(
        "SELECT CAST(date_day AS VARCHAR), click_or_view, claimed_conversions, claimed_value_micros FROM claims "
        "ORDER BY ALL"
    ) == [
        ("2026-09-01", "all", 2.5, 99_900_000),
        ("2026-09-01", "view", 7.0, None),
        ("2026-09-02", "all", 1.0, 20_000_000),
    ]
