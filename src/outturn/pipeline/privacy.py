"""One person's rows and records: to be forgotten everywhere that Outturn writes, or handed out."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from outturn.collector import journal, kept
from outturn.collector.forgotten import Forgotten
from outturn.collector.load import load_locked
from outturn.collector.reading import Lake
from outturn.domain.errors import UsageError
from outturn.journeys.context import JourneyContext
from outturn.journeys.erasure import PersonFound, erasure_of, find_person, identify_everyone
from outturn.journeys.erasure import export_person as rows_of_person
from outturn.pipeline.build import build_locked
from outturn.store.book import Book
from outturn.store.builds import Builds
from outturn.store.engine import Engine, open_engine
from outturn.store.facts import Facts, Rewrite

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from outturn.store.workspace import Workspace

NOT_REACHED = (
    "backups of this folder",
    "the files that were imported, where they lie",
    "what was sent to other systems before",
)
_WORKERS_ANSWER_SECONDS = 5.0


def forget(workspace: Workspace, identifier: str, *, now: datetime) -> dict[str, Any]:
    """Forget one person, now and in every later import.

    First what the collector has received is loaded, so that everything of the person is known. Then their keys go into
    the suppression list, so that a crash after it can only leave work to repeat. The journal is rewritten before the
    facts, for they tell which of its records are the person's; undone imports' facts are rewritten too. In the end
    everything derived is built anew and older builds deleted.

    Returns:
        `identifiers`: how many keys the person had; `rows`: by table, how many were deleted or blanked;
        `records`: how many of the journal's were;
        `shared`: identifiers of others that stood beside theirs and stay; `not_reached`: what Outturn cannot reach.

    Raises:
        UsageError: The identifier is empty, or means several persons.
    """
    if not identifier.strip():
        raise UsageError("An empty identifier means nobody: expected an e-mail, phone, user, browser or order id")
    with workspace.lock():
        unfinished = journal.finish(workspace.journal, seconds=_WORKERS_ANSWER_SECONDS)
        load_locked(workspace, now=lambda: now)
        facts = Facts(workspace.lake)
        with _everyone(workspace, facts) as engine:
            person = _person(workspace, engine, identifier)
            erasure = erasure_of(engine, person)
        book = Book(workspace.book)
        book.suppress(erasure.suppressed, now)
        suppressed = sorted(book.suppressed())
        book.close()
        records = kept.forget(
            workspace.journal,
            Forgotten(Lake(workspace, facts), frozenset(suppressed), frozenset(person.outcome_ids), person.texts),
        )
        rows = {
            table: facts.rewrite(table, _of_all(rewrite, suppressed)) for table, rewrite in erasure.rewrites.items()
        }
        facts.vacuum()
        builds = Builds(workspace.lake)
        if builds.published() is not None:
            build_locked(workspace, now=now + timedelta(microseconds=1))
            builds.drop_others()
    return {
        "identifiers": len(person.keys) if person.person_key else 0,
        "rows": rows,
        "records": records,
        "shared": erasure.shared,
        "not_reached": [*NOT_REACHED, *map(_written_still, unfinished)],
    }


def _written_still(segment: Path) -> str:
    return (
        f"journal/{segment.parent.name}/{segment.name}, which a collector's worker did not finish in "
        f"{_WORKERS_ANSWER_SECONDS:g} seconds (it will be rewritten when it is full or the collector stops)"
    )


def _of_all(rewrite: Rewrite, suppressed: Sequence[bytes]) -> Rewrite:
    """The same for everyone who was ever to be forgotten: it finishes what a crash has cut short."""
    if "keys" not in rewrite.parameters:
        return rewrite
    return rewrite._replace(parameters={**rewrite.parameters, "keys": list(suppressed)})


def export_person(workspace: Workspace, identifier: str) -> dict[str, Any]:
    """Everything that is stored about one person, undone imports' rows too, as JSON-able values.

    Raises:
        UsageError: The identifier means several persons.
    """
    with _everyone(workspace, Facts(workspace.lake)) as engine:
        return rows_of_person(engine, _person(workspace, engine, identifier))


@contextmanager
def _everyone(workspace: Workspace, facts: Facts) -> Iterator[Engine]:
    """An engine that knows every row ever written, and who is who in them."""
    engine = open_engine(workspace.settings)
    try:
        facts.expose(engine, only=("events", "outcomes"))
        for name in ("events", "outcomes"):
            engine.view(name, f"SELECT * FROM {name}_rows")  # noqa: S608
        identify_everyone(engine, JourneyContext.of(workspace.settings))
        yield engine
    finally:
        engine.close()


def _person(workspace: Workspace, engine: Engine, identifier: str) -> PersonFound:
    return find_person(
        engine, identifier, secret=workspace.secret(), phone_region=workspace.settings["privacy.phone_region"]
    )
