"""Keys of e-mail addresses as they stand, compiled: most need neither trimming nor a regular expression to be known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numba
import numpy as np
import pyarrow as pa  # noqa: TC002 (the engine looks at the signature of what it is taught)
from numba import types

from outturn.domain.identifiers import hmac_pads
from outturn.sources.keyed_hashes import BYTES, INT32S, after, hash_texts, key_array, laid, one_array

if TYPE_CHECKING:
    from collections.abc import Callable


_OWN_BYTES = types.Array(types.uint8, 1, "C")
_OWN_INT32S = types.Array(types.int32, 1, "C")
_BOOLEANS = types.Array(types.boolean, 1, "C")
_KIND = np.frombuffer(b"email:", np.uint8)
_FIRST_VISIBLE, _LAST_VISIBLE, _AT, _DOT, _FIRST_CAPITAL, _LAST_CAPITAL = b"!~@.AZ"
_TO_SMALL = ord("a") - ord("A")


@numba.njit(types.boolean(BYTES, types.int64, types.int64), cache=True, nogil=True)
def _is_usual(data: Any, start: Any, end: Any) -> Any:
    """Whether a text is of visible ASCII signs, with one @ among them, something before it, and a dot behind it."""
    at, dotted = -1, False
    for place in range(start, end):
        sign = data[place]
        if sign < _FIRST_VISIBLE or sign > _LAST_VISIBLE or (sign == _AT and at >= 0):
            return False
        if sign == _AT:
            at = place
        elif sign == _DOT and at >= 0:
            dotted = True
    return at > start and dotted


@numba.njit(types.void(BYTES, INT32S, _OWN_BYTES, _OWN_INT32S, _BOOLEANS), cache=True, nogil=True)
def _lay_usual(data: Any, offsets: Any, told: Any, bounds: Any, usual: Any) -> None:
    """Each usual address in small letters, after the word for what it is; of other texts nothing."""
    end = 0
    for n in range(len(offsets) - 1):
        usual[n] = _is_usual(data, offsets[n], offsets[n + 1])
        if usual[n]:
            told[end : end + len(_KIND)] = _KIND
            end += len(_KIND)
            for place in range(offsets[n], offsets[n + 1]):
                sign = data[place]
                told[end] = sign + _TO_SMALL if _FIRST_CAPITAL <= sign <= _LAST_CAPITAL else sign
                end += 1
        bounds[n + 1] = end


def address_hash(secret: bytes) -> Callable[[pa.ChunkedArray], Any]:
    """What makes keys of a column of addresses; none of a text that is missing, or no usual address.

    Args:
        secret: The workspace's key, at most 64 bytes.
    """
    inner, outer = map(after, hmac_pads(secret))

    def keys_of(texts: pa.ChunkedArray | pa.Array) -> pa.Array:
        column = one_array(texts)
        data, offsets = laid(column)
        told = np.empty(offsets[-1] - offsets[0] + len(column) * len(_KIND), np.uint8)
        bounds, usual = np.zeros(len(column) + 1, np.int32), np.empty(len(column), np.bool_)
        _lay_usual(data, offsets, told, bounds, usual)
        words = np.empty(len(column) * 8, np.uint32)
        hash_texts(told, bounds, inner, outer, words)
        return key_array(words, usual)

    return keys_of
