"""Where a file's bytes come from: the file itself, what is packed in it, or a sheet of it.

A gzip file, each file in a zip and each sheet of a spreadsheet are contents like any other. They are unpacked
while they are read, block by block: nothing is written to disk, so names in archives lead nowhere, and what unpacks
to far more than an export ever does is refused.
"""

from __future__ import annotations

import gzip
import hashlib
import lzma
import struct
import zipfile
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from outturn.domain.errors import FileRefused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from typing import IO

BLOCK_BYTES = 2 << 20
MOST_MEMBERS = 1000
HARMLESS_BYTES = 256 << 20
"""What anything may unpack to."""
MOST_TIMES = 250
"""More than that an honest export does not shrink when packed. Deflate itself ends at 1,032."""
_GUESSED_TIMES = 8
_NOT_ASKED_FOR = ("__MACOSX/", ".DS_Store", "Thumbs.db")
_LONGEST_NAME = 120
_OTHER_BOOKS = {
    "xl/workbook.bin": "a binary Excel file (xlsb)",
    "content.xml": "an OpenDocument spreadsheet",
    "Index/Document.iwa": "a Numbers file",
    "word/document.xml": "a text document",
}
"""What a zip holds that is a document of another kind, by a name in it."""
DAMAGED = (
    EOFError, OSError, RuntimeError, ValueError, lzma.LZMAError, struct.error, zipfile.BadZipFile, zlib.error,
)  # fmt: skip
"""What the standard library raises where packed bytes are not as they should be."""


def unwatched(_share: float) -> None:
    """Nobody asks how much was read."""


@dataclass(frozen=True, slots=True)
class Content:
    """The bytes of one table: those of the file at `path`, unless a subclass says otherwise."""

    path: Path

    @property
    def name(self) -> str:
        """As imports and refused rows call it."""
        return self.path.name

    @property
    def told(self) -> str:
        """As the report of the command calls it: the path as it was given."""
        return str(self.path)

    @property
    def size(self) -> int:
        """How many bytes there are, maybe only roughly."""
        return self.path.stat().st_size

    @property
    def packed(self) -> bool:
        """Whether the bytes are unpacked out of something."""
        return False

    def blocks(self, block_bytes: int = BLOCK_BYTES, watch: Callable[[float], None] = unwatched) -> Iterator[bytes]:
        """All bytes, in order.

        Args:
            block_bytes: At most so many at once.
            watch: Told before each block how much of the file was read, 0 to 1.

        Raises:
            FileRefused: TRUNCATED, NOT_CSV, TOO_LARGE, from what is packed.
        """
        size = max(1, self.size)
        with self.path.open("rb") as file:
            while block := file.read(block_bytes):
                watch(min(1.0, file.tell() / size))
                yield block

    def head(self, size: int) -> tuple[bytes, bool]:
        """The first bytes, and whether these are all."""
        found = b""
        for block in self.blocks(size + 1):
            found += block
            if len(found) > size:
                return found[:size], False
        return found, True

    def sha256(self) -> str:
        """Of the bytes, lower-case hex: the same whether they were packed or not."""
        digest = hashlib.sha256()
        for block in self.blocks():
            digest.update(block)
        return digest.hexdigest()


@dataclass(frozen=True, slots=True)
class Gzipped(Content):
    """What a gzip file unpacks to."""

    @property
    def size(self) -> int:
        """Guessed: a gzip file states its size only modulo 4 GB."""
        return _GUESSED_TIMES * self.path.stat().st_size

    @property
    def packed(self) -> bool:
        """Yes."""
        return True

    def blocks(self, block_bytes: int = BLOCK_BYTES, watch: Callable[[float], None] = unwatched) -> Iterator[bytes]:
        """All bytes, unpacked."""
        size = max(1, self.path.stat().st_size)
        with self.path.open("rb") as packed, gzip.open(packed, "rb") as file:
            for block in _unpacked(file, size, block_bytes, "gzip"):
                watch(min(1.0, packed.tell() / size))
                yield block


