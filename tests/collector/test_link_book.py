"""Links in the book: what was made comes back as it was, and an id never means anything else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from outturn.collector.link_book import LinkBook, new_secret
from outturn.domain.errors import UnknownName, UsageError
from outturn.domain.links import secret_digest
from tests.collector.worlds import dice, link

if TYPE_CHECKING:
    from pathlib import Path


def test_a_link_is_kept_as_it_was_made_and_only_its_state_and_secret_change(tmp_path: Path) -> None:
    path = tmp_path / "book.sqlite"
    book = LinkBook(path)
    assert book.links() == {}
    assert not path.exists()
    secret = new_secret(dice())
    spring = link(
        "spring", destination="https://shop.example/?a={sub1}", platform="net", campaign_id="7", campaign_name="Spring",
        ad_group_id="8", ad_id="9", partner="ana", currency="EUR", duplicates="add", outcome_kind="lead",
        secret_digest=secret_digest(secret),
    )  # fmt: skip
    book.add(spring)
    book.add(link("spot", "vast", channel="CTV"))
    with pytest.raises(UsageError, match="There is a link 'spring' already"):
        book.add(link("spring"))
    again = LinkBook(path)
    assert list(again.links().values()) == [link("spot", "vast", channel="CTV"), spring]
    assert path.stat().st_mode & 0o777 == 0o600
    assert (len(secret), secret.encode() in path.read_bytes()) == (32, False)
    assert again.set_state("spring", "disabled").state == "disabled"
    assert book.link("spring").state == "disabled"
    assert book.set_secret("spring", "other").secret_digest == secret_digest("other")
    assert again.link("spring").secret_digest == secret_digest("other")
    with pytest.raises(UnknownName, match="Did you mean 'spring'"):
        book.link("sprin")
    for one in (book, again):
        one.close()
