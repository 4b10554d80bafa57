"""The Python API: one function or method per command of `outturn`; a command and a page call one of them.

Rooms are loaded by the method that needs them: a process that prints one figure must not pay for
importing what models and imports need.
"""

from __future__ import annotations

import secrets
import shutil
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from outturn.domain.errors import Refusal, UsageError
from outturn.domain.progress import silent
from outturn.domain.time import Days, end_of_day
from outturn.store.workspace import Workspace

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Mapping, Sequence

    from outturn.collector.key_book import KeyBook
    from outturn.collector.keys import Trust
    from outturn.collector.live import Live
    from outturn.domain.goals import Per
    from outturn.domain.links import LinkState
    from outturn.domain.mixes import Mixes
    from outturn.domain.progress import Progress
    from outturn.metrics.table import KpiTable

_DEMO_START = date(2026, 3, 2)


def create(folder: Path, *, currency: str, time_zone: str = "UTC", per: Per = "person") -> OpenWorkspace:
    """Make a new workspace.

    Args:
        folder: A new or empty folder.
        currency: ISO 4217, of every report.
        time_zone: IANA name, of the business's days.
        per: Who buys, and whose journeys the first goal takes: a person's, 30 days back, or a company's, 180 days.
    """
    return OpenWorkspace(Workspace.create(folder, currency=currency, time_zone=time_zone, per=per))


def open(folder: Path | str) -> OpenWorkspace:  # noqa: A001  (read as outturn.open)
    """Open the workspace in that folder."""
    return OpenWorkspace(Workspace.open(Path(folder)))


def find(folder: Path | None) -> OpenWorkspace:
    """Open the workspace in `folder`; without one, the nearest upwards from where we are."""
    return open(folder) if folder else OpenWorkspace(Workspace.find(Path.cwd()))


def restore(file: Path, folder: Path) -> dict[str, Any]:
    """Make a workspace of a backup, in a new folder; see `outturn.safekeeping.restore.restore`."""
    from outturn.safekeeping.restore import restore as restored

    return restored(file, folder)._asdict()


def examine(folder: Path | None, *, now: datetime) -> list[dict[str, Any]]:
    """What is wrong with a workspace, also one that cannot be opened; see `outturn.safekeeping.doctor.examine`."""
    from outturn.safekeeping.doctor import examine as examined

    return [asdict(finding) for finding in examined(folder or Workspace.nearest(Path.cwd()), now=now)]


