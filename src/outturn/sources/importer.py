"""Files in, facts out: each file wholly or not at all, and every one of its rows accounted for."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import duckdb

from outturn.domain.currencies import minor_digits
from outturn.domain.errors import FileRefused, UsageError
from outturn.domain.time import micros_of, zone
from outturn.sources import history
from outturn.sources.content import Content
from outturn.sources.counts import count, forget
from outturn.sources.frame import Frame, contents_of, open_content
from outturn.sources.identity import prepare_keys
from outturn.sources.known import Known, current
from outturn.sources.learning import learn
from outturn.sources.loans import Loans, make_steps
from outturn.sources.reading import Manner, Reading, read
from outturn.sources.recognition import Recognised, recognise
from outturn.sources.refusals import refused_rows
from outturn.sources.registry import source_named
from outturn.sources.report import FileReport, totals_of
from outturn.sources.restatement import restated
from outturn.sources.scope import Scope, Stated, make_accepted, output_statements
from outturn.sources.sheets import Sheet
from outturn.sources.source import Kind
from outturn.store.book import Book
from outturn.store.facts import Facts, ImportRecord, Selected, new_import_id

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    import pyarrow as pa

    from outturn.store.workspace import Workspace

# The whole process stays under a gigabyte with the first; identifiers by the million need a table of them.
_MEMORY, _MEMORY_OF_KEYS = "500MB", "1GB"


def silent(_what: str) -> None:
    """The progress of nobody watching."""


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """What the user says about files that do not say it themselves; None: nothing.

    Attributes:
        source: The source's name (`--as`).
        sheet: Of a spreadsheet: the sheet that is meant, by its name.
        replace: A file may drop campaigns with spend from days that it covers.
        partial: A file replaces only the campaigns that it names.
        dry_run: Say what would happen; write nothing.
    """

    source: str | None = None
    account: str | None = None
    currency: str | None = None
    time_zone: str | None = None
    decimal: Literal[".", ","] | None = None
    dates: Literal["day-first", "month-first"] | None = None
    sheet: str | None = None
    replace: bool = False
    partial: bool = False
    dry_run: bool = False

    def __post_init__(self) -> None:
        if self.source:
            source_named(self.source)
        if self.currency:
            minor_digits(self.currency)
        if self.time_zone:
            zone(self.time_zone)
        if self.replace and self.partial:
            raise UsageError("--replace and --partial exclude one another")

    @property
    def told(self) -> dict[str, Any]:
        """The flags that change what a file means."""
        passing = {"replace", "dry_run", "sheet"}
        return {name: value for name, value in asdict(self).items() if value and name not in passing}


@dataclass(slots=True)
class _Job:
    """One file on its way in."""

    content: Content
    report: FileReport
    found: tuple[Frame, Recognised] | None = None
    told: dict[str, Any] = field(default_factory=dict)

    @property
    def turn(self) -> tuple[bool, int]:
        """When it comes among the files of the command: before those that lean on it."""
        layout = self.found[1].layout if self.found else None
        return (layout is None or not layout.first, layout.turn if layout else 0)


@dataclass(slots=True)
class _Desk:
    """What all files of one command share."""

    workspace: Workspace
    options: ImportOptions
    now: datetime
    facts: Facts
    known: Known
    loans: Loans
    suppressed: frozenset[bytes]
    spill: Path
    loaded: list[ImportRecord]
    files: int
    serial: int = 0
    zone: str = field(default="UTC")


def import_files(
    workspace: Workspace,
    paths: Sequence[Path],
    options: ImportOptions | None = None,
    *,
    now: datetime,
    progress: Callable[[str], None] = silent,
) -> list[FileReport]:
    """Take files in.

    Files on which others lean (accounts, campaigns, stages) are loaded before those; reports come in the files' order.

    Args:
        workspace: Where to; locked while this runs, unless it is a dry run.
        paths: The files, in any order.
        options: What the user says of them; None: nothing.
        now: The time of the import, aware.
        progress: Told which file is being read.
    """
    options = options or ImportOptions()
    if options.dry_run:
        return _import(workspace, paths, options, now, progress)
    with workspace.lock():
        return _import(workspace, paths, options, now, progress)


def _import(
    workspace: Workspace, paths: Sequence[Path], options: ImportOptions, now: datetime, progress: Callable[[str], None]
) -> list[FileReport]:
    facts = Facts(workspace.lake)
    book = Book(workspace.book)
    suppressed = book.suppressed()
    book.close()
    spill = Path(tempfile.mkdtemp(prefix="outturn-import-"))
    known, loans = Known(facts), Loans(facts)
    desk = _Desk(workspace, options, now, facts, known, loans, suppressed, spill, facts.loaded(), len(paths))
    desk.zone = options.time_zone or workspace.settings.time_zone
    try:
        jobs = [job for path in paths for job in _jobs(Path(path), options)]
        for job in sorted(jobs, key=lambda one: one.turn):
            if job.found:
                progress(f"reading {job.content.name}")
                _take_in(job, *job.found, desk)
    finally:
        shutil.rmtree(spill, ignore_errors=True)
    return [job.report for job in jobs]


def _jobs(path: Path, options: ImportOptions) -> list[_Job]:
    """One job for a file; as many as files are packed in it; of the sheets of a spreadsheet one that is recognised."""
    if not path.is_file():
        raise UsageError(f"{path} is no file")
    try:
        contents = contents_of(path, sheet=options.sheet or "")
    except FileRefused as refused:
        job = _Job(Content(path), FileReport(str(path)))
        _refuse(job.report, refused)
        return [job]
    jobs = [_Job(content, FileReport(content.told)) for content in contents]
    for job in jobs:
        _recognise(job, options)
    return [_chosen(jobs)] if isinstance(contents[0], Sheet) else jobs


def _recognise(job: _Job, options: ImportOptions) -> None:
    try:
        frame = open_content(job.content)
        recognised = recognise(frame, named=options.source or "")
        job.found = (frame, recognised)
        job.report.source, job.report.layout = recognised.source.name, recognised.layout.name
    except FileRefused as refused:
        _refuse(job.report, refused)


def _chosen(jobs: list[_Job]) -> _Job:
    """The one sheet that is recognised; the first one, refused, where none is, or several are."""
    found = [job for job in jobs if job.found]
    titles = {id(job): repr(job.content.title) for job in jobs if isinstance(job.content, Sheet)}
    if len(found) == 1:
        passed = [titles[id(job)] for job in jobs if job is not found[0]]
        if passed:
            found[0].report.messages.append(f"sheet {titles[id(found[0])]} was read, not {', '.join(passed)}")
        return found[0]
    first = jobs[0]
    if found:
        first.report = FileReport(first.report.file)
        first.found = None
        told = ", ".join(titles[id(job)] for job in found)
        _refuse(
            first.report,
            FileRefused("XLSX_MULTIPLE_SHEETS", f"the sheets {told} all hold exports: pass --sheet", needs=("sheet",)),
        )
    return first


def _refuse(report: FileReport, refused: FileRefused) -> None:
    """Nothing of the file is kept: all of its rows that were counted and are no totals are refused."""
    report.verdict, report.needs = "refuse", refused.needs
    report.refused = report.rows_read - report.ignored
    report.accepted, report.totals = 0, {}
    if not report.refused or sum(report.reasons.values()) != report.refused:
        report.reasons = {refused.code: max(1, report.refused)}
    report.messages.append(str(refused))


def _take_in(job: _Job, frame: Frame, recognised: Recognised, desk: _Desk) -> None:
    report = job.report
    try:
        sha256 = job.content.sha256()
    except FileRefused as refused:
        _refuse(report, refused)
        return
    job.told = desk.options.told | desk.loans.told(recognised)
    for record in desk.loaded:
        as_is = (record.sha256, record.source, record.layout, desk.loans.compared(record.options, job.told))
        if as_is == (sha256, report.source, report.layout, job.told):
            history.as_before(report, record)
            if recognised.layout.lends and desk.files > 1:
                _lend_again(job, frame, recognised, desk, sha256)
            return
    connection = _connection(desk, job, recognised)
    try:
        report.messages += desk.loans.borrow(connection, recognised)
        reading = _read(connection, frame, recognised, desk, report)
        _settle(connection, reading, desk, job, sha256)
    except FileRefused as refused:
        _refuse(report, refused)
    finally:
        connection.close()


def _lend_again(job: _Job, frame: Frame, recognised: Recognised, desk: _Desk, sha256: str) -> None:
    """A file that is loaded already still lends to the others of the command."""
    connection = _connection(desk, job, recognised)
    try:
        desk.loans.borrow(connection, recognised)
        # With one forgotten since, perhaps no row of it is left; then it lends nothing.
        with suppress(FileRefused):
            reading = _read(connection, frame, recognised, desk, FileReport(job.report.file))
            _accept(connection, reading, desk)
            desk.loans.lend(connection, recognised, sha256)
    finally:
        connection.close()


def _read(
    connection: duckdb.DuckDBPyConnection, frame: Frame, recognised: Recognised, desk: _Desk, report: FileReport
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


def _accept(connection: duckdb.DuckDBPyConnection, reading: Reading, desk: _Desk) -> Scope:
    options = desk.options
    stated = Stated(options.account or "", options.currency or "", options.time_zone or "")
    scope = make_accepted(connection, reading, desk.known, stated, desk.workspace.settings.time_zone)
    desk.loans.borrow_claims(connection, reading.recognised)
    make_steps(connection, reading.recognised.layout)
    return scope


def _connection(desk: _Desk, job: _Job, recognised: Recognised) -> duckdb.DuckDBPyConnection:
    """An engine for one file, with the words and variables that `source.py` promises."""
    keyed = bool(recognised.layout.steps) or any(cell.kind is Kind.KEY for cell in recognised.layout.cells)
    connection = duckdb.connect(
        config={
            "memory_limit": _MEMORY_OF_KEYS if keyed else _MEMORY,
            "temp_directory": str(desk.spill),
            "autoinstall_known_extensions": False,
        }
    )
    # Stdout is a command's answer, where DuckDB would draw its own progress.
    connection.execute("SET GLOBAL TimeZone = 'UTC'; SET TimeZone = 'UTC'; SET enable_progress_bar = false")
    if keyed:
        prepare_keys(connection, desk.workspace.secret(), desk.suppressed)
    _set_variables(connection, desk, job)
    return connection


def _set_variables(connection: duckdb.DuckDBPyConnection, desk: _Desk, job: _Job) -> None:
    variables = {"currency": desk.options.currency, "time_zone": desk.zone, "file": job.content.name}
    for name, value in variables.items():
        connection.execute(f"SET VARIABLE {name} = CAST($value AS VARCHAR)", {"value": value})
    connection.execute("SET VARIABLE now = make_timestamptz($value::BIGINT)", {"value": micros_of(desk.now)})


def _settle(connection: duckdb.DuckDBPyConnection, reading: Reading, desk: _Desk, job: _Job, sha256: str) -> None:
    """Account, currency, zone, restatement; then, unless it is a dry run, the facts."""
    report, options, layout = job.report, desk.options, reading.recognised.layout
    scope = _accept(connection, reading, desk)
    report.totals = totals_of(connection, reading) if layout.used else {}
    report.verdict = "accept"
    if layout.spend:
        _cover(connection, report)
    if "ad_spend" in layout.tables and desk.loaded:
        engine = current(desk.facts)
        try:
            changed = restated(connection, engine, replace=options.replace, partial=options.partial)
        finally:
            engine.close()
        report.summary["restated"] = changed
        if changed:
            report.messages.append(f"restates the spend of {len({one['day'] for one in changed})} days")
    report.messages += scope.flags
    if desk.files > 1:
        learn(connection, reading, desk.known)
        desk.loans.lend(connection, reading.recognised, sha256)
    if not options.dry_run:
        _load(connection, reading, desk, job, scope, sha256)


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


def _load(
    connection: duckdb.DuckDBPyConnection, reading: Reading, desk: _Desk, job: _Job, scope: Scope, sha256: str
) -> None:
    report = job.report
    desk.serial += 1
    record = ImportRecord(
        import_id=new_import_id(desk.now, desk.serial),
        state_at=desk.now,
        file=job.content.name,
        sha256=sha256,
        source=report.source,
        layout=report.layout,
        verdict=report.verdict,
        rows_read=report.rows_read,
        accepted=report.accepted,
        refused=report.refused,
        ignored=report.ignored,
        partial=desk.options.partial,
        summary=report.summary
        | {"reasons": report.reasons, "totals": report.totals, "accounts": scope.accounts, "flags": report.messages},
        options=job.told,
    )
    tables: dict[str, pa.Table | Selected] = {}
    sessions = []
    try:
        for name, statement in output_statements(reading).items():
            session = connection.cursor()
            sessions.append(session)
            session.execute("SET TimeZone = 'UTC'; SET enable_progress_bar = false")
            _set_variables(session, desk, job)
            session.execute(
                "SET VARIABLE by_owner = $value",
                {"value": connection.execute("SELECT getvariable('by_owner')").fetchall()[0][0]},
            )
            tables[name] = Selected(session, statement)
        if report.refused:
            tables["refused_rows"] = refused_rows(connection, reading)
        desk.facts.load(record, tables)
    finally:
        for session in sessions:
            session.close()
    desk.loaded.append(record)
    report.import_id = record.import_id
