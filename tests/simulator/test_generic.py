"""The benchmark's tables have the generic layouts, the size asked for, and no order."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np
import pyarrow.parquet as pq
import pytest

from outturn.domain.errors import UsageError
from outturn.simulator.generic import CHANNELS, write_generic

if TYPE_CHECKING:
    from pathlib import Path

START = datetime(2026, 3, 1, tzinfo=UTC)


def test_generic_tables_have_their_columns_rows_and_twelve_channels(tmp_path: Path) -> None:
    files = write_generic(tmp_path, touches=60_000, seed=4, start=START)
    touches, conversions = pq.read_table(files.touches), pq.read_table(files.conversions)
    assert {field.name: str(field.type) for field in touches.schema} == {
        "user_id": "int64", "occurred_at": "timestamp[us, tz=UTC]", "channel": "string",
    }  # fmt: skip
    assert {field.name: str(field.type) for field in conversions.schema} == {
        "user_id": "int64", "occurred_at": "timestamp[us, tz=UTC]", "value": "decimal128(18, 2)", "currency": "string",
    }  # fmt: skip
    assert touches.num_rows == files.touch_rows == 60_000
    assert conversions.num_rows == files.conversion_rows > 1_500
    assert set(touches["channel"].to_pylist()) == set(CHANNELS)
    assert len(CHANNELS) == 12
    assert set(conversions["user_id"].to_pylist()) <= set(touches["user_id"].to_pylist())
    at = touches["occurred_at"].cast("int64").to_numpy()
    assert 0.4 < (np.diff(at) > 0).mean() < 0.6
    assert all(1 < value < 10_000 for value in conversions["value"].to_pylist())


def test_text_ids_and_campaigns_on_request(tmp_path: Path) -> None:
    numbered = write_generic(tmp_path / "a", touches=500, seed=4, start=START)
    texts = write_generic(tmp_path / "b", touches=500, seed=4, start=START, ids="text", campaigns=3)
    ids = pq.read_table(texts.touches)["user_id"].to_pylist()
    assert ids == [f"user-{number:08d}" for number in pq.read_table(numbered.touches)["user_id"].to_pylist()]
    rows = pq.read_table(texts.touches).to_pylist()
    assert {len({row["campaign_id"] for row in rows if row["channel"] == name}) for name in CHANNELS} == {3}
    assert {row["platform"] for row in rows} == {"google_ads", "meta_ads", None}


def test_same_seed_same_bytes(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        write_generic(tmp_path / folder, touches=1_000, seed=9, start=START)
    for name in ("touches.parquet", "conversions.parquet"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_nothing_is_no_benchmark(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="touches=0"):
        write_generic(tmp_path, touches=0, seed=1, start=START)
