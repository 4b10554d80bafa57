"""Serving the tag: `tag.js` without comments and blanks, gzipped once, asked for again only when it has changed."""

from __future__ import annotations

import gzip
import hashlib
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from outturn.collector.exchange import Reply

if TYPE_CHECKING:
    from outturn.collector.desk import Desk
    from outturn.collector.exchange import Request

SOURCE = Path(__file__).with_name("tag.js")
MOST_GZIPPED_BYTES = 4096
FRESH_SECONDS = 3600
"""How long a browser uses the tag without asking: as long as a changed one takes to reach everybody."""

_QUOTED = re.compile(r"('(?:[^'\\\n]|\\.)*'|`[^`]*`)")
_BLANKS = re.compile(r" *([=!<>?:;,(){}\[\]|&*]) *|(?<![+-]) ([+-]) (?![+-])")
# Where a line ends with one of the first or the next begins with one of the others, no statement ends.
_NEWLINES = re.compile(r"(?<=[{(\[,;=?:&|])\n|\n(?=[}\])?:.&|])")


class Served(NamedTuple):
    """The tag as it goes out.

    Attributes:
        etag: Of the text; a compressed one is weakly the same.
    """

    text: bytes
    gzipped: bytes
    etag: str


def answer(request: Request, desk: Desk) -> Reply:  # noqa: ARG001 - every endpoint takes both
    """The tag, or 304 for a browser that has it."""
    tag = served()
    headers = [
        ("content-type", "text/javascript; charset=utf-8"),
        ("cache-control", f"public, max-age={FRESH_SECONDS}"),
        ("etag", tag.etag),
        ("vary", "accept-encoding"),
    ]
    if tag.etag in (request.headers.get("if-none-match") or ""):
        return Reply(304, headers=headers)
    if "gzip" in (request.headers.get("accept-encoding") or ""):
        return Reply(200, tag.gzipped, [*headers, ("content-encoding", "gzip")])
    return Reply(200, tag.text, headers)


@cache
def served() -> Served:
    """The tag, read and compressed once in a process."""
    text = compact(SOURCE.read_text(encoding="utf-8")).encode()
    etag = f'W/"{hashlib.sha256(text).hexdigest()[:16]}"'
    return Served(text, gzip.compress(text, 9, mtime=0), etag)


def compact(source: str) -> str:
    r"""The script without whole-line comments, and without blanks and line ends that mean nothing.

    It knows `tag.js`, not JavaScript: comments stand on lines of their own, and regular expressions
    hold no blanks. Those that part two signs (`a + +b`) stay.

    >>> compact("// says why\n  const one = (two) => {\n    three('a  b', `c  d`)\n  }\n")
    "const one=(two)=>{three('a  b',`c  d`)}\n"
    """
    lines = (line.strip() for line in source.splitlines())
    text = "\n".join(line for line in lines if line and not line.startswith("//")) + "\n"
    parts = _QUOTED.split(text)
    parts[::2] = (_NEWLINES.sub("", _BLANKS.sub(r"\1\2", part)) for part in parts[::2])
    return "".join(parts)
