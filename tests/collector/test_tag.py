"""The tag as it is served: small, whole, asked for once, and of one mind with what is read on our side."""

from __future__ import annotations

import gzip
import re
from dataclasses import dataclass

import pytest

from outturn.collector.desk import Desk
from outturn.collector.exchange import Request
from outturn.collector.keys import KeyRing
from outturn.collector.tag import MOST_GZIPPED_BYTES, SOURCE, answer, compact, served
from outturn.domain.urls import CLICK_IDS, UTM_PARAMETERS

DESK = Desk(KeyRing(()), secret=b"s" * 32, dice=bytes)


@dataclass
class Headers:
    """A request's headers."""

    values: dict[str, str]

    def get(self, name: str, default: None = None) -> str | None:
        return self.values.get(name, default)


def asked(**headers: str) -> Request:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Request("GET", "/o.js", "", Headers(named), b"", lambda: "127.0.0.1", 0)


def test_it_is_smaller_than_four_kilobytes() -> None:
    assert len(served().gzipped) < MOST_GZIPPED_BYTES == 4096


def test_it_is_served_compressed_where_that_is_understood() -> None:
    plain, packed = answer(asked(), DESK), answer(asked(accept_encoding="br, gzip"), DESK)
    assert (plain.status, packed.status) == (200, 200)
    assert gzip.decompress(packed.body) == plain.body == served().text
    assert dict(packed.headers)["content-encoding"] == "gzip"
    assert "content-encoding" not in dict(plain.headers)
    assert dict(plain.headers)["content-type"].startswith("text/javascript")
    assert dict(plain.headers)["vary"] == "accept-encoding"


def test_a_browser_that_has_it_is_told_so() -> None:
    etag = dict(answer(asked(), DESK).headers)["etag"]
    again = answer(asked(if_none_match=f'"other", {etag}', accept_encoding="gzip"), DESK)
    assert (again.status, again.body, dict(again.headers)["etag"]) == (304, b"", etag)
    assert answer(asked(if_none_match='W/"other"'), DESK).status == 200
    assert "max-age=3600" in dict(again.headers)["cache-control"]


def test_nothing_of_it_is_kept() -> None:
    assert answer(asked(), DESK).record is None


def test_the_tag_and_the_collector_know_the_same_parameters() -> None:
    [pattern] = re.findall(r"TAGS = /(.+)/$", SOURCE.read_text(encoding="utf-8"), re.MULTILINE)
    known = {spelling.lower() for click_id in CLICK_IDS for spelling in click_id.parameters} | set(UTM_PARAMETERS)
    assert all(re.fullmatch(pattern, name) for name in known)
    assert set(pattern[2:-2].split("|")) - {r"utm_\w+"} == known - set(UTM_PARAMETERS)


@pytest.mark.parametrize(
    ("source", "left"),
    [
        ("  // a comment\n\n  one()\n", "one()\n"),
        ("const url = 'https://a.example/?b = c, d'\n", "const url='https://a.example/?b = c, d'\n"),
        ("const it = 'isn\\'t  so' + `a  ${b}  c`\n", "const it='isn\\'t  so'+`a  ${b}  c`\n"),
        ("let one\nlet two = 1\n", "let one\nlet two=1\n"),
        ("call(\n  one,\n  two\n)\n", "call(one,two)\n"),
        ("return one ? { two } : three\n", "return one?{two}:three\n"),
        ("n++\n;[1].map(f)\n", "n++\n;[1].map(f)\n"),
        ("if (a in b) return typeof c\n", "if(a in b)return typeof c\n"),
        ("a = b + +c\n", "a=b + +c\n"),
        ("a = b - -c\n", "a=b - -c\n"),
    ],
)
def test_what_means_nothing_is_left_out_and_nothing_else(source: str, left: str) -> None:
    assert compact(source) == left


def test_the_source_keeps_to_what_the_compaction_knows() -> None:
    text = SOURCE.read_text(encoding="utf-8")
    code = [line for line in text.splitlines() if not line.strip().startswith("//")]
    assert not [line for line in code if re.search(r"(?<!:)//|/\*|\*/", line)]
    # Strings stand in single quotes, so that a double one never hides blanks.
    assert not [line for line in code if '"' in line]
    # Nothing but the domain's own scripts is ever asked for.
    assert "http" not in "\n".join(code)
