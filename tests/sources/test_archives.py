"""What is packed: the same facts as unpacked, and nothing that harms."""

from __future__ import annotations

import gzip
import io
import random
import struct
import zipfile
from typing import TYPE_CHECKING

import pytest

from outturn.sources import content
from tests.sources.workbooks import workbook

if TYPE_CHECKING:
    from tests.sources.worlds import World

HEADER = "Campaign,Campaign ID,Day,Currency code,Cost,Impr.,Clicks\n"
SPRING = HEADER + "Spring,1,2026-09-01,EUR,1.50,10,1\n"
SUMMER = HEADER + "Summer,2,2026-09-02,EUR,2.25,20,2\n"


def _zip(**files: str | bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return target.getvalue()


@pytest.mark.parametrize("name", ["export.csv.gz", "export.zip"])
def test_one_packed_file_is_that_file(world: World, name: str) -> None:
    packed = gzip.compress(SPRING.encode()) if name.endswith("gz") else _zip(**{"a.csv": SPRING})
    report = world.text(name, packed)
    assert (report.verdict, report.file) == ("accept", str(world.folder / name))
    assert world.spend() == {"Spring": "1.50 EUR"}
    assert world.text("unpacked.csv", SPRING).verdict == "unchanged"


def test_every_file_of_a_zip_stands_or_falls_alone(world: World) -> None:
    files: dict[str, str | bytes] = {
        "__MACOSX/a": b"x",
        "a/": "",
        "a/spring.csv": SPRING,
        "readme.txt": "Hello there",
        "b/summer.csv": SUMMER,
    }
    world.file("all.zip", _zip(**files))
    reports = world.take(world.folder / "all.zip")
    told = str(world.folder / "all.zip")
    assert [(report.file, report.verdict) for report in reports] == [
        (f"{told}/spring.csv", "accept"), (f"{told}/readme.txt", "refuse"), (f"{told}/summer.csv", "accept"),
    ]  # fmt: skip
    assert world.spend() == {"Spring": "1.50 EUR", "Summer": "2.25 EUR"}
    assert {row[0] for row in world.rows("SELECT file FROM loaded_imports")} == {
        "all.zip/spring.csv",
        "all.zip/summer.csv",
    }


def test_names_in_a_zip_lead_nowhere(world: World) -> None:
    evil: dict[str, str | bytes] = {
        "../../evil.csv": SPRING,
        "/etc/evil\n\x1b[2J.csv": SUMMER,
        "..\\..\\c.csv": SUMMER.replace("Summer", "C"),
    }
    before = set(world.folder.parent.rglob("*evil*"))
    world.file("all.zip", _zip(**evil))
    reports = world.take(world.folder / "all.zip")
    assert [report.file.rpartition("/")[2] for report in reports] == ["evil.csv", "evil??[2J.csv", "c.csv"]
    assert before == set(world.folder.parent.rglob("*evil*"))


def test_json_lines_in_gzip(world: World) -> None:
    line = '{"date_day": "2026-09-01", "platform": "x", "channel": "Display", "spend": "1.50", "currency": "EUR"}\n'
    assert world.text("a.jsonl.gz", gzip.compress(line.encode() * 3)).accepted == 3


def test_bombs_are_refused_while_they_unpack(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(content, "HARMLESS_BYTES", 1 << 20)
    bomb = SPRING.encode() + b"Spring,1,2026-09-01,EUR,1.50,10,1\n" * (1 << 18)
    assert world.text("bomb.gz", gzip.compress(bomb)).reasons == {"TOO_LARGE": 1}
    assert world.text("bomb.zip", _zip(**{"a.csv": bomb})).reasons == {"TOO_LARGE": 1}
    # Says that it is small, and is not.
    liar = bytearray(_zip(**{"a.csv": bomb}))
    size = struct.pack("<I", len(bomb))
    while (place := liar.find(size)) >= 0:
        liar[place : place + 4] = struct.pack("<I", len(SPRING))
    assert world.text("liar.zip", bytes(liar)).verdict == "refuse"
    assert not world.rows("SELECT 1 FROM ad_spend")


def test_packed_in_packed_is_asked_to_be_unpacked(world: World) -> None:
    inner = {
        "zip": _zip(**{"a.csv": SPRING}), "gz": gzip.compress(SPRING.encode()), "xlsx": workbook({"S": [["a", "b"]]}),
        "parquet": b"PAR1" + b"x" * 40 + b"PAR1",
    }  # fmt: skip
    for name, data in inner.items():
        for outer in (gzip.compress(data), _zip(**{f"a.{name}": data})):
            report = world.text("nested", outer)
            assert report.reasons == {"NOT_CSV": 1}
            assert "unpack" in report.messages[0]


def test_empty_encrypted_and_too_many(world: World) -> None:
    assert world.text("empty.zip", _zip()).verdict == "refuse"
    assert world.text("folders.zip", _zip(**{"a/": ""})).reasons == {"EMPTY_FILE": 1}
    assert world.text("many.zip", _zip(**{f"{n}.csv": "" for n in range(1001)})).reasons == {"TOO_LARGE": 1}
    locked = bytearray(_zip(**{"a.csv": SPRING}))
    locked[6] |= 1
    locked[locked.find(b"PK\x01\x02") + 8] |= 1
    assert world.text("locked.zip", bytes(locked)).reasons == {"NOT_CSV": 1}


def test_whatever_is_cut_or_damaged_is_refused_or_whole(world: World) -> None:
    dice = random.Random(7)  # noqa: S311 (no secret)
    body = "".join(f"C{n},{n},2026-09-01,EUR,{dice.randrange(10**6) / 100:.2f},10,1\n" for n in range(300))
    for packed in (gzip.compress((HEADER + body).encode()), _zip(**{"a.csv": HEADER + body})):
        for cut in range(1, len(packed), 211):
            assert world.text("cut", packed[:cut]).verdict == "refuse"
        for _ in range(20):
            damaged = bytearray(packed)
            damaged[dice.randrange(20, len(packed))] ^= 1 << dice.randrange(8)
            report = world.text("damaged", bytes(damaged), replace=True)
            assert report.verdict == "refuse" or report.accepted == 300