@dataclass(frozen=True, slots=True)
class OpenWorkspace:
    """A workspace and everything that can be asked of it."""

    workspace: Workspace

    @property
    def root(self) -> Path:
        """The workspace's folder."""
        return self.workspace.root

    def import_files(
        self, files: Sequence[Path], *, now: datetime, progress: Progress = silent, **options: Any
    ) -> list[dict[str, Any]]:
        """Take files in, each wholly or not at all; facts only, without a build.

        Args:
            files: Paths of exports.
            now: The time of the import.
            progress: Told what is being done.
            options: `source`, `account`, `currency`, `time_zone`, `decimal`, `dates`, `sheet`, `replace`,
                `partial`, `dry_run` as on the command line.

        Returns:
            One report per file, in the files' order, as `outturn import --json` shows it.
        """
        from outturn.sources.importer import ImportOptions, import_files

        reports = import_files(self.workspace, files, ImportOptions(**options), now=now, progress=progress)
        return [report.to_dict() for report in reports]

    def imports(self, *, as_of: date | None = None) -> list[dict[str, Any]]:
        """Every import, oldest first: counts, days covered, what it restated, whether it still counts.

        Args:
            as_of: What was known at the end of that day: later imports, and undoings, have not happened.
        """
        from outturn.sources.history import imports

        before = end_of_day(as_of, self.workspace.settings.time_zone) if as_of else None
        return imports(self.workspace, as_of=before)

    def undo(self, import_id: str, *, now: datetime) -> None:
        """Take one import back; what it had restated comes back too."""
        from outturn.store.facts import Facts

        with self.workspace.lock():
            Facts(self.workspace.lake).undo(import_id, now)

    def refused(self, import_id: str | None = None) -> list[dict[str, Any]]:
        """Refused rows, masked, of one import or of all."""
        from outturn.sources.history import refused

        return refused(self.workspace, import_id)

    def build(self, *, now: datetime, progress: Callable[[str], None] = silent) -> dict[str, Any]:
        """Work out every derived table anew and publish them together."""
        from outturn.pipeline.build import build

        return build(self.workspace, now=now, progress=progress).figures

    def serve(self, *, address: str | None = None, port: int | None = None, workers: int | None = None) -> None:
        """Answer the collector's requests until SIGTERM; what is not given comes from `[server]`."""
        from outturn.collector.serve import serve

        settings = self.workspace.settings
        serve(
            self.workspace,
            address=address or settings["server.address"],
            port=settings["server.port"] if port is None else port,
            workers=workers or settings["server.workers"],
        )

    def load(self, *, now: Callable[[], datetime]) -> dict[str, Any]:
        """Bring all that the collector's journal holds into the lake."""
        from outturn.collector.load import load

        return asdict(load(self.workspace, now=now))

    def wait_for_load(self, stop: threading.Event) -> bool:
        """Wait until the next load is due; False: asked to stop. See `outturn.collector.rounds.wait_for_round`."""
        from outturn.collector.rounds import wait_for_round

        settings = self.workspace.settings
        seconds, gathered = settings["journal.load_seconds"], settings["journal.load_mb"] * 1024 * 1024
        return wait_for_round(self.workspace.journal, stop, seconds=seconds, gathered_bytes=gathered)

    def load_again(self, *, now: Callable[[], datetime]) -> dict[str, Any]:
        """Load everything that the journal still keeps once more; see `outturn.collector.again.load_again`."""
        from outturn.collector.again import load_again

        return asdict(load_again(self.workspace, now=now))

    def live(self) -> Live:
        """What is coming in now: its `look` counts the last 60 minutes, each time reading only what is new."""
        from outturn.collector.live import Live

        return Live(self.workspace.journal, own_hosts=self.workspace.settings["journeys.own_hosts"])

    def collected(self, days: Days = Days()) -> dict[str, Any]:  # noqa: B008 - frozen
        """What the collector has taken, by day, and how long ids live; see `outturn.collector.collected.collected`."""
        from outturn.collector.collected import collected

        return collected(self.workspace, days)

    def keep_up(self, *, now: datetime) -> dict[str, int]:
        """Merge what many small loads have written; by table, how many files became one."""
        from outturn.store.facts import Facts

        with self.workspace.lock():
            return Facts(self.workspace.lake).keep_up(now)

    def backup(self, file: Path, *, now: datetime) -> dict[str, Any]:
        """Write everything that the workspace holds into one file; see `outturn.safekeeping.backup.backup`."""
        from outturn.safekeeping.backup import backup

        return backup(self.workspace, file, now=now)._asdict()

    def add_key(self, trust: Trust, name: str, *, now: datetime) -> dict[str, str]:
        """Make a write key; its text is in this answer and nowhere else. A secret one can sign outcomes, too."""
        from outturn.collector.desks import collector_secret
        from outturn.collector.signatures import signing_secret

        with self._key_book() as book:
            key_id, text = book.add(trust, name, at=now, dice=secrets.token_bytes)
        made = {"id": key_id, "trust": trust, "name": name, "key": text}
        if trust == "public":
            return made
        return made | {"signing_secret": signing_secret(collector_secret(self.workspace), key_id).hex()}

    def revoke_key(self, key_id: str, *, now: datetime) -> None:
        """Take a write key back."""
        with self._key_book() as book:
            book.revoke(key_id, at=now)

    def keys(self) -> list[dict[str, Any]]:
        """All write keys ever made, without the keys."""
        with self._key_book() as book:
            return [asdict(key) for key in book.listed()]

    def _key_book(self) -> closing[KeyBook]:
        from outturn.collector.key_book import KeyBook

        return closing(KeyBook(self.workspace.book))

    def add_link(self, link_id: str, *, now: datetime, **options: Any) -> dict[str, Any]:
        """Make a link of our own; see `outturn.collector.link_listing.add`."""
        from outturn.collector.link_listing import add

        return add(self.workspace, link_id, now=now, **options)

    def links(self) -> list[dict[str, Any]]:
        """All links ever made."""
        from outturn.collector.link_listing import listed

        return listed(self.workspace)

    def link(self, link_id: str, *, host: str = "") -> dict[str, Any]:
        """One link with its addresses, on the collector's host; empty: on this machine."""
        from outturn.collector.link_listing import shown

        return shown(self.workspace, link_id, host=host)

    def set_link_state(self, link_id: str, state: LinkState) -> dict[str, Any]:
        """Put a link out of use (`disabled`), or back into it (`active`)."""
        from outturn.collector.link_listing import set_state

        return set_state(self.workspace, link_id, state)

    def renew_link_secret(self, link_id: str) -> dict[str, Any]:
        """Give a link's postbacks a new secret; it is in this answer and nowhere else."""
        from outturn.collector.link_listing import renew_secret

        return renew_secret(self.workspace, link_id)

    def kpis(
        self, by: Sequence[str] = (), *, as_of: date | None = None, now: datetime | None = None, **options: Any
    ) -> KpiTable:
        """KPIs at any grain.

        Args:
            by: Dimensions: channel, campaign, date_day, ...; none: one row for everything.
            as_of: What was known at the end of that day, worked out anew from the facts of then.
            now: With `as_of`: the time of asking.
            options: `goal`, `model`, `days`, `basis`, `kpi` of `outturn.metrics.query.kpis`.
        """
        from outturn.pipeline.read import kpis

        if as_of is None:
            return kpis(self.workspace, by, **options)
        from outturn.pipeline.build import build_as_of

        asked_at = now or datetime.now(UTC)  # noqa: TID251 - it only names the temporary build
        with build_as_of(self.workspace, as_of, now=asked_at) as build:
            return kpis(self.workspace, by, build=build, **options)

    def kpi_rows(self, kpi: str, where: Mapping[str, str], **options: Any) -> dict[str, list[dict[str, Any]]]:
        """By measure, the source rows behind one figure of `kpis`; see `outturn.pipeline.rows.kpi_rows`."""
        from outturn.pipeline.rows import kpi_rows

        return kpi_rows(self.workspace, kpi, where, **options)

    def mixes_of_rows(self, opened: Mapping[str, list[dict[str, Any]]]) -> Mixes:
        """The zones and currencies of what `kpi_rows` gave, where there are several."""
        from outturn.pipeline.rows import mixes_of_rows

        return mixes_of_rows(self.workspace, opened)

    def attribute(self, models: Sequence[str] = (), **options: Any) -> dict[str, Any]:
        """Credit by model and channel or campaign; see `outturn.pipeline.credit.attribute`."""
        from outturn.pipeline.credit import attribute

        return attribute(self.workspace, models, **options)

    def explain(self, outcome_id: str, **options: Any) -> dict[str, Any]:
        """One conversion's journey, every model's credit, its source rows; see `outturn.pipeline.explain.explain`."""
        from outturn.pipeline.explain import explain

        return explain(self.workspace, outcome_id, **options)

    def paths(self, **options: Any) -> dict[str, Any]:
        """The journeys that lead to conversions, and how long they are; see `outturn.pipeline.paths.paths`."""
        from outturn.pipeline.paths import paths

        return paths(self.workspace, **options)

    def audit(self, checks: Sequence[str] = (), **options: Any) -> dict[str, Any]:
        """What is wrong with the tracking, root causes first; see `outturn.pipeline.audit.audited`."""
        from outturn.pipeline.audit import audited

        return audited(self.workspace, checks, **options)

    def unjoined(self) -> list[dict[str, Any]]:
        """Touches of ad platforms whose tags name no campaign that the platform's own files know."""
        from outturn.pipeline.read import unjoined

        return unjoined(self.workspace)

    def forget(self, identifier: str, *, now: datetime) -> dict[str, Any]:
        """Forget one person: see `outturn.pipeline.privacy.forget`."""
        from outturn.pipeline.privacy import forget

        return forget(self.workspace, identifier, now=now)

    def export_person(self, identifier: str) -> dict[str, Any]:
        """Everything that is stored about one person."""
        from outturn.pipeline.privacy import export_person

        return export_person(self.workspace, identifier)


