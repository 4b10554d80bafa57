"""Clocks that differ: ledger and tracker tell the same sale at another hour."""

from __future__ import annotations

from outturn.audit.check import Check

CHECK = Check(
    name="clock_differs",
    title="Ledger and tracker run on different clocks",
    means=(
        "The same orders stand in ledger and tracker whole hours apart: one of the exports tells local time without "
        "its zone. Sales fall onto the wrong day around midnight, and a visit just before a sale may seem to come "
        "after it, so that it earns no credit."
    ),
    fix=(
        "Find out in whose zone the export tells its times, take that import back and import it again with "
        "--time-zone, or export with offsets (2026-03-02 10:00:00 +0100)."
    ),
    where=("source", "subject"),
    opens="outcomes",
    normal_share=0.05,
    least=10,
    critical_share=0.3,
    sure_share=0.25,
)
