"""Files in, facts out: each file wholly or not at all, and every one of its rows accounted for."""

from __future__ import annotations

import shutil
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from outturn.domain.errors import FileRefused
from outturn.domain.progress import Progress, silent
from outturn.sources import history
from outturn.sources.billing import refuse_other_currencies
from outturn.sources.booking import book
from outturn.sources.counts import count, forget
from outturn.sources.desk import Desk, engine_of
from outturn.sources.jobs import jobs_of
from outturn.sources.known import Known, current
from outturn.sources.learning import learn
from outturn.sources.loans import Loans, make_steps
from outturn.sources.options import ImportOptions
from outturn.sources.preview import changes_of
from outturn.sources.reading import Manner, Reading, read
from outturn.sources.report import FileReport, mixes_of, totals_of
from outturn.sources.scope import Scope, Stated, make_accepted
from outturn.sources.sheets import Sheet
from outturn.sources.zones import BOOKED_IN, booked_elsewhere, replaced_by, zones_of
from outturn.store.book import Book
from outturn.store.facts import Facts

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    import duckdb

    from outturn.sources.frame import Frame
    from outturn.sources.jobs import Job
    from outturn.sources.recognition import Recognised
    from outturn.store.facts import ImportRecord
    from outturn.store.workspace import Workspace

__all__ = ["ImportOptions", "import_files"]


def import_files(
    workspace: Workspace,
    paths: Sequence[Path],
    options: ImportOptions | None = None,
    *,
    now: datetime,
    progress: Progress = silent,
) -> list[FileReport]:
    """Take files in.

    Files on which others lean (accounts, campaigns, stages) are loaded before those; reports come in the files' order.

    Args:
        workspace: Where to; locked while this runs, unless it is a dry run.
        paths: The files, in any order.
        options: What the user says of them; None: nothing.
        now: The time of the import, aware.
        progress: Told which file is being read, and how much of it is.
    """
    options = options or ImportOptions()
    if options.dry_run:
        return _import(workspace, paths, options, now, progress)
    with workspace.lock():
        return _import(workspace, paths, options, now, progress)


def _import(
    workspace: Workspace, paths: Sequence[Path], options: ImportOptions, now: datetime, progress: Progress
) -> list[FileReport]:
    facts = Facts(workspace.lake)
    book = Book(workspace.book)
    suppressed = book.suppressed()
    book.close()
    spill = Path(tempfile.mkdtemp(prefix="outturn-import-"))
    known, loans = Known(facts), Loans(facts)
    desk = Desk(workspace, options, now, facts, known, loans, suppressed, spill, facts.loaded(), len(paths))
    try:
        jobs = [job for path in paths for job in jobs_of(Path(path), options)]
        for job in sorted(jobs, key=lambda one: one.turn):
            if job.found:
                frame, recognised = job.found
                _take_in(job, replace(frame, watch=_watch(progress, job.content.name)), recognised, desk)
    finally:
        shutil.rmtree(spill, ignore_errors=True)
    return [job.report for job in jobs]


def _watch(progress: Progress, name: str) -> Callable[[float], None]:
    progress(f"reading {name}")

    def watch(share: float) -> None:
        if share < 1:
            progress(f"reading {name}", share)
        else:
            progress(f"keeping {name}")

    return watch


def _take_in(job: Job, frame: Frame, recognised: Recognised, desk: Desk) -> None:
    with ThreadPoolExecutor(1) as beside:
        job.digest = beside.submit(job.content.sha256)
        try:
            before = _taken_before(job, recognised, desk)
        except FileRefused as refused:
            job.report.refuse(refused)
            return
        if before is None:
            _take_in_anew(job, frame, recognised, desk)
            return
        history.as_before(job.report, before)
        if recognised.layout.lends and desk.files > 1:
            _lend_again(job, frame, recognised, desk)


def _taken_before(job: Job, recognised: Recognised, desk: Desk) -> ImportRecord | None:
    """The import of just this file, told the same; its bytes are only asked for where all else is alike."""
    job.told = desk.options.told | desk.loans.told(recognised)
    as_told = (job.report.source, job.report.layout, job.told)
    for record in desk.loaded:
        if (
            (record.source, record.layout, desk.loans.compared(record.options, job.told)) == as_told
            and record.sha256 == job.sha256
            and not booked_elsewhere(record, recognised, desk)
        ):
            return record
    return None