def demo(folder: Path, *, now: datetime, progress: Progress = silent, **options: Any) -> dict[str, Any]:
    """Simulate a market, import its files, build, and set each model's figures beside the planted truth.

    Args:
        folder: New, empty, or an earlier demo's, whose files are replaced; a folder of anything else is refused.
        now: The time of the imports.
        progress: Told what is being done.
        options: `people`, `days`, `seed` of `outturn.simulator.simulate`.
    """
    from outturn.pipeline.compare import read_truth
    from outturn.pipeline.truth import beside_truth
    from outturn.simulator import AURORA, TRUTH_FILE, simulate

    _mark_as_demo(folder)
    progress("Simulating a market")
    exports, drafts = folder / "exports", folder / ".exports"
    shutil.rmtree(drafts, ignore_errors=True)
    start = min(_DEMO_START, now.date() - timedelta(days=options.get("days", 0) + 1))
    truth = simulate(drafts, start=start, **options)
    for earlier in (exports, folder / "workspace"):
        shutil.rmtree(earlier, ignore_errors=True)
    drafts.rename(exports)
    (exports / TRUTH_FILE).replace(folder / TRUTH_FILE)
    workspace = create(folder / "workspace", currency=truth.currency, time_zone=AURORA.shop_zone)
    # As for any user: Meta's files do not say whose days they count, and its account's days are New York's.
    metas = sorted(exports.glob("meta*"))
    others = sorted(set(exports.iterdir()) - set(metas))
    reports = workspace.import_files(others, now=now, progress=progress)
    reports += workspace.import_files(
        metas, now=now + timedelta(microseconds=1), progress=progress, time_zone=AURORA.meta_zone
    )
    refused = [message for report in reports if report["verdict"] == "refuse" for message in report["messages"]]
    if refused:
        raise Refusal(f"The demo's own files were refused: {'; '.join(refused)}")
    figures = workspace.build(now=now + timedelta(microseconds=2), progress=progress)
    return {
        "workspace": str(workspace.root),
        "exports": str(exports),
        "currency": truth.currency,
        "build": figures,
        **beside_truth(workspace.workspace, read_truth(folder / TRUTH_FILE)),
    }


def _mark_as_demo(folder: Path) -> None:
    """Make the folder, or know it again by a mark that no folder of a user's own exports has."""
    mark = folder / ".outturn-demo"
    if folder.exists() and not mark.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{folder} holds something else than a demo: name a new folder")
    folder.mkdir(parents=True, exist_ok=True)
    mark.touch()
