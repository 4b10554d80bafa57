"""What is kept of a refused row names nobody, and takes no time whatever it is."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from outturn.domain.masking import MASK, MAX_SHOWN, masked


@given(st.text("ab@.,: ", max_size=30))
def test_every_address_is_blacked_out_whole(text: str) -> None:
    shown = masked(text, personal=False)
    assert not any("@" in word[1:-1] for word in shown.replace(",", " ").replace(":", " ").split())


def test_an_address_at_the_edge_of_what_is_shown_is_masked_too() -> None:
    shown = masked("x " * (MAX_SHOWN // 2 - 2) + "ana@example.com", personal=False)
    assert "ana" not in shown
    assert MASK in shown


def test_a_hostile_row_takes_no_time() -> None:
    """A hundred thousand brackets took over a minute once: half a million would never end here."""
    for hostile in ("[" * 500_000, "A" * 500_000, "Aa " * 200_000, "+1 " * 200_000, "a@" * 200_000):
        assert len(masked(hostile, personal=True)) <= MAX_SHOWN + 1
