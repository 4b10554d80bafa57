"""What the journal holds: one record for each request that was taken, in MessagePack.

A record keeps what was sent as it was sent, with what only the moment knew: when, from which network,
with which key. Turning it into rows is the loader's work, so a mistake in that is mended by loading
the segments again.
"""

from __future__ import annotations

import msgspec

from outturn.collector.links import Click
from outturn.collector.messages import Messages
from outturn.collector.outcomes import Outcomes
from outturn.collector.pixels import Pixel
from outturn.collector.postbacks import Postback

Record = Messages | Click | Pixel | Postback | Outcomes
"""Every kind of record; a kind is one file, with its endpoint, its struct and its rows."""

_ENCODER = msgspec.msgpack.Encoder()
_DECODER: msgspec.msgpack.Decoder[Record] = msgspec.msgpack.Decoder(Record)


def encode(record: msgspec.Struct) -> bytes:
    """The record's bytes."""
    return _ENCODER.encode(record)


def decode(content: bytes) -> Record:
    """The record of those bytes.

    Raises:
        msgspec.DecodeError: They are none; a newer program may have written them.
    """
    return _DECODER.decode(content)
