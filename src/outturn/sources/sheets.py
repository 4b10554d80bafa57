"""The sheets of a spreadsheet as text tables, read by a child process that a hostile file cannot lead out of bounds."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from outturn.domain.errors import FileRefused, UnknownName
from outturn.sources import sheet_reader
from outturn.sources.content import BLOCK_BYTES, Content, open_zip, unwatched

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_HEAD_ROWS = 60
_READER = Path(__file__).with_name("sheet_reader.py")


@dataclass(frozen=True, slots=True)
class Sheet(Content):
    """One sheet: a line of text for each of its rows.

    Attributes:
        title: As the tab at the bottom says.
        place: Among all sheets.
        begin: The first rows, as text.
        whole: Whether these are all.
        column: The first one that these rows use, from 0.
        columns: How many they use from there on.
        first_day: Of which serial dates count the days from 0.
    """

    title: str
    place: int
    begin: str
    whole: bool
    column: int
    columns: int
    first_day: date

    @property
    def packed(self) -> bool:
        """Yes."""
        return True

    def blocks(
        self,
        block_bytes: int = BLOCK_BYTES,
        watch: Callable[[float], None] = unwatched,  # noqa: ARG002 (nobody knows how many rows there are)
    ) -> Iterator[bytes]:
        """The rows as text."""
        if self.whole:
            yield from filter(None, [self.begin.encode()])
            return
        with _child(self.path, "whole", self.place, self.column, self.columns) as child:
            assert child.stdout  # noqa: S101 (a pipe was asked for)
            try:
                while block := child.stdout.read(block_bytes):
                    yield block
                _judge(child)
            finally:
                child.kill()

    def head(self, size: int) -> tuple[bytes, bool]:
        """The first rows."""
        head = self.begin.encode()
        return head[:size], self.whole and len(head) <= size

    def sha256(self) -> str:
        """Of the spreadsheet and the sheet's place."""
        with self.path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256")
        digest.update(f"#{self.place}".encode())
        return digest.hexdigest()


def is_spreadsheet(path: Path) -> bool:
    """Whether a zip is an xlsx file.

    Raises:
        FileRefused: NOT_CSV.
    """
    with open_zip(path) as archive:
        return "xl/workbook.xml" in archive.namelist()


def sheets(path: Path, *, named: str = "") -> tuple[Sheet, ...]:
    """The sheets that hold anything: those that show, or the one of that name.

    Raises:
        FileRefused: NOT_CSV, EMPTY_FILE, TOO_LARGE.
        UnknownName: No sheet is called `named`.
    """
    with _child(path, "head", _HEAD_ROWS) as child:
        told, _nothing = child.communicate()
        _judge(child)
    found = json.loads(told)
    every = found["sheets"]
    if named and named not in {sheet["name"] for sheet in every}:
        raise UnknownName("sheet", named, [sheet["name"] for sheet in every])
    wanted = [
        sheet for sheet in every if (sheet["name"] == named if named else sheet["shown"]) and sheet["head"].strip()
    ]
    if not wanted:
        raise FileRefused("EMPTY_FILE", "no sheet of the spreadsheet holds anything: download the export again")
    first_day = date.fromisoformat(found["first_day"])
    return tuple(
        Sheet(
            path, sheet["name"], sheet["place"], sheet["head"], sheet["whole"], sheet["column"], sheet["columns"],
            first_day,
        )
        for sheet in wanted
    )  # fmt: skip


def _child(path: Path, mode: str, *numbers: int) -> subprocess.Popen[bytes]:
    # -I: no path of ours and no variable of the environment decides what it imports.
    return subprocess.Popen(  # noqa: S603 (this Python and our own program)
        [sys.executable, "-I", str(_READER), str(path.absolute()), mode, *map(str, numbers)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )


def _judge(child: subprocess.Popen[bytes]) -> None:
    code = child.wait(sheet_reader.SECONDS)
    if code == 1:
        raise FileRefused(
            "NOT_CSV", "the spreadsheet is damaged, or protected by a password: download it again, or save it as CSV"
        )
    if code:
        raise FileRefused(
            "TOO_LARGE",
            f"the spreadsheet needs more than {sheet_reader.MEMORY_BYTES >> 30} GB or {sheet_reader.SECONDS} seconds "
            "to be read: save the sheet as CSV and import that",
        )