def _take_in_anew(job: Job, frame: Frame, recognised: Recognised, desk: Desk) -> None:
    report = job.report
    connection = engine_of(desk, job, recognised)
    try:
        report.messages += desk.loans.borrow(connection, recognised)
        reading = _read(connection, frame, recognised, desk, report)
        _settle(connection, reading, desk, job)
    except FileRefused as refused:
        report.refuse(refused)
    finally:
        connection.close()


def _lend_again(job: Job, frame: Frame, recognised: Recognised, desk: Desk) -> None:
    """A file that is loaded already still lends to the others of the command."""
    connection = engine_of(desk, job, recognised)
    try:
        desk.loans.borrow(connection, recognised)
        # With one forgotten since, perhaps no row of it is left; then it lends nothing.
        with suppress(FileRefused):
            reading = _read(connection, frame, recognised, desk, FileReport(job.report.file))
            _accept(connection, reading, desk)
            desk.loans.lend(connection, recognised, job.sha256)
    finally:
        connection.close()


def _read(
    connection: duckdb.DuckDBPyConnection, frame: Frame, recognised: Recognised, desk: Desk, report: FileReport
) -> Reading:
    manner = Manner(
        desk.now,
        desk.zone,
        desk.options.decimal or "",
        desk.options.dates or "",
        str(desk.workspace.settings["privacy.phone_region"]),
        recognised.usual_dates,
        frame.content.first_day if isinstance(frame.content, Sheet) else None,
    )
    reading = read(connection, frame, recognised, manner)
    forget(connection, reading, report)
    count(connection, reading, report)
    return reading


def _accept(connection: duckdb.DuckDBPyConnection, reading: Reading, desk: Desk) -> Scope:
    options = desk.options
    stated = Stated(options.account or "", options.currency or "", options.time_zone or "")
    scope = make_accepted(connection, reading, desk.known, stated, desk.workspace.settings.time_zone)
    scope.flags += refuse_other_currencies(connection, reading, desk.known, stated.currency)
    desk.loans.borrow_claims(connection, reading.recognised)
    make_steps(connection, reading.recognised.layout)
    return scope


def _settle(connection: duckdb.DuckDBPyConnection, reading: Reading, desk: Desk, job: Job) -> None:
    """Account, currency, zone, restatement; then, unless it is a dry run, the facts."""
    report, options, layout = job.report, desk.options, reading.recognised.layout
    scope = _accept(connection, reading, desk)
    report.totals = totals_of(connection, reading) if layout.used else {}
    report.verdict = "accept"
    report.summary["mixes"] = mixes_of(connection, reading).as_dict()
    earlier = replaced_by(job, reading.recognised, desk)
    if layout.spend:
        _cover(connection, report)
        report.summary |= {BOOKED_IN: zones} if (zones := zones_of(connection, reading.recognised)) else {}
    if "ad_spend" in layout.tables and desk.loaded:
        _preview(connection, desk, report, earlier)
    report.messages += [f"takes the place of {one.import_id}, whose hours lay in other days" for one in earlier]
    report.messages += scope.flags
    if desk.files > 1:
        learn(connection, reading, desk.known)
        desk.loans.lend(connection, reading.recognised, job.sha256)
    if not options.dry_run:
        book(connection, reading, desk, job, scope, instead_of=earlier)


def _preview(
    connection: duckdb.DuckDBPyConnection, desk: Desk, report: FileReport, instead_of: Sequence[ImportRecord]
) -> None:
    engine = current(desk.facts, without=[record.import_id for record in instead_of])
    try:
        changed = changes_of(connection, engine, replace=desk.options.replace, partial=desk.options.partial)
    finally:
        engine.close()
    report.summary["restated"] = changed
    days = len({(one["day"], one["last_day"]) for one in changed})
    if days:
        report.messages.append(f"restates the spend of {days} {'day' if days == 1 else 'days'}")


def _cover(connection: duckdb.DuckDBPyConnection, report: FileReport) -> None:
    first, last, dayless = connection.execute(
        "SELECT MIN(COALESCE(date_day, period_start)), MAX(COALESCE(date_day, period_end)), COUNT(*) FILTER "
        "(date_day IS NULL) FROM accepted"
    ).fetchall()[0]
    report.summary |= {"first_day": str(first), "last_day": str(last)}
    if dayless and dayless == report.accepted:
        report.verdict = "period_only"
        report.messages.append(
            f"NO_DAY: the rows cover {first} to {last} without a day; kept as a total of that period, in no KPI"
        )