@dataclass(frozen=True, slots=True)
class Member(Content):
    """One file of a zip, told by its place, since names may stand twice."""

    place: int
    inner: str
    alone: bool

    @property
    def name(self) -> str:
        """The zip's name, and the file's in it where there are several."""
        return self.path.name if self.alone else f"{self.path.name}/{self.inner}"

    @property
    def told(self) -> str:
        """The zip's path, and the file's name in it where there are several."""
        return str(self.path) if self.alone else f"{self.path}/{self.inner}"

    @property
    def size(self) -> int:
        """As the zip states it."""
        with zipfile.ZipFile(self.path) as archive:
            return archive.infolist()[self.place].file_size

    @property
    def packed(self) -> bool:
        """Yes."""
        return True

    def blocks(self, block_bytes: int = BLOCK_BYTES, watch: Callable[[float], None] = unwatched) -> Iterator[bytes]:
        """All bytes, unpacked."""
        with zipfile.ZipFile(self.path) as archive:
            member = archive.infolist()[self.place]
            try:
                file = archive.open(member)
            except DAMAGED as error:
                raise FileRefused(
                    "NOT_CSV", f"{self.inner} in the zip cannot be unpacked: download it again ({error})"
                ) from None
            with file:
                for block in _unpacked(file, max(1, member.compress_size), block_bytes, "zip"):
                    watch(min(1.0, file.tell() / max(1, member.file_size)))
                    yield block


def members(path: Path) -> tuple[Content, ...]:
    """The files of a zip, without folders and what systems add.

    Raises:
        FileRefused: NOT_CSV, EMPTY_FILE, TOO_LARGE.
    """
    with open_zip(path) as archive:
        names = set(archive.namelist())
        for inner, what in _OTHER_BOOKS.items():
            if inner in names:
                raise FileRefused("NOT_CSV", f"this is {what}: save the sheet as CSV or xlsx and import that")
        found = [
            (place, member)
            for place, member in enumerate(archive.infolist())
            if not member.is_dir() and not any(part in member.filename for part in _NOT_ASKED_FOR)
        ]
    if not found:
        raise FileRefused("EMPTY_FILE", "the zip holds no file: download it again")
    if len(found) > MOST_MEMBERS:
        raise FileRefused("TOO_LARGE", f"the zip holds {len(found):,} files: more than {MOST_MEMBERS:,} are not read")
    if any(member.flag_bits & 1 for _place, member in found):
        raise FileRefused("NOT_CSV", "the zip is encrypted: unpack it and import what is in it")
    if sum(member.file_size for _place, member in found) > max(HARMLESS_BYTES, MOST_TIMES * path.stat().st_size):
        raise _too_large("zip")
    return tuple(Member(path, place, _harmless(member.filename), len(found) == 1) for place, member in found)


def open_zip(path: Path) -> zipfile.ZipFile:
    """The zip at a path.

    Raises:
        FileRefused: NOT_CSV.
    """
    try:
        return zipfile.ZipFile(path)
    except DAMAGED as error:
        raise FileRefused(
            "NOT_CSV", f"the zip or spreadsheet is cut short or damaged: download it again ({error})"
        ) from None


def _harmless(name: str) -> str:
    """A name of an archive as it may be shown: its last part, of signs that print."""
    last = name.replace("\\", "/").rstrip("/").rpartition("/")[2]
    return "".join(sign if sign.isprintable() else "?" for sign in last)[:_LONGEST_NAME] or "?"


def _unpacked(file: IO[bytes] | gzip.GzipFile, packed_bytes: int, block_bytes: int, what: str) -> Iterator[bytes]:
    seen, most = 0, max(HARMLESS_BYTES, MOST_TIMES * packed_bytes)
    while True:
        try:
            block = file.read(block_bytes)
        except gzip.BadGzipFile as error:
            raise FileRefused("NOT_CSV", f"the {what} file is damaged: download it again ({error})") from None
        except DAMAGED as error:
            raise FileRefused(
                "TRUNCATED", f"the {what} file is cut short or damaged: download it again ({error})"
            ) from None
        seen += len(block)
        if seen > most:
            raise _too_large(what)
        if not block:
            return
        yield block


def _too_large(what: str) -> FileRefused:
    return FileRefused(
        "TOO_LARGE",
        f"the {what} unpacks to more than {MOST_TIMES} times its size: no export does; unpack it and import what is "
        "in it",
    )
