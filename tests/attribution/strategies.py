"""Drawn worlds: few people, few places, many ties and borders."""

from __future__ import annotations

from hypothesis import strategies as st

from tests.attribution.world import CHANNELS, Entry, Touch, World

# Borders of the lookbacks (2 and 30 days) against a conversion at hour 960 are among them, and days apart.
HOURS = st.one_of(st.integers(0, 1000), st.sampled_from([959, 960, 961, 912, 913, 240, 241, 360]))
PLACES = st.integers(1, len(CHANNELS) - 1)
PEOPLE = st.integers(0, 3)
AMOUNTS = st.one_of(st.integers(-30, 30), st.integers(-(10**9), 10**9))


@st.composite
def _entries(draw: st.DrawFn) -> Entry:
    hour = draw(st.one_of(HOURS, st.just(960)))
    is_refund = draw(st.booleans())
    value = draw(AMOUNTS)
    return Entry(
        person=draw(st.integers(-1, 3)),
        hour=hour,
        value=-abs(value) if is_refund else value,
        goal=draw(st.integers(0, 1)),
        refund_day=draw(st.integers(hour // 24, 60)) if is_refund else None,
        kept=draw(st.integers(0, 1)),
        margin=draw(st.one_of(st.none(), AMOUNTS, AMOUNTS)),
        new_customer=draw(st.sampled_from([True, False, True, False, None])),
        lead_hour=draw(st.one_of(st.none(), HOURS)),
        opportunity_hour=draw(st.one_of(st.none(), HOURS)),
    )


TOUCHES = st.builds(Touch, PEOPLE, HOURS, PLACES)
WORLDS = st.builds(
    World,
    touches=st.lists(TOUCHES, max_size=14),
    entries=st.lists(_entries(), max_size=6),
)
