"""Bytes that changed on the way: whatever comes of them is a refusal or rows, never a crash, and no lost row is silent.

Random changes of whole exports by hypothesis; `bench/fuzz.py` lets atheris look for them by coverage.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pyarrow as pa
from hypothesis import event, given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from tests.sources.exports import Export, exports, squeezed
from tests.sources.looked_at import looked_at
from tests.sources.test_exports import CASES

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

_BYTES = st.one_of(
    st.binary(min_size=1, max_size=4),
    st.sampled_from([b'"', b'""', b",", b";", b"\n", b"\r", b"\0", b"\xff", b"\xef\xbb\xbf", b"PK\x03\x04", b"-"]),
)  # fmt: skip


@settings(max_examples=CASES)
@given(export=exports(), data=st.data())
def test_changed_bytes_are_refused_or_read(
    tmp_path_factory: pytest.TempPathFactory, export: Export, data: st.DataObject
) -> None:
    content = bytearray(export.content)
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, max(0, len(content) - 1)))
        change = data.draw(st.sampled_from(["put", "insert", "remove", "repeat"]))
        new = data.draw(_BYTES)
        if change == "put":
            content[place : place + len(new)] = new
        elif change == "insert":
            content[place:place] = new
        elif change == "remove":
            del content[place : place + data.draw(st.integers(1, 40))]
        else:
            content[place:place] = content[place : place + data.draw(st.integers(1, 200))]
    path = tmp_path_factory.getbasetemp() / f"damaged.{export.suffix}"
    path.write_bytes(bytes(content))
    found = looked_at(path)
    event(found.code or "read")
    if not found.code:
        report = found.report
        assert report.rows_read == report.accepted + report.refused + report.ignored


@settings(max_examples=CASES)
@given(export=exports(), share=st.floats(0, 1, exclude_max=True))
def test_a_file_that_was_cut_has_no_row_that_it_did_not_have(
    tmp_path_factory: pytest.TempPathFactory, export: Export, share: float
) -> None:
    path = tmp_path_factory.getbasetemp() / f"cut.{export.suffix}"
    path.write_bytes(export.content[: int(len(export.content) * share)])
    found = looked_at(path)
    event(found.code or "read")
    assert export.suffix == "plain" or found.code, "what is packed and cut is always told"
    whole = {(squeezed(row.name), str(row.day)) for row in export.rows}
    # The very last cell may have lost its end, which nothing in the file says.
    assert sum((squeezed(row[0] or ""), row[1]) not in whole for row in found.rows) <= 1


def test_a_parquet_file_of_which_a_page_is_damaged_is_refused_as_a_whole(tmp_path: Path) -> None:
    columns = {"date_day": "2026-09-01", "platform": "x", "channel": "y", "spend": "1.50", "currency": "EUR"}
    whole = io.BytesIO()
    parquet.write_table(pa.table({name: [text] * 9 for name, text in columns.items()}), whole, use_dictionary=False)
    path = tmp_path / "spend.parquet"
    path.write_bytes(whole.getvalue())
    assert looked_at(path).report.accepted == 9
    # The length before the first value is more than the page holds.
    path.write_bytes(whole.getvalue().replace(b"\x0a\0\0\x002026", b"\x0a\x35\0\x002026", 1))
    found = looked_at(path)
    assert (found.code, "again" in found.told) == ("TRUNCATED", True)
