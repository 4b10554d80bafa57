"""`identity_key` of the domain for whole columns of identifiers: thirty-two at a time, compiled.

SHA-256 works on blocks of 64 bytes, and an HMAC's pads are a block each, so that their share is worked out once; a
usual identifier is then one block and its outer hash another. An engine's own SHA-256 takes four for each, one after
the other. Many texts lie side by side here, so that the compiler makes one or two instructions of each step of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numba
import numpy as np
import numpy.typing as npt
import pyarrow as pa
from numba import types

from outturn.domain.identifiers import hmac_pads

if TYPE_CHECKING:
    from collections.abc import Callable

KEY_BYTES = 32
_LANES = 32
_STATE_WORDS, _ROUNDS = 8, 64
_BLOCK_BYTES, _BLOCK_WORDS = 64, 16
_LAST_WORD = _STATE_WORDS + _BLOCK_WORDS - 1
"""Of a block where it lies in the room of `_compress`: how many bits were read."""

_MARK, _END_BYTES = 0x80, 9
"""What follows a text's last byte, and how many bytes it takes together with the text's length."""
BYTES = types.Array(types.uint8, 1, "C", readonly=True)
INT32S = types.Array(types.int32, 1, "C", readonly=True)
_INT64S = types.Array(types.int64, 1, "C")
_LANE_BYTES = types.Array(types.uint8, 2, "C")
WORDS = types.Array(types.uint32, 1, "C")
_LANE_WORDS = types.Array(types.uint32, 2, "C")
_word = np.uint32


def _roots() -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.uint32]]:
    """What SHA-256 starts from and adds: the fractions of the square and cube roots of the first primes."""
    primes = [n for n in range(2, 312) if all(n % m for m in range(2, n))]
    return _fractions(primes[:8], 2), _fractions(primes, 3)


def _fractions(primes: list[int], root: int) -> npt.NDArray[np.uint32]:
    found = []
    for prime in primes:
        scaled, low, high = prime << 32 * root, 0, prime << 32
        while low < high:
            middle = (low + high + 1) // 2
            low, high = (middle, high) if middle**root <= scaled else (low, middle - 1)
        found.append(low & 0xFFFFFFFF)
    return np.array(found, dtype=np.uint32)


_START, _ADDED = _roots()


# The functions that a step is made of are written into it by the compiler, whose numbers grow to 64 bits unless told.
@numba.njit(inline="always")
def _turned(word: Any, by: Any) -> Any:
    return _word(_word(word >> _word(by)) | _word(word << _word(32 - by)))


@numba.njit(inline="always")
def _swapped(word: Any) -> Any:
    """The bytes of a word in the order that SHA-256 reads and writes them."""
    return _word((_turned(word, 8) & _word(0xFF00FF00)) | (_turned(word, 24) & _word(0x00FF00FF)))


@numba.njit(inline="always")
def _step(  # noqa: PLR0913, PLR0917 (compiled functions take no keywords)
    a: Any, b: Any, c: Any, d: Any, e: Any, f: Any, g: Any, h: Any, added: Any
) -> Any:
    """What becomes of `d` and `h`; in the next step all eight words have moved one place on: their names do."""
    chosen = _word(g ^ _word(e & _word(f ^ g)))
    first = _word(h + _word(_turned(e, 6) ^ _turned(e, 11) ^ _turned(e, 25)) + chosen + added)
    most = _word(_word(a & b) | _word(c & _word(a | b)))
    second = _word(_word(_turned(a, 2) ^ _turned(a, 13) ^ _turned(a, 22)) + most)
    return _word(d + first), _word(first + second)


@numba.njit(types.void(_LANE_WORDS, _LANE_WORDS), cache=True, nogil=True)
def _compress(state: Any, room: Any) -> None:
    """One block of each lane into its state.

    Eight steps lie in one loop over the lanes: their words stay in registers, and sixteen steps would be too many for
    the compiler to lay side by side. All lies in one array: of two it would have to ask whether they overlap.

    Args:
        state: Eight words of each lane.
        room: Words of each lane: eight to work in, the sixteen of the block, and those that follow from them.
    """
    room[:_STATE_WORDS] = state
    for word in range(_STATE_WORDS + _BLOCK_WORDS, _STATE_WORDS + _ROUNDS):
        for lane in range(_LANES):
            x, y = room[word - 15, lane], room[word - 2, lane]
            early = _word(_turned(x, 7) ^ _turned(x, 18) ^ _word(x >> _word(3)))
            late = _word(_turned(y, 17) ^ _turned(y, 19) ^ _word(y >> _word(10)))
            room[word, lane] = _word(room[word - 16, lane] + early + room[word - 7, lane] + late)
    for i in range(0, _ROUNDS, 8):
        at = _STATE_WORDS + i
        for lane in range(_LANES):
            a, b, c, d = room[0, lane], room[1, lane], room[2, lane], room[3, lane]
            e, f, g, h = room[4, lane], room[5, lane], room[6, lane], room[7, lane]
            d, h = _step(a, b, c, d, e, f, g, h, _word(room[at, lane] + _ADDED[i]))
            c, g = _step(h, a, b, c, d, e, f, g, _word(room[at + 1, lane] + _ADDED[i + 1]))
            b, f = _step(g, h, a, b, c, d, e, f, _word(room[at + 2, lane] + _ADDED[i + 2]))
            a, e = _step(f, g, h, a, b, c, d, e, _word(room[at + 3, lane] + _ADDED[i + 3]))
            h, d = _step(e, f, g, h, a, b, c, d, _word(room[at + 4, lane] + _ADDED[i + 4]))
            g, c = _step(d, e, f, g, h, a, b, c, _word(room[at + 5, lane] + _ADDED[i + 5]))
            f, b = _step(c, d, e, f, g, h, a, b, _word(room[at + 6, lane] + _ADDED[i + 6]))
            e, a = _step(b, c, d, e, f, g, h, a, _word(room[at + 7, lane] + _ADDED[i + 7]))
            room[0, lane], room[1, lane], room[2, lane], room[3, lane] = a, b, c, d
            room[4, lane], room[5, lane], room[6, lane], room[7, lane] = e, f, g, h
    for word in range(_STATE_WORDS):
        for lane in range(_LANES):
            state[word, lane] = _word(state[word, lane] + room[word, lane])


@numba.njit(types.void(BYTES, _INT64S, _INT64S, _LANE_BYTES, _LANE_WORDS), cache=True, nogil=True)
def _lay(data: Any, starts: Any, rests: Any, texts: Any, room: Any) -> None:
    """The next 64 bytes of each lane's text, ended as SHA-256 asks for, side by side; of a text that is over, zeros."""
    for lane in range(_LANES):
        rest = rests[lane]
        texts[lane, :] = 0
        for place in range(max(0, min(rest, _BLOCK_BYTES))):
            texts[lane, place] = data[starts[lane] + place]
        if 0 <= rest < _BLOCK_BYTES:
            texts[lane, rest] = _MARK
    words = texts.view(np.uint32)
    for place in range(_BLOCK_WORDS):
        for lane in range(_LANES):
            room[_STATE_WORDS + place, lane] = _swapped(words[lane, place])


