"""The market that the tests play: small, in two parts, over the change to summer time."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from outturn.simulator import AURORA

START = date(2026, 3, 9)
DAYS = 35
PEOPLE = 2_000
SEED = 11
# Two parts, so that orders of both are numbered in one order of time.
SMALL = replace(AURORA, part_people=1_000)
