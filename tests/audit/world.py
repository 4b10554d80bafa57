"""Clean markets, with faults planted in them: played, imported, built and audited."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from outturn import api
from outturn.simulator import AURORA, export_files, simulate
from outturn.simulator.faults import Plant, plant

START = date(2026, 3, 2)
DAYS = 42
PEOPLE = 6_000
NOW = datetime(2026, 4, 13, 12, tzinfo=UTC)  # the day after the last
CRM = "hubspot_"
# One campaign of the demo's market bears a hand-written tag that joins nothing: a fault by itself.
CLEAN = replace(
    AURORA,
    states_consent=True,
    lines=tuple(
        replace(
            line,
            campaigns=tuple(
                replace(one, tag="id", utm_source="instagram") if one.tag == "dirty" else one for one in line.campaigns
            ),
        )
        for line in AURORA.lines
    ),
)


@dataclass
class Market:
    """One market without a fault, imported and built: faulty copies of it are made of it."""

    folder: Path
    imports: dict[str, str]

    @classmethod
    def play(cls, folder: Path, *, seed: int, people: int = PEOPLE) -> Market:
        """Play, import and build."""
        simulate(folder / "exports", people=people, days=DAYS, seed=seed, start=START, market=CLEAN, crm=True)
        api.create(folder / "workspace", currency="EUR", time_zone=CLEAN.shop_zone)
        _name_record(folder / "workspace")
        market = cls(folder, {})
        market.take(export_files(folder / "exports"))
        return market

    def take(self, files: list[Path]) -> None:
        """Import files, each in the place of its predecessor, and build."""
        workspace = api.open(self.folder / "workspace")
        at = NOW - timedelta(hours=1 if self.imports else 2)
        for file in files:
            if file.name in self.imports:
                workspace.undo(self.imports[file.name], now=at)
        for together in _commands(files):
            zone = CLEAN.meta_zone if together[0].name.startswith("meta") else None
            for report in workspace.import_files(together, now=at, time_zone=zone):
                assert report["verdict"] == "accept", report
                self.imports[Path(report["file"]).name] = report["import_id"]
            at += timedelta(seconds=1)
        workspace.build(now=at)

    def with_faults(self, folder: Path, faults: dict[str, float], *, seed: int = 1) -> tuple[Market, dict[str, Plant]]:
        """A copy in which faults are planted, by name and share."""
        shutil.copytree(self.folder, folder, dirs_exist_ok=True)
        copy = Market(folder, dict(self.imports))
        planted = {name: plant(folder / "exports", name, share=share, seed=seed) for name, share in faults.items()}
        changed = {name for one in planted.values() for name in one.files}
        if any(name.startswith(CRM) for name in changed):
            # Tables of a CRM lean on one another.
            changed |= {name for name in self.imports if name.startswith(CRM)}
        copy.take([folder / "exports" / name for name in sorted(changed)])
        return copy, planted

    def audit(self, *checks: str) -> dict[str, Any]:
        """As `outturn audit --json`."""
        return api.open(self.folder / "workspace").audit(checks)


def _name_record(folder: Path) -> None:
    """Deals are no second ledger: the shop is the record of what the goal counts."""
    settings = folder / "outturn.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace("[goals.sale]", '[goals.sale]\nsystem = "shopify"'), encoding="utf-8")


def _commands(files: list[Path]) -> list[list[Path]]:
    """The files of each command that imports them: those of a CRM in one."""
    crm = [file for file in files if file.name.startswith(CRM)]
    return [[file] for file in files if file not in crm] + ([crm] if crm else [])