@numba.njit(types.void(BYTES, _INT64S, _INT64S, _LANE_WORDS, _LANE_WORDS, _LANE_WORDS), cache=True, nogil=True)
def _read(data: Any, starts: Any, rests: Any, state: Any, done: Any, room: Any) -> None:
    """Every text read to its end, from the state after the inner pad; their lengths may differ."""
    texts = np.empty((_LANES, _BLOCK_BYTES), np.uint8)
    blocks = (max(rests) + _END_BYTES + _BLOCK_BYTES - 1) // _BLOCK_BYTES
    for n in range(blocks):
        _lay(data, starts, rests, texts, room)
        for lane in range(_LANES):
            if rests[lane] + _END_BYTES <= _BLOCK_BYTES:  # With the pad before it, so many bits were read in all.
                room[_LAST_WORD, lane] = _word((rests[lane] + (n + 1) * _BLOCK_BYTES) * 8)
        _compress(state, room)
        if blocks == 1:
            done[:] = state
            return
        for lane in range(_LANES):
            if 0 < rests[lane] + _END_BYTES <= _BLOCK_BYTES:
                done[:, lane] = state[:, lane]
            starts[lane], rests[lane] = starts[lane] + _BLOCK_BYTES, rests[lane] - _BLOCK_BYTES


