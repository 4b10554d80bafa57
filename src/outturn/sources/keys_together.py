"""All identifiers of a row become keys in one call: each call of the engine's waits for the interpreter's lock."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from outturn.sources.address_keys import address_hash
from outturn.sources.keyed_hashes import keyed_hash, one_array
from outturn.sources.phone_keys import phone_hash

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def hash_together(secret: bytes, region: str, identities: Mapping[str, str]) -> Callable[[pa.ChunkedArray], pa.Array]:
    """What makes structs of keys out of structs of texts.

    Args:
        secret: The workspace's key, at most 64 bytes.
        region: ISO 3166 country of phone numbers without `+`; empty: they are none.
        identities: By field: `email` and `phone` are given as they stand, of any other `kind:canonical`.
    """
    own = {"email": address_hash(secret), "phone": phone_hash(secret, region)}
    other = keyed_hash(secret)

    def keys_of(texts: pa.ChunkedArray) -> pa.Array:
        rows = one_array(texts)
        keys = [own.get(identity, other)(rows.field(n)) for n, identity in enumerate(identities.values())]
        return pa.StructArray.from_arrays(keys, list(identities))

    return keys_of
