"""`outturn audit`: a table for people, the same as JSON, and an exit code for scripts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from outturn import api
from tests.audit.world import NOW
from tests.cli.terminal import outturn

if TYPE_CHECKING:
    from pathlib import Path

SALES = "outcome_id,kind,occurred_at,user_id,order_id,revenue,currency\n"
EVENT = (
    '{"type":"track","event":"Order Completed","messageId":"o%d","anonymousId":"b","timestamp":"%s",'
    '"properties":{"order_id":"%d","total":%s,"currency":"EUR"}}\n'
)


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """Twenty sales, of which the tracker tells six with another amount."""
    days = [f"2026-03-{2 + number:02}T12:00:00Z" for number in range(20)]
    (tmp_path / "sales.csv").write_text(
        SALES + "".join(f"s:{at},purchase,{day},u{at},{at},80.00,EUR\n" for at, day in enumerate(days))
    )
    (tmp_path / "events.jsonl").write_text(
        "".join(EVENT % (at, day, at, "8.00" if at < 6 else "80.00") for at, day in enumerate(days))
    )
    made = api.create(tmp_path / "acme", currency="EUR")
    for report in made.import_files([tmp_path / "sales.csv", tmp_path / "events.jsonl"], now=NOW):
        assert report["verdict"] == "accept"
    made.build(now=NOW)
    return made.root


def test_json_holds_the_contract_and_something_critical_ends_with_1(workspace: Path) -> None:
    done = outturn("-w", workspace, "audit", "--json")
    assert done.code == 1
    found = done.json
    (finding,) = found["findings"]
    assert {"check", "severity", "count", "money", "kind", "examples", "fix"} <= finding.keys()
    assert (finding["check"], finding["severity"], finding["count"], finding["money"], finding["kind"]) == (
        "value_mismatch",
        "critical",
        6,
        "432.00",
        "misrouted revenue",
    )
    assert found["money"] == {"lost revenue": "0.00", "misrouted revenue": "432.00", "untraceable spend": "0.00"}
    assert found["score"] is not None


def test_the_table_names_check_place_meaning_and_remedy(workspace: Path) -> None:
    shown = outturn("-w", workspace, "audit").out
    assert "amount · segment: 6 of 20, 432.00 EUR, 2026-03-02 to 2026-03-07" in shown
    assert "Means: " in shown
    assert "Do: " in shown
    assert "Look at: outcomes segment:0, outcomes segment:5" in shown


def test_checks_that_find_nothing_say_so_and_end_with_0(workspace: Path) -> None:
    done = outturn("-w", workspace, "audit", "--check", "duplicate_conversions,events_without_order")
    assert done.code == 0
    assert "2 checks found nothing that stands out." in done.out


def test_an_unknown_check_is_wrong_usage_and_names_the_nearest(workspace: Path) -> None:
    done = outturn("-w", workspace, "audit", "--check", "value_mismatc")
    assert done.code == 2
    assert "Did you mean 'value_mismatch'" in done.err


def test_consent_is_told_also_where_nothing_is_wrong(tmp_path: Path) -> None:
    said = '"context":{"consent":{"categoryPreferences":{"analytics_storage":%s,"ad_storage":false}}}}\n'
    hit = '{"type":"page","messageId":"p%d","anonymousId":"b%d","timestamp":"2026-03-02T12:00:00Z",'
    (tmp_path / "events.jsonl").write_text(
        "".join(hit % (at, at) + said % ("true" if at < 3 else "false") for at in range(4))
    )
    made = api.create(tmp_path / "acme", currency="EUR")
    made.import_files([tmp_path / "events.jsonl"], now=NOW)
    made.build(now=NOW)
    shown = outturn("-w", made.root, "audit")
    assert shown.code == 0
    assert (
        "Consent, segment: 75.0% to analytics_storage, 0.0% to ad_storage, of the hits that state it. "
        "Gap: 1 of 4 hits (25.0%) are nobody's, or with a no to analytics."
    ) in shown.out
    told = outturn("-w", made.root, "audit", "--json").json["consent"]
    assert told["people"]["analytics_storage"] == {"granted": 3, "denied": 1}
    assert told["sources"][0]["purposes"]["analytics_storage"]["rate"] == 0.75
    assert outturn("-w", made.root, "audit", "--check", "bot_share", "--json").json["consent"] is None


def test_what_an_outage_kept_unseen_is_estimated_with_an_interval(tmp_path: Path) -> None:
    page = '{"type":"page","messageId":"p%d-%d","anonymousId":"b","timestamp":"%s"}\n'
    first, lines = datetime(2026, 3, 2, tzinfo=UTC), []
    for hour in range(30 * 24):
        if not 368 <= hour < 376:  # eight hours of 17 March
            at = (first + timedelta(hours=hour)).isoformat()
            lines += [page % (hour, number, at) for number in range(9)]
            lines.append(EVENT % (hour, at, hour, "10.00"))
    (tmp_path / "events.jsonl").write_text("".join(lines))
    made = api.create(tmp_path / "acme", currency="EUR")
    (report,) = made.import_files([tmp_path / "events.jsonl"], now=NOW)
    assert report["verdict"] == "accept"
    made.build(now=NOW)
    (finding,) = outturn("-w", made.root, "audit", "--check", "tracking_outage", "--json").json["findings"]
    (place,) = finding["places"]
    assert (finding["estimated"], finding["money"], place["subject"]) == (
        True,
        None,
        "2026-03-17 08:00 to 2026-03-17 16:00",
    )
    told = place["estimate"]
    assert told["level"] == 0.9
    assert told["count_low"] <= place["count"] <= told["count_high"]
    assert place["count"] == pytest.approx(80, rel=0.1)
    assert Decimal(told["revenue_low"]) <= 80 <= Decimal(told["revenue_high"]) + 1
    assert float(told["revenue"]) == pytest.approx(80, rel=0.1)
    shown = outturn("-w", made.root, "audit").out
    assert (
        f"Estimated: {told['revenue']} EUR of revenue went unseen; in 90% of such cases {told['revenue_low']}" in shown
    )