@numba.njit(types.void(BYTES, INT32S, WORDS, WORDS, WORDS), cache=True, nogil=True)
def hash_texts(data: Any, offsets: Any, inner: Any, outer: Any, keys: Any) -> None:
    """The HMAC of each text that lies in `data` between two of the `offsets`, as eight words of `keys`."""
    state, done = np.empty((8, _LANES), np.uint32), np.empty((8, _LANES), np.uint32)
    room = np.empty((_STATE_WORDS + _ROUNDS, _LANES), np.uint32)
    starts, rests = np.zeros(_LANES, np.int64), np.zeros(_LANES, np.int64)
    count = len(offsets) - 1
    for first in range(0, count, _LANES):
        lanes = min(_LANES, count - first)
        rests[:] = 0
        for lane in range(lanes):
            starts[lane], rests[lane] = offsets[first + lane], offsets[first + lane + 1] - offsets[first + lane]
        for word in range(8):
            state[word, :] = inner[word]
        _read(data, starts, rests, state, done, room)
        room[_STATE_WORDS : _LAST_WORD + 1, :] = 0
        for word in range(_STATE_WORDS):
            room[_STATE_WORDS + word, :], state[word, :] = done[word, :], outer[word]
        room[2 * _STATE_WORDS, :], room[_LAST_WORD, :] = _MARK << 24, (_BLOCK_BYTES + KEY_BYTES) * 8
        _compress(state, room)
        for lane in range(lanes):
            for word in range(8):
                keys[(first + lane) * 8 + word] = _swapped(state[word, lane])


def after(pad: bytes) -> npt.NDArray[np.uint32]:
    """SHA-256's state once it has read a pad."""
    state = np.repeat(_START[:, None], _LANES, axis=1).copy()
    room = np.zeros((_STATE_WORDS + _ROUNDS, _LANES), np.uint32)
    room[_STATE_WORDS : _LAST_WORD + 1] = np.frombuffer(pad, ">u4")[:, None]
    _compress(state, room)
    return state[:, 0].copy()


def keyed_hash(secret: bytes) -> Callable[[pa.ChunkedArray], Any]:
    """What makes keys of a column of texts `kind:canonical`: of each its HMAC-SHA-256, of none none.

    Args:
        secret: The workspace's key, at most 64 bytes.
    """
    inner, outer = map(after, hmac_pads(secret))

    def keys_of(texts: pa.ChunkedArray | pa.Array) -> pa.Array:
        column = one_array(texts)
        words = np.empty(len(column) * 8, np.uint32)
        hash_texts(*laid(column), inner, outer, words)
        return key_array(words, np.asarray(column.is_valid()) if column.null_count else None)

    return keys_of


def one_array(texts: pa.ChunkedArray | pa.Array) -> pa.Array:
    """A column's texts side by side."""
    if isinstance(texts, pa.Array):
        return texts
    return texts.chunk(0) if texts.num_chunks == 1 else pa.concat_arrays(texts.chunks or [pa.array([], pa.string())])


def laid(column: pa.Array) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int32]]:
    """The bytes of all texts, and where in them each begins and the last ends; a text that is missing has none."""
    if not len(column):
        return np.empty(0, np.uint8), np.zeros(1, np.int32)
    _validity, offsets, data = column.buffers()
    return np.frombuffer(data or b"", np.uint8), np.frombuffer(offsets, np.int32, len(column) + 1, column.offset * 4)


def key_array(words: npt.NDArray[np.uint32], known: npt.NDArray[np.bool_] | None) -> pa.Array:
    """Keys out of eight words each; none where `known` is false. None: all are."""
    count = len(words) // 8
    ends = np.arange(0, (count + 1) * KEY_BYTES, KEY_BYTES, dtype=np.int32)
    validity = None if known is None else pa.py_buffer(np.packbits(known, bitorder="little"))
    # Not of a fixed width, which the engine reads in twice the time.
    return pa.Array.from_buffers(pa.binary(), count, [validity, pa.py_buffer(ends), pa.py_buffer(words)])
