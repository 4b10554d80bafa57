"""What all files of one command share, and the engine that each of them gets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import duckdb

from outturn.domain.time import micros_of
from outturn.sources.identity import are_many, prepare_keys
from outturn.sources.lookups import key_cells

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from outturn.sources.jobs import Job
    from outturn.sources.known import Known
    from outturn.sources.loans import Loans
    from outturn.sources.options import ImportOptions
    from outturn.sources.recognition import Recognised
    from outturn.store.facts import Facts, ImportRecord
    from outturn.store.workspace import Workspace

# The whole process stays under a gigabyte with the first; identifiers by the million need a table of them.
_MEMORY, _MEMORY_OF_KEYS = "400MB", "1GB"


@dataclass(slots=True)
class Desk:
    """What all files of one command share.

    Attributes:
        suppressed: Keys of people who asked to be forgotten.
        spill: Folder of temporary files.
        loaded: The imports that count, those of this command included.
        files: How many the command names.
        serial: Of the last import.
    """

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

    @property
    def zone(self) -> str:
        """Of naive times and of days whose zone nothing states."""
        return self.options.time_zone or self.workspace.settings.time_zone


def engine_of(desk: Desk, job: Job, recognised: Recognised) -> duckdb.DuckDBPyConnection:
    """An engine for one file, with the words and variables that `source.py` promises."""
    keyed = bool(recognised.layout.steps) or bool(key_cells(recognised))
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
        prepare_keys(
            connection,
            desk.workspace.secret(),
            desk.suppressed,
            phone_region=str(desk.workspace.settings["privacy.phone_region"]),
            many=are_many(job.content.size),
            cells=key_cells(recognised),
        )
    set_variables(connection, desk, job)
    return connection


def set_variables(connection: duckdb.DuckDBPyConnection, desk: Desk, job: Job) -> None:
    """What a source's SQL asks for with `getvariable`; each session has its own."""
    variables = {"currency": desk.options.currency, "time_zone": desk.zone, "file": job.content.name}
    for name, value in variables.items():
        connection.execute(f"SET VARIABLE {name} = CAST($value AS VARCHAR)", {"value": value})
    connection.execute("SET VARIABLE now = make_timestamptz($value::BIGINT)", {"value": micros_of(desk.now)})
