"""Generic tables at the benchmark's size: touches and conversions as Parquet, unsorted, in seconds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from outturn.domain.errors import UsageError
from outturn.domain.time import MICROS_PER_DAY, micros_of
from outturn.simulator.dice import dice

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from outturn.simulator.arrays import Ints

CHANNELS = (
    "Paid Search", "Cross-network", "Paid Social", "Paid Video", "Display", "Email", "Affiliates", "Organic Search",
    "Organic Social", "Referral", "Direct", "Paid Shopping",
)  # fmt: skip
_SHARES = (0.16, 0.10, 0.17, 0.05, 0.07, 0.06, 0.03, 0.15, 0.04, 0.03, 0.10, 0.04)
_PLATFORMS = {
    "Paid Search": "google_ads", "Cross-network": "google_ads", "Paid Video": "google_ads", "Display": "google_ads",
    "Paid Shopping": "google_ads", "Paid Social": "meta_ads",
}  # fmt: skip
_BATCH = 1_000_000
_DAYS = 90
_TOUCHES_PER_PERSON = 5
_TOUCHES_PER_CONVERSION = 30


@dataclass(frozen=True, slots=True)
class GenericFiles:
    """The two files, and how many rows each has."""

    touches: Path
    conversions: Path
    touch_rows: int
    conversion_rows: int


def write_generic(
    folder: Path, *, touches: int, seed: int, start: datetime, ids: Literal["integer", "text"] = "integer",
    campaigns: int = 0,
) -> GenericFiles:  # fmt: skip
    """Write `touches.parquet` and `conversions.parquet` in the generic layouts.

    Rows lie in no order. People have 5 touches on average; one conversion comes per 30 touches, from a
    person who has touches, after one of them. Memory holds one batch of a million rows, and the conversions.

    Args:
        folder: Made if need be.
        touches: Rows of touches.
        seed: Equal arguments give equal tables.
        start: The first instant of 90 days.
        ids: `user_id` as int64, or as text such as `user-00000042`.
        campaigns: Campaigns per channel; with 0 the files lack `platform` and `campaign_id`.

    Raises:
        UsageError: No touches.
    """
    if touches < 1:
        raise UsageError(f"a benchmark needs at least one touch; got {touches=}")
    folder.mkdir(parents=True, exist_ok=True)
    files = (folder / "touches.parquet", folder / "conversions.parquet")
    people = max(1, touches // _TOUCHES_PER_PERSON)
    first, span = micros_of(start), _DAYS * MICROS_PER_DAY
    converted: list[pa.Table] = []
    writer: pq.ParquetWriter | None = None
    for number, offset in enumerate(range(0, touches, _BATCH)):
        rng = dice(seed, "generic", number)
        count = min(_BATCH, touches - offset)
        who, at = rng.integers(0, people, count), first + rng.integers(0, span, count)
        table = pa.table({"user_id": _ids(who, ids), "occurred_at": _instants(at)} | _places(rng, count, campaigns))
        writer = writer or pq.ParquetWriter(files[0], table.schema, compression="zstd")
        writer.write_table(table)
        converted.append(_conversions(rng, who, at, last=first + span, ids=ids))
    if writer is not None:
        writer.close()
    conversions = pa.concat_tables(converted)
    pq.write_table(conversions, files[1], compression="zstd")
    return GenericFiles(*files, touches, conversions.num_rows)


def _places(rng: np.random.Generator, count: int, campaigns: int) -> dict[str, pa.Array]:
    channel = rng.choice(len(CHANNELS), count, p=_SHARES).astype(np.int32)
    columns = {"channel": pa.DictionaryArray.from_arrays(channel, CHANNELS).cast(pa.string())}
    if campaigns:
        platforms = pa.array([_PLATFORMS.get(name) for name in CHANNELS])
        columns["platform"] = platforms.take(pa.array(channel))
        names = pa.array([f"{9_000_000_000 + index}" for index in range(len(CHANNELS) * campaigns)])
        columns["campaign_id"] = names.take(
            pa.array(channel.astype(np.int64) * campaigns + rng.integers(0, campaigns, count))
        )
    return columns


def _conversions(rng: np.random.Generator, who: Ints, at: Ints, *, last: int, ids: str) -> pa.Table:
    """Purchases of people drawn from a batch's touches, within minutes to days of the touch."""
    chosen = rng.choice(len(who), max(1, len(who) // _TOUCHES_PER_CONVERSION), replace=False)
    later = at[chosen] + (rng.exponential(2.0, len(chosen)) * MICROS_PER_DAY).astype(np.int64)
    kept = later < last
    cents = np.rint(np.exp(rng.normal(4.2, 0.6, len(chosen))) * 100).astype(np.int64)[kept]
    return pa.table({
        "user_id": _ids(who[chosen][kept], ids), "occurred_at": _instants(later[kept]),
        "value": _decimals(cents), "currency": pa.repeat("EUR", int(kept.sum())),
    })  # fmt: skip


def _decimals(cents: Ints) -> pa.Array:
    """Non-negative cents as exact decimals: two 64-bit words each, the lower one first."""
    words = np.stack([cents, np.zeros_like(cents)], axis=1)
    return pa.Array.from_buffers(pa.decimal128(18, 2), len(cents), [None, pa.py_buffer(words)])


def _instants(at: Ints) -> pa.Array:
    return pa.array(at).cast(pa.timestamp("us", "UTC"))


def _ids(who: Ints, ids: str) -> pa.Array:
    if ids == "integer":
        return pa.array(who)
    digits = pc.utf8_lpad(pa.array(who).cast(pa.string()), 8, "0")
    return pc.binary_join_element_wise("user-", digits, "")
