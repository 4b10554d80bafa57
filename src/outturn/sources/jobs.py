"""One file on its way in: which of those packed in it is read, what it is, and when its turn comes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from outturn.domain.errors import FileRefused, UsageError
from outturn.sources.content import Content
from outturn.sources.frame import Frame, contents_of, open_content
from outturn.sources.recognition import Recognised, recognise
from outturn.sources.report import FileReport
from outturn.sources.sheets import Sheet

if TYPE_CHECKING:
    from concurrent.futures import Future
    from pathlib import Path

    from outturn.sources.options import ImportOptions


@dataclass(slots=True)
class Job:
    """One file on its way in.

    Attributes:
        found: The opened file and what it is; None: nothing that is known.
        told: What its import depends on beside its bytes.
        digest: Of its bytes, worked out while they are read; None: its turn has not come.
    """

    content: Content
    report: FileReport
    found: tuple[Frame, Recognised] | None = None
    told: dict[str, Any] = field(default_factory=dict)
    digest: Future[str] | None = None

    @property
    def sha256(self) -> str:
        """Of its bytes, lower-case hex.

        Raises:
            FileRefused: They cannot be read.
        """
        return self.digest.result() if self.digest else self.content.sha256()

    @property
    def turn(self) -> tuple[bool, int]:
        """When it comes among the files of the command: before those that lean on it."""
        layout = self.found[1].layout if self.found else None
        return (layout is None or not layout.first, layout.turn if layout else 0)


def jobs_of(path: Path, options: ImportOptions) -> list[Job]:
    """One job for a file; as many as files are packed in it; of the sheets of a spreadsheet one that is recognised."""
    if not path.is_file():
        raise UsageError(f"{path} is no file")
    try:
        contents = contents_of(path, sheet=options.sheet or "")
    except FileRefused as refused:
        job = Job(Content(path), FileReport(str(path)))
        job.report.refuse(refused)
        return [job]
    jobs = [Job(content, FileReport(content.told)) for content in contents]
    for job in jobs:
        _recognise(job, options)
    return [_chosen(jobs)] if isinstance(contents[0], Sheet) else jobs


def _recognise(job: Job, options: ImportOptions) -> None:
    try:
        frame = open_content(job.content)
        recognised = recognise(frame, named=options.source or "")
        job.found = (frame, recognised)
        job.report.source, job.report.layout = recognised.source.name, recognised.layout.name
    except FileRefused as refused:
        job.report.refuse(refused)


def _chosen(jobs: list[Job]) -> Job:
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
        first.report.refuse(
            FileRefused("XLSX_MULTIPLE_SHEETS", f"the sheets {told} all hold exports: pass --sheet", needs=("sheet",))
        )
    return first
