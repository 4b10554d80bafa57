"""Keys of phone numbers as they stand: each text is looked at once, and found again by compiled code.

Which numbers there are no SQL knows, and the library that does takes ten microseconds for each. A file has the same
ones again and again, in several columns; looked up in Python they would keep the engine's threads waiting for one
another.
"""

from __future__ import annotations

from functools import lru_cache
from threading import get_ident
from typing import TYPE_CHECKING, Any

import numba
import numpy as np
import pyarrow as pa  # noqa: TC002 (the engine looks at the signature of what it is taught)
from numba import types

from outturn.domain.identifiers import identity_key
from outturn.domain.phones import canonical_phone
from outturn.sources.keyed_hashes import BYTES, INT32S, KEY_BYTES, key_array, laid, one_array

if TYPE_CHECKING:
    from collections.abc import Callable


_MOST = 1 << 18
"""Texts that are remembered at once, 30 MB of them a thread; then it begins anew."""

_LEAST_SLOTS = 1 << 10
_NONE = -1
_FNV_PRIME = np.uint64(0x100000001B3)

_OWN_BYTES = types.Array(types.uint8, 1, "C")
_SLOTS = types.Array(types.int32, 1, "C")
_ENDS = types.Array(types.int64, 1, "C")
_KEYS = types.Array(types.uint32, 2, "C")
_BOOLEANS = types.Array(types.boolean, 1, "C")


@numba.njit(
    types.int64(BYTES, types.int64, types.int64, types.uint64, _SLOTS, _OWN_BYTES, _ENDS), cache=True, nogil=True
)
def _slot_of(  # noqa: PLR0913, PLR0917 (compiled functions take no keywords)
    data: Any, start: Any, end: Any, seed: Any, slots: Any, texts: Any, ends: Any
) -> Any:
    """The slot in which a text is remembered, or is to be: by its hash (Fowler, Noll and Vo), which nobody can aim."""
    mark = seed
    for place in range(start, end):
        mark = (mark ^ np.uint64(data[place])) * _FNV_PRIME
    slot = np.int64((mark ^ (mark >> np.uint64(32))) & np.uint64(len(slots) - 1))
    while slots[slot] != _NONE:
        begin = ends[slots[slot]]
        same = ends[slots[slot] + 1] - begin == end - start
        for place in range(end - start):
            if not same:
                break
            same = texts[begin + place] == data[start + place]
        if same:
            break
        slot = (slot + 1) & (len(slots) - 1)
    return slot


@numba.njit(
    types.int64(BYTES, INT32S, types.uint64, _SLOTS, _OWN_BYTES, _ENDS, _KEYS, _BOOLEANS, _KEYS, _BOOLEANS, _ENDS),
    cache=True, nogil=True,
)  # fmt: skip
def _look_up(  # noqa: PLR0913, PLR0917 (compiled functions take no keywords)
    data: Any,
    offsets: Any,
    seed: Any,
    slots: Any,
    texts: Any,
    ends: Any,
    keys: Any,
    are: Any,
    words: Any,
    known: Any,
    new: Any,
) -> Any:
    """The key of each text that is remembered; into `new` the places of the others, and how many these are."""
    count = 0
    for n in range(len(offsets) - 1):
        known[n] = False
        if offsets[n] == offsets[n + 1]:
            continue
        entry = slots[_slot_of(data, offsets[n], offsets[n + 1], seed, slots, texts, ends)]
        if entry == _NONE:
            new[count] = n
            count += 1
        elif are[entry]:
            known[n] = True
            words[n, :] = keys[entry, :]
    return count


class _Remembered:
    """What one thread has looked at: texts end to end, each with its key, and slots by which they are found."""

    def __init__(self, seed: np.uint64) -> None:
        self.seed = seed
        self.count = 0
        self.slots = np.full(_LEAST_SLOTS, _NONE, np.int32)
        self.texts = np.empty(_LEAST_SLOTS * 16, np.uint8)
        self.ends = np.zeros(_LEAST_SLOTS + 1, np.int64)
        self.keys = np.empty((_LEAST_SLOTS, KEY_BYTES // 4), np.uint32)
        self.are = np.empty(_LEAST_SLOTS, np.bool_)

    def add(self, text: bytes, key: bytes | None) -> None:
        """Remember a text; again changes nothing."""
        data = np.frombuffer(text, np.uint8)
        slot = _slot_of(data, 0, len(data), self.seed, self.slots, self.texts, self.ends)
        if self.slots[slot] != _NONE:
            return
        start = self.ends[self.count]
        if self.count + 1 >= len(self.slots) // 2 or start + len(data) > len(self.texts):
            self._grow(start + len(data))
            slot = _slot_of(data, 0, len(data), self.seed, self.slots, self.texts, self.ends)
        self.texts[start : start + len(data)] = data
        self.ends[self.count + 1] = start + len(data)
        self.are[self.count] = key is not None
        self.keys[self.count] = np.frombuffer(key or bytes(KEY_BYTES), np.uint32)
        self.slots[slot] = self.count
        self.count += 1

    def _grow(self, text_bytes: int) -> None:
        size = 2 * len(self.slots)
        self.texts = np.resize(self.texts, 2 * max(text_bytes, len(self.texts)))
        self.ends, self.are = np.resize(self.ends, size + 1), np.resize(self.are, size)
        self.keys = np.resize(self.keys, (size, KEY_BYTES // 4))
        slots = np.full(size, _NONE, np.int32)
        for entry in range(self.count):
            # All differ: the first free slot is theirs.
            begin, end = self.ends[entry], self.ends[entry + 1]
            slots[_slot_of(self.texts, begin, end, self.seed, slots, self.texts, self.ends)] = entry
        self.slots = slots


def phone_hash(secret: bytes, region: str) -> Callable[[pa.ChunkedArray], Any]:
    """What makes keys of a column of phone numbers; none of a text that is missing, or no number.

    Args:
        secret: The workspace's key, at most 64 bytes.
        region: ISO 3166 country of numbers without `+`; empty: they are none.
    """
    seed = np.frombuffer(identity_key(secret, "phone", "seed"), np.uint64)[0]
    # The engine asks from several threads: each has its own to search, and what one has made another need not make.
    of_threads: dict[int, _Remembered] = {}

    @lru_cache(_MOST)
    def key_of(text: bytes) -> bytes | None:
        canonical = canonical_phone(text.decode(), region=region or None)
        return identity_key(secret, "phone", canonical) if canonical else None

    def keys_of(texts: pa.ChunkedArray | pa.Array) -> pa.Array:
        column = one_array(texts)
        data, offsets = laid(column)
        words, known = np.empty((len(column), KEY_BYTES // 4), np.uint32), np.empty(len(column), np.bool_)
        new = np.empty(len(column), np.int64)
        mine = of_threads.get(get_ident())
        if mine is None or mine.count > _MOST:
            mine = of_threads[get_ident()] = _Remembered(seed)
        while count := _look_up(
            data, offsets, seed, mine.slots, mine.texts, mine.ends, mine.keys, mine.are, words, known, new
        ):
            for n in new[:count]:
                text = data[offsets[n] : offsets[n + 1]].tobytes()
                mine.add(text, key_of(text))
        return key_array(words.reshape(-1), known)

    return keys_of
