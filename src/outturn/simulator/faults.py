"""Faults: what goes wrong in real tracking, planted in a simulated folder at a chosen rate, with the truth told back.

A fault bears the name of the check that has to find it. It changes the files that `simulate` has written, as if the
tag, the shop or the export had been broken, and tells what is now wrong in them, read from the files themselves:
which rows, how much money, and where. It is one function of a `faults_*.py`, listed there in `FAULTS`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from outturn.domain.errors import UnknownName
from outturn.simulator.dice import dice
from outturn.simulator.fault_files import Files
from outturn.simulator.faults_campaigns import FAULTS as CAMPAIGNS
from outturn.simulator.faults_claims import FAULTS as CLAIMS
from outturn.simulator.faults_consent import FAULTS as CONSENT
from outturn.simulator.faults_crm import FAULTS as CRM
from outturn.simulator.faults_imports import FAULTS as IMPORTS
from outturn.simulator.faults_landing import FAULTS as LANDINGS
from outturn.simulator.faults_restated import FAULTS as RESTATED
from outturn.simulator.faults_sales import FAULTS as SALES
from outturn.simulator.faults_visits import FAULTS as VISITS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from outturn.simulator.planted import Fault, Planted

FAULTS: Mapping[str, Fault] = {
    **SALES, **VISITS, **LANDINGS, **CONSENT, **CAMPAIGNS, **CLAIMS, **CRM, **IMPORTS, **RESTATED,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Plant:
    """What was planted, and the names of the files that it changed."""

    truth: Planted
    files: tuple[str, ...] = field(default=())


def plant(folder: Path, name: str, *, share: float, seed: int = 0) -> Plant:
    """Plant a fault.

    Args:
        folder: Of `simulate`, with a Segment archive and the CRM; its files are changed.
        name: One of `FAULTS`.
        share: Of the rows that may have the fault, in (0, 1].
        seed: Which of them; equal arguments change the same rows.

    Raises:
        UnknownName: No such fault.
    """
    if name not in FAULTS:
        raise UnknownName("fault", name, FAULTS)
    files = Files(folder)
    truth = FAULTS[name](files, share, dice(seed, f"fault {name}"))
    return Plant(truth, tuple(sorted(files.changed)))
