"""Which characters a file's bytes are: UTF-8, UTF-16 by its mark, or Windows-1252 where the evidence says so."""

from __future__ import annotations

import codecs
import re
import unicodedata
from enum import Enum
from typing import TYPE_CHECKING

from outturn.domain.errors import FileRefused
from outturn.sources.content import BLOCK_BYTES, unwatched

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from outturn.sources.content import Content

HEAD_BYTES = 256 << 10


class Encoding(Enum):
    """How bytes are read."""

    UTF_8 = "utf-8"
    UTF_8_MARKED = "utf-8-sig"
    UTF_16_LE = "utf-16-le"
    UTF_16_BE = "utf-16-be"
    UTF_16_LE_UNMARKED = "utf_16_le"
    UTF_16_BE_UNMARKED = "utf_16_be"
    WINDOWS = "cp1252"

    @property
    def mark(self) -> bytes:
        """The byte order mark that the file begins with, maybe none."""
        return _MARKS.get(self, b"")


_MARKS = {
    Encoding.UTF_8_MARKED: codecs.BOM_UTF8,
    Encoding.UTF_16_LE: codecs.BOM_UTF16_LE,
    Encoding.UTF_16_BE: codecs.BOM_UTF16_BE,
}
_MOSTLY, _NEARLY_ALL = 0.5, 0.99
_MULTI_BYTE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
# Signs outside letters that Windows-1252 text of an export really has.
_TYPOGRAPHIC = frozenset("€£¥©®™°§«»‘’“”„‚–—…•·´`¨¿¡ªº²³¹½¼¾±×÷µ¢¦¬\u00a0")


def marked_encoding(head: bytes) -> Encoding:
    """What the byte order mark says; UTF-8 where there is none."""
    for encoding, mark in _MARKS.items():
        if head.startswith(mark):
            return encoding
    return Encoding.UTF_8


def encoding_of(head: bytes) -> Encoding:
    """The encoding as far as a file's first bytes tell.

    Raises:
        FileRefused: BAD_ENCODING; NOT_CSV where the bytes are no text at all.
    """
    encoding = marked_encoding(head)
    if encoding is Encoding.UTF_8 and b"\0" in head:
        return _without_mark(head)
    if encoding in {Encoding.UTF_8, Encoding.UTF_8_MARKED}:
        decoder = codecs.getincrementaldecoder("utf-8")()
        try:
            decoder.decode(head)
        except UnicodeDecodeError as error:
            if encoding is Encoding.UTF_8 and is_windows(head):
                return Encoding.WINDOWS
            raise bad_encoding(head, error, 1) from None
    return encoding


def _without_mark(head: bytes) -> Encoding:
    """UTF-16 whose mark was lost: of text, hardly anything but every second byte is zero."""
    even, odd = head[::2].count(0), head[1::2].count(0)
    zeros, enough = even + odd, len(head) // 2 * _MOSTLY
    if odd > enough and odd > zeros * _NEARLY_ALL:
        return Encoding.UTF_16_LE_UNMARKED
    if even > enough and even > zeros * _NEARLY_ALL:
        return Encoding.UTF_16_BE_UNMARKED
    raise FileRefused(
        "NOT_CSV",
        "the bytes are no text: it is damaged, or no export (CSV, xlsx, JSON lines, Parquet): download it again",
    )


def is_windows(data: bytes) -> bool:
    """Whether bytes that are no UTF-8 read well as Windows-1252: letters and typographic signs only.

    Bytes that hold a whole UTF-8 sequence as well are damaged UTF-8, not Windows-1252.
    """
    if _MULTI_BYTE.search(data):
        return False
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError:
        return False
    return all(sign.isascii() or sign in _TYPOGRAPHIC or unicodedata.category(sign)[0] == "L" for sign in set(text))


def bad_encoding(data: bytes, error: UnicodeDecodeError, first_line: int) -> FileRefused:
    """The refusal, naming the line of the first bad byte."""
    line = first_line + data.count(b"\n", 0, error.start)
    return FileRefused("BAD_ENCODING", f"line {line} holds bytes that are no {error.encoding} text")


def text_of(head: bytes, encoding: Encoding, *, whole: bool) -> str:
    """A file's first bytes as text without its mark; unless `whole`, a cut character at the end is left off."""
    data = head[len(encoding.mark) :]
    codec = "utf-8" if encoding is Encoding.UTF_8_MARKED else encoding.value
    decoder = codecs.getincrementaldecoder(codec)()
    try:
        return decoder.decode(data, final=whole)
    except UnicodeDecodeError as error:
        raise bad_encoding(data, error, 1) from None


def utf8_blocks(
    content: Content,
    encoding: Encoding,
    block_bytes: int = BLOCK_BYTES,
    watch: Callable[[float], None] = unwatched,
) -> Iterator[bytes]:
    """The bytes after their mark, as UTF-8, in blocks; UTF-8 itself passes through unread.

    Raises:
        FileRefused: BAD_ENCODING, from the other encodings.
    """
    codec = "" if encoding in {Encoding.UTF_8, Encoding.UTF_8_MARKED} else encoding.value
    decoder = codecs.getincrementaldecoder(codec)() if codec else None
    line = 1
    skip = len(encoding.mark)
    for read in content.blocks(block_bytes, watch):
        block, skip = read[skip:], max(0, skip - len(read))
        if decoder is None:
            if block:
                yield block
            continue
        text = _decoded(decoder, block, line, final=False)
        line += text.count("\n")
        if text:
            yield text.encode()
    if decoder is not None and (text := _decoded(decoder, b"", line, final=True)):
        yield text.encode()


def _decoded(decoder: codecs.IncrementalDecoder, block: bytes, line: int, *, final: bool) -> str:
    try:
        return decoder.decode(block, final=final)
    except UnicodeDecodeError as error:
        raise bad_encoding(block, error, line) from None
