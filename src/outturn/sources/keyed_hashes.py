"""`identity_key` of the domain for whole columns of identifiers: sixteen at a time, compiled.

SHA-256 works on blocks of 64 bytes, and an HMAC's pads are a block each, so that their share is worked out once; a
usual identifier is then one block and its outer hash another. An engine's own SHA-256 takes four for each, one after
the other. Sixteen texts lie side by side here, so that the compiler makes one instruction of each step of all sixteen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numba
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from numba import types

from outturn.domain.identifiers import hmac_pads

if TYPE_CHECKING:
    from collections.abc import Callable

KEY_BYTES = 32
_LANES = 16
_BLOCK_BYTES, _BLOCK_WORDS = 64, 16
_MARK, _END_BYTES = 0x80, 9
"""What follows a text's last byte, and how many bytes it takes together with the text's length."""
_BYTES = types.Array(types.uint8, 1, "C", readonly=True)
_INT32S = types.Array(types.int32, 1, "C", readonly=True)
_INT64S = types.Array(types.int64, 1, "C")
_LANE_BYTES = types.Array(types.uint8, 2, "C")
_WORDS = types.Array(types.uint32, 1, "C")
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


@numba.njit(types.void(_LANE_WORDS, _LANE_WORDS, _LANE_WORDS), cache=True, nogil=True)
def _compress(state: Any, block: Any, v: Any) -> None:
    """One block of each lane into its state; `v` is room to work in.

    Eight steps lie in one loop over the lanes: their words stay in registers, and sixteen steps would be too many for
    the compiler to lay side by side.
    """
    v[:] = state
    for i in range(0, 64, 8):
        at = i & 15
        if i >= _BLOCK_WORDS:
            for place in range(at, at + 8):
                one, nine, two = (place + 1) & 15, (place + 9) & 15, (place + 14) & 15
                for lane in range(_LANES):
                    x, y = block[one, lane], block[two, lane]
                    early = _word(_turned(x, 7) ^ _turned(x, 18) ^ _word(x >> _word(3)))
                    late = _word(_turned(y, 17) ^ _turned(y, 19) ^ _word(y >> _word(10)))
                    block[place, lane] = _word(block[place, lane] + early + block[nine, lane] + late)
        for lane in range(_LANES):
            a, b, c, d = v[0, lane], v[1, lane], v[2, lane], v[3, lane]
            e, f, g, h = v[4, lane], v[5, lane], v[6, lane], v[7, lane]
            d, h = _step(a, b, c, d, e, f, g, h, _word(block[at, lane] + _ADDED[i]))
            c, g = _step(h, a, b, c, d, e, f, g, _word(block[at + 1, lane] + _ADDED[i + 1]))
            b, f = _step(g, h, a, b, c, d, e, f, _word(block[at + 2, lane] + _ADDED[i + 2]))
            a, e = _step(f, g, h, a, b, c, d, e, _word(block[at + 3, lane] + _ADDED[i + 3]))
            h, d = _step(e, f, g, h, a, b, c, d, _word(block[at + 4, lane] + _ADDED[i + 4]))
            g, c = _step(d, e, f, g, h, a, b, c, _word(block[at + 5, lane] + _ADDED[i + 5]))
            f, b = _step(c, d, e, f, g, h, a, b, _word(block[at + 6, lane] + _ADDED[i + 6]))
            e, a = _step(b, c, d, e, f, g, h, a, _word(block[at + 7, lane] + _ADDED[i + 7]))
            v[0, lane], v[1, lane], v[2, lane], v[3, lane] = a, b, c, d
            v[4, lane], v[5, lane], v[6, lane], v[7, lane] = e, f, g, h
    for r in range(8):
        for lane in range(_LANES):
            state[r, lane] = _word(state[r, lane] + v[r, lane])


@numba.njit(types.void(_BYTES, _INT64S, _INT64S, _LANE_BYTES, _LANE_WORDS), cache=True, nogil=True)
def _lay(data: Any, starts: Any, rests: Any, texts: Any, block: Any) -> None:
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
            block[place, lane] = _swapped(words[lane, place])


@numba.njit(types.void(_BYTES, _INT64S, _INT64S, _LANE_WORDS, _LANE_WORDS, _LANE_WORDS), cache=True, nogil=True)
def _read(data: Any, starts: Any, rests: Any, state: Any, done: Any, room: Any) -> None:
    """Every text read to its end, from the state after the inner pad; their lengths may differ."""
    block, texts = np.empty((_BLOCK_WORDS, _LANES), np.uint32), np.empty((_LANES, _BLOCK_BYTES), np.uint8)
    for n in range((max(rests) + _END_BYTES + _BLOCK_BYTES - 1) // _BLOCK_BYTES):
        _lay(data, starts, rests, texts, block)
        for lane in range(_LANES):
            if rests[lane] + _END_BYTES <= _BLOCK_BYTES:  # With the pad before it, so many bits were read in all.
                block[_BLOCK_WORDS - 1, lane] = _word((rests[lane] + (n + 1) * _BLOCK_BYTES) * 8)
        _compress(state, block, room)
        for lane in range(_LANES):
            if 0 < rests[lane] + _END_BYTES <= _BLOCK_BYTES:
                done[:, lane] = state[:, lane]
            starts[lane], rests[lane] = starts[lane] + _BLOCK_BYTES, rests[lane] - _BLOCK_BYTES


@numba.njit(types.void(_BYTES, _INT32S, _WORDS, _WORDS, _WORDS), cache=True, nogil=True)
def _hash(data: Any, offsets: Any, inner: Any, outer: Any, keys: Any) -> None:
    """The HMAC of each text that lies in `data` between two of the `offsets`, as eight words of `keys`."""
    state, done = np.empty((8, _LANES), np.uint32), np.empty((8, _LANES), np.uint32)
    room, block = np.empty((8, _LANES), np.uint32), np.empty((_BLOCK_WORDS, _LANES), np.uint32)
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
        block[:] = 0
        for word in range(8):
            block[word, :], state[word, :] = done[word, :], outer[word]
        block[8, :], block[_BLOCK_WORDS - 1, :] = _MARK << 24, (_BLOCK_BYTES + KEY_BYTES) * 8
        _compress(state, block, room)
        for lane in range(lanes):
            for word in range(8):
                keys[(first + lane) * 8 + word] = _swapped(state[word, lane])


def _after(pad: bytes) -> npt.NDArray[np.uint32]:
    """SHA-256's state once it has read a pad."""
    state, room = np.repeat(_START[:, None], _LANES, axis=1).copy(), np.empty((8, _LANES), np.uint32)
    block = np.repeat(np.frombuffer(pad, ">u4").astype(np.uint32)[:, None], _LANES, axis=1).copy()
    _compress(state, block, room)
    return state[:, 0].copy()


def keyed_hash(secret: bytes) -> Callable[[pa.ChunkedArray], Any]:
    """What makes keys of a column of texts `kind:canonical`: of each its HMAC-SHA-256, of none none.

    Args:
        secret: The workspace's key, at most 64 bytes.
    """
    inner, outer = map(_after, hmac_pads(secret))

    def keys_of(texts: pa.ChunkedArray) -> pa.Array:
        column = (
            texts.chunk(0) if texts.num_chunks == 1 else pa.concat_arrays(texts.chunks or [pa.array([], pa.string())])
        )
        words = np.empty(len(column) * 8, np.uint32)
        if len(column):
            _validity, offsets, data = column.buffers()
            bounds = np.frombuffer(offsets, np.int32, len(column) + 1, column.offset * 4)
            _hash(np.frombuffer(data or b"", np.uint8), bounds, inner, outer, words)
        keys = pa.Array.from_buffers(pa.binary(KEY_BYTES), len(column), [None, pa.py_buffer(words)])
        return pc.if_else(column.is_valid(), keys, pa.scalar(None, keys.type)) if column.null_count else keys

    return keys_of
