"""Test orders: the staff's own purchases went out as sales."""

from __future__ import annotations

from outturn.audit.check import Check

CHECK = Check(
    name="test_orders",
    title="Test orders that were tracked as sales",
    means=(
        "The shop knows these orders as tests, and no goal counts them. The tracker sent them on as purchases: tools "
        "that read it count revenue that never was, and ad platforms learn to find your own staff."
    ),
    fix=(
        "Do not fire the purchase event for orders paid with a test gateway or by the staff's accounts, and keep the "
        "office's address out of the tracker."
    ),
    where=("source",),
    opens="outcomes",
    least=2,
    critical_share=0.1,
    sure_share=0.03,
)
