"""The file of a backup: a tar of plain files with a list of their SHA-256s at its end.

Whoever restores trusts nothing in it but that list, and the list only as far as it names files that a
workspace has: no folder outside, no link, no device can come out of an archive.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import tarfile
import zlib
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import IO, TYPE_CHECKING, Any

from outturn.domain.errors import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MANIFEST = "manifest.json"
FORMAT = 1
NEEDED = ("outturn.toml", "schema.json", "identity.key")
_SINGLE = (*NEEDED, "collector.key", "book.sqlite")
_FOLDERS = ("lake", "journal")
_PART = re.compile(r"[A-Za-z0-9_.=-]{1,255}")
_CHUNK = 1024 * 1024
_PRIVATE = 0o600
_LONGEST_MANIFEST = 256 * _CHUNK


@dataclass(frozen=True, slots=True)
class Stored:
    """One file of a backup.

    Attributes:
        path: Inside the workspace, with `/`.
    """

    path: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds.

    Attributes:
        made_at: ISO 8601, UTC.
        outturn: The version that made it.
        schema: Of the workspace.
    """

    made_at: str
    outturn: str
    schema: int
    files: tuple[Stored, ...]


class Archive:
    """The writing end of a backup.

    Args:
        file: Open for writing.
        packed: Compress with gzip: the lake is compressed as it is, the journal's newest segments are not.
    """

    def __init__(self, file: IO[bytes], *, packed: bool) -> None:
        self._tar = tarfile.open(fileobj=file, mode="w|gz" if packed else "w|", format=tarfile.PAX_FORMAT)  # noqa: SIM115
        self._files: list[Stored] = []

    def add(self, path: str, content: bytes) -> None:
        """Put bytes in."""
        self._put(path, io.BytesIO(content), len(content))

    def add_file(self, path: str, source: Path) -> None:
        """Put a file in that nobody changes meanwhile."""
        with source.open("rb") as file:
            size = file.seek(0, io.SEEK_END)
            file.seek(0)
            # How long the journal keeps a segment goes by its time.
            self._put(path, file, size, modified_at=int(os.fstat(file.fileno()).st_mtime))

    def close(self, *, made_at: str, outturn: str, schema: int) -> Manifest:
        """Write the list and finish."""
        manifest = Manifest(made_at, outturn, schema, tuple(self._files))
        content = json.dumps({"format": FORMAT, **asdict(manifest)}, indent=1).encode()
        self._put(MANIFEST, io.BytesIO(content), len(content))
        self._tar.close()
        return manifest

    def _put(self, path: str, content: IO[bytes], size: int, *, modified_at: int = 0) -> None:
        entry = tarfile.TarInfo(path)
        entry.size = size
        entry.mode = _PRIVATE
        entry.mtime = modified_at
        hashing = _Hashing(content)
        self._tar.addfile(entry, hashing)
        self._files.append(Stored(path, size, hashing.digest.hexdigest()))


class _Hashing:
    """Reads a file and hashes what was read."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        """As of a file."""
        content = self._file.read(size)
        self.digest.update(content)
        return content


def verified(file: Path) -> Manifest:
    """What a backup holds, after every byte of it was held against its list.

    Raises:
        Refusal: It is no backup, is damaged, was cut off, or holds what no workspace has.
    """
    found: dict[str, tuple[int, str]] = {}
    manifest: bytes | None = None
    with reading(file) as entries:
        for entry, content in entries:
            if manifest is not None:
                raise Refusal(f"{file} is no backup of ours: something stands behind its list")
            if entry.name == MANIFEST and entry.size <= _LONGEST_MANIFEST:
                manifest = content.read()
            elif entry.name in found:
                raise Refusal(f"{file} is no backup of ours: {entry.name} stands in it twice")
            else:
                found[entry.name] = (entry.size, _digest(content))
    if manifest is None:
        raise Refusal(f"{file} is no whole backup: its list of files, which comes last, is missing. Was it cut off?")
    listed = _manifest(manifest, file)
    stated = {one.path: (one.bytes, one.sha256) for one in listed.files}
    differing = sorted(name for name in stated.keys() | found.keys() if stated.get(name) != found.get(name))
    if differing:
        raise Refusal(
            f"{file} is damaged: {len(differing)} of {len(stated)} files are not what its list says, "
            f"such as {differing[0]}. Nothing was restored: take another backup."
        )
    if missing := [name for name in NEEDED if name not in found]:
        raise Refusal(f"{file} is no backup of a workspace: it lacks {', '.join(missing)}")
    return listed


@contextmanager
def reading(file: Path) -> Iterator[Iterator[tuple[tarfile.TarInfo, IO[bytes]]]]:
    """Every file in an archive, each checked to be a plain one with a place in a workspace.

    Raises:
        Refusal: It is no tar, is damaged, or holds anything else.
    """
    try:
        with tarfile.open(file, "r:*") as tar:
            yield _entries(tar, file)
    except (tarfile.TarError, zlib.error, EOFError, OSError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise  # of the disk
        raise Refusal(f"{file} cannot be read as a backup: {error}") from None


def _entries(tar: tarfile.TarFile, file: Path) -> Iterator[tuple[tarfile.TarInfo, IO[bytes]]]:
    for entry in tar:
        _check_entry(entry, file)
        content = tar.extractfile(entry)
        if content is None:
            raise Refusal(f"{file}: {entry.name!r} is no plain file")
        yield entry, content


def _digest(content: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while part := content.read(_CHUNK):
        digest.update(part)
    return digest.hexdigest()


def _check_entry(entry: tarfile.TarInfo, file: Path) -> None:
    if entry.type not in (tarfile.REGTYPE, tarfile.AREGTYPE):
        raise Refusal(f"{file} is no backup of ours: {entry.name!r} is a folder, link or device, not a plain file")
    if not _has_a_place(entry.name):
        raise Refusal(f"{file} is no backup of ours: {entry.name!r} has no place in a workspace")


def _has_a_place(name: str) -> bool:
    """Whether a workspace has such a file: nothing absolute, nothing with `..`, no other top folder."""
    parts = name.split("/")
    if any(not _PART.fullmatch(part) or not part.strip(".") for part in parts):
        return False
    return name in (*_SINGLE, MANIFEST) if len(parts) == 1 else parts[0] in _FOLDERS


def _manifest(content: bytes, file: Path) -> Manifest:
    try:
        document: dict[str, Any] = json.loads(content)
        if document.pop("format") != FORMAT:
            raise Refusal(f"{file} was written by a newer Outturn: update Outturn to restore it")
        files = tuple(Stored(str(one["path"]), int(one["bytes"]), str(one["sha256"])) for one in document.pop("files"))
        return Manifest(str(document["made_at"]), str(document["outturn"]), int(document["schema"]), files)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise Refusal(f"{file} is no backup of ours: its list of files cannot be read") from None
