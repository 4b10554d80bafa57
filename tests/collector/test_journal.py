"""The journal: whole records and nothing else come back, whatever became of the file."""

from __future__ import annotations

import resource
import signal
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outturn.collector.journal import Damage, Frame, Journal, JournalFailed, frame, frames, segments, streams

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_RECORDS = st.lists(st.one_of(st.binary(max_size=60), st.just(b"OTJ1"), st.just(frame(b"inside"))), max_size=8)


def read(content: bytes) -> list[bytes]:
    return [one.record for one in frames(content) if isinstance(one, Frame)]


@given(_RECORDS)
def test_what_was_written_is_read(records: list[bytes]) -> None:
    content = b"".join(map(frame, records))
    assert read(content) == records
    ends = [one.end for one in frames(content)]
    assert [read(content[start:]) for start in [0, *ends]] == [records[n:] for n in range(len(records) + 1)]


@given(_RECORDS, st.data())
def test_of_a_torn_tail_only_whole_records_are_read(records: list[bytes], data: st.DataObject) -> None:
    content = b"".join(map(frame, records))
    cut = data.draw(st.integers(0, len(content)))
    ends = [one.end for one in frames(content)]
    assert read(content[:cut]) == records[: sum(end <= cut for end in ends)]
    # Zeros and old bytes are what a disk leaves where a write was under way.
    rubbish = data.draw(st.one_of(st.just(b"\0" * 64), st.binary(max_size=40)))
    assert (
        read(content[:cut] + rubbish)[: sum(end <= cut for end in ends)] == records[: sum(end <= cut for end in ends)]
    )


@given(st.lists(st.binary(max_size=40), min_size=1, max_size=6), st.data())
def test_a_flipped_bit_costs_one_record_and_is_told(records: list[bytes], data: st.DataObject) -> None:
    content = bytearray(b"".join(map(frame, records)))
    ends = [one.end for one in frames(bytes(content))]
    at = data.draw(st.integers(0, len(content) - 1))
    content[at] ^= 1 << data.draw(st.integers(0, 7))
    hit = sum(end <= at for end in ends)
    assert read(bytes(content)) == records[:hit] + records[hit + 1 :]
    damages = [one for one in frames(bytes(content)) if isinstance(one, Damage)]
    assert damages == ([Damage(([0, *ends])[hit], ends[hit])] if hit < len(records) - 1 else [])


def test_every_start_begins_a_segment_and_no_number_comes_twice(tmp_path: Path) -> None:
    first = Journal(tmp_path / "journal")
    first.append([frame(b"one")])
    (active,) = segments(first.stream)
    assert not active.finished
    first.close()
    assert segments(first.stream)[0].finished
    active.path.unlink()  # Loaded, kept, and deleted after its month.
    second = Journal(tmp_path / "journal")
    second.append([frame(b"two")])
    (after,) = segments(second.stream)
    assert (active.sequence, after.sequence) == (1, 2)
    second.close()


def test_two_workers_write_two_streams(tmp_path: Path) -> None:
    one, two = Journal(tmp_path / "journal"), Journal(tmp_path / "journal")
    assert [stream.name for stream in streams(tmp_path / "journal")] == ["00", "01"] == [one.name, two.name]
    one.close()
    three = Journal(tmp_path / "journal")
    assert three.name == "00"
    two.close()
    three.close()


@pytest.fixture
def files_of_at_most_4_kb() -> Iterator[None]:
    """The disk takes no more: a write is cut short by the kernel, as a full disk does it."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)
    signal.signal(signal.SIGXFSZ, handler)


@pytest.mark.usefixtures("files_of_at_most_4_kb")
def test_a_write_that_fails_leaves_nothing_and_what_was_there_stays(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal")
    journal.append([frame(b"kept" * 500)])
    with pytest.raises(JournalFailed, match="cannot be written"):
        journal.append([frame(b"lost" * 1000)])
    journal.append([frame(b"after")])
    found = [read(segment.path.read_bytes()) for segment in segments(journal.stream)]
    assert found == [[b"kept" * 500], [b"after"]]
    assert segments(journal.stream)[0].path.stat().st_size == len(frame(b"kept" * 500))
    journal.close()
