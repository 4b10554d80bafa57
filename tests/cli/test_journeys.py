"""What `explain` and `paths` print."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tests.cli.terminal import answer, outturn
from tests.cli.test_start_up import loaded

if TYPE_CHECKING:
    from pathlib import Path


def conversions(folder: Path) -> list[dict[str, Any]]:
    rows = answer("-w", folder, "kpis", "--kpi", "conversions", "--rows")["rows"]["conversions"]
    return [answer("-w", folder, "explain", row["outcome_id"]) for row in rows if row["counts"]]


def test_an_explanation_shows_line_credit_and_rows(pristine: Path) -> None:
    explained = conversions(pristine)
    long = max(explained, key=lambda found: len(found["journey"]))
    ran = outturn("-w", pristine, "explain", long["outcome_id"])
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith(f"{long['outcome_id']} · purchase of ")
    for words in ("times of Europe/Berlin", "●", "Credit in EUR", "markov_3", "The rows behind it", "segment_archive"):
        assert words in ran.out
    assert f"touch {len(long['journey'])}" in ran.out
    for parts in long["credits"].values():
        assert sum(Decimal(part["revenue"]) for part in parts) == Decimal(long["conversion"]["value"])
    refunded = next(found for found in explained if found["refunds"] and len(found["journey"]) > 1)
    out = outturn("-w", pristine, "explain", refunded["refunds"][0]["outcome_id"], "--model", "linear").out
    assert f"Taken back by {refunded['refunds'][0]['outcome_id']}" in out
    untouched = next(found for found in explained if not found["journey"])
    assert "credited to (none)" in outturn("-w", pristine, "explain", untouched["outcome_id"]).out
    # Nothing is to be weighed: the compiler stays away.
    assert "numba" not in loaded("-w", str(pristine), "explain", untouched["outcome_id"], "--json")


def test_an_unknown_id_is_wrong_usage(pristine: Path) -> None:
    ran = outturn("-w", pristine, "explain", "shopify:61000")
    assert (ran.code, ran.out) == (2, "")
    assert "An id is <system>:<native id>" in ran.err


def test_paths_show_the_top_and_the_rest(pristine: Path) -> None:
    ran = outturn("-w", pristine, "paths", "--top", "3")
    assert (ran.code, ran.err) == (0, "")
    for words in ("Paths · goal sale", "other paths)", "(no touch)", "Touches to convert", "Days to convert", "median"):
        assert words in ran.out
    assert "Conversions by first touch (down) and last touch (across)" in ran.out
    found = answer("-w", pristine, "paths", "--top", "3", "--by", "campaign")
    assert len(found["paths"]) == 3
    assert outturn("-w", pristine, "paths", "--by", "campaign").code == 0


def test_paths_by_segment(pristine: Path) -> None:
    for segment in ("new_customer", "value", "month"):
        out = outturn("-w", pristine, "paths", "--segment", segment, "--top", "2").out
        for part in answer("-w", pristine, "paths", "--segment", segment)["segments"]:
            assert f"{segment}: {part[segment]}" in out
