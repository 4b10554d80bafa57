"""Whatever quirks an export combines, its rows come back to the micro or it is refused: it is never read wrongly."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from hypothesis import event, given, settings

from tests.sources.exports import Export, exports, squeezed
from tests.sources.looked_at import looked_at

if TYPE_CHECKING:
    import pytest

_EXAMPLES = settings().max_examples
_SOAK = 2000
CASES = _EXAMPLES * (10 if _EXAMPLES >= _SOAK else 1)
"""20,000 in `make soak`."""


@settings(max_examples=CASES)
@given(export=exports())
def test_rows_come_back_or_the_file_is_refused(tmp_path_factory: pytest.TempPathFactory, export: Export) -> None:
    path = tmp_path_factory.getbasetemp() / f"export.{export.suffix}"
    path.write_bytes(export.content)
    found = looked_at(path)
    event(found.code or "accepted")
    told = (found.told, found.report.reasons, export.quirks, export.content[:2000])
    assert found.code or not export.wrong, told
    if found.code:
        assert export.wrong or not export.settled, told
        return
    truth = Counter(
        (
            squeezed(row.name), str(row.day), export.currency, row.micros, row.impressions, row.clicks,
            row.identifier if export.with_id else None,
        )
        for row in export.rows
        if not row.spoilt
    )  # fmt: skip
    wrong = Counter({(squeezed(row[0]), *row[1:]): times for row, times in found.rows.items()}) - truth
    assert not wrong, (wrong, told)
    assert found.report.refused + found.rows.total() == len(export.rows), told
    refused = sum(bool(row.spoilt) for row in export.rows)
    assert found.report.refused >= refused, told
    assert not (export.settled and found.report.refused > refused), told
