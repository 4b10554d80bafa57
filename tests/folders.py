"""Every byte under a folder, and where some of them stand."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import pyarrow.parquet as pq

if TYPE_CHECKING:
    from pathlib import Path


def everything(folder: Path) -> dict[str, bytes]:
    """All bytes under a folder, and what its Parquet files and packed segments say once they are unpacked."""
    found = {}
    for path in folder.rglob("*"):
        if not path.is_file():
            continue
        found[str(path)] = path.read_bytes()
        if path.suffix == ".parquet":
            cells = (cell for column in pq.read_table(path).columns for cell in column.to_pylist() if cell is not None)
            found[f"{path} unpacked"] = b"\0".join(
                cell if isinstance(cell, bytes) else str(cell).encode() for cell in cells
            )
        if path.suffix == ".gz":
            found[f"{path} unpacked"] = gzip.decompress(found[str(path)])
    return found


def mentions(folder: Path, needles: list[bytes]) -> set[str]:
    """The files in which any of these bytes stand, in either case."""
    wanted = [needle.lower() for needle in needles]
    return {
        place.removeprefix(str(folder)).strip("/")
        for place, content in everything(folder).items()
        if any(needle in content or needle in content.lower() for needle in (*needles, *wanted))
    }
