"""Addresses as files carry them, in the SQL of an import: what may be kept of one, and what it says of an arrival.

An address that a browser sent names people more often than anyone means it to (`?email=`, a user before the host), so
nothing of it is kept or read before it has gone through `kept_address`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from outturn.domain.urls import (
    CLICK_ID_PRECEDENCE,
    CLICK_IDS,
    PERSONAL_KEYS,
    PHONE_SHAPE,
    REMOVED,
    UTM_PARAMETERS,
    arrival_sql,
    personal_suspect_sql,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

ARRIVAL_COLUMNS = (*UTM_PARAMETERS, *(click_id.name for click_id in CLICK_IDS))
"""The columns of `events` and `outcomes` that tell where someone came from."""

_KEY_NOISE = r"%5b|%5d|[-_\[\].]"
_LAST_KEY = r"^(?:.*(?:\[|\.|%5b))?(.*)$"


def kept_address(url: str) -> str:
    """SQL for what is kept of an address: `without_personal_data(without_fragment(url))`; NULL where it is blank.

    Args:
        url: A column of type VARCHAR.
    """
    bare = f"split_part({url}, '#', 1)"
    plain = f"NOT contains({url}, '=') AND NOT contains({url}, '@') AND NOT contains({url}, '%')"
    return (
        f"CASE WHEN NOT starts_with({url}, 'http') AND TRIM({url}) = '' THEN NULL WHEN {plain} THEN {bare} "
        f"WHEN NOT {personal_suspect_sql(url)} THEN {bare} "
        f"ELSE {_head(bare)} || array_to_string(list_transform(regexp_extract_all({bare}, '[?&][^?&]*'), lambda "
        f"piece: {_parameter('piece')}), '') END"
    )


def kept_text(text: str) -> str:
    """SQL for a tag's text (a UTM value, a campaign's name), or NULL where someone's e-mail address was put into it."""
    # The other way round, NOT would have the regular expression worked out for every row.
    return f"CASE WHEN {_email_like(text)} THEN NULL ELSE {text} END"


def arrival_columns(url: str, stated: Mapping[str, str] | None = None) -> str:
    """SQL: every column of `ARRIVAL_COLUMNS` by name, from what is stated beside the address, else from the address.

    Args:
        url: A column that `kept_address` has made.
        stated: Column -> SQL, where the file states it outside the address.
    """
    found = arrival_sql(url)
    given = stated or {}
    return ", ".join(
        (f"COALESCE({given[name]}, {found[name]})" if name in given else found[name]) + f" AS {name}"
        for name in ARRIVAL_COLUMNS
    )


def _head(bare: str) -> str:
    """Scheme, host and path: without user and password, without e-mail addresses among the path's parts."""
    head = f"regexp_extract({bare}, '^[^?&]*')"
    scheme = f"CASE WHEN contains({head}, '//') THEN split_part({head}, '//', 1) || '//' ELSE '' END"
    rest = f"string_split(substr({head}, length({scheme}) + 1), '/')"
    host = f"regexp_replace({rest}[1], '^.*@', '', 's')"
    parts = f"list_transform({rest}[2:], lambda part: CASE WHEN {_email_like('part')} THEN '{REMOVED}' ELSE part END)"
    return f"({scheme} || array_to_string(list_prepend({host}, {parts}), '/'))"


def _parameter(piece: str) -> str:
    """One `?key=value` or `&key=value`; whose value goes where it names a person."""
    key = f"split_part(substr({piece}, 2), '=', 1)"
    name = f"regexp_replace({key}, '^amp;', '')"
    given = f"substr({piece}, length({key}) + 3)"
    last = f"regexp_extract({name}, '{_LAST_KEY}', 1, 'is')"
    clicks = _listed(
        spelling for click_id in CLICK_IDS if click_id.name in CLICK_ID_PRECEDENCE for spelling in click_id.parameters
    )
    personal = " OR ".join(
        f"lower(regexp_replace({one}, '{_KEY_NOISE}', '', 'gi')) IN ({_listed(sorted(PERSONAL_KEYS))})"
        for one in (name, last)
    )
    phone = (
        f"{name} NOT IN ({_listed(UTM_PARAMETERS)}) AND regexp_full_match({_decoded(given)}, '{PHONE_SHAPE.pattern}')"
    )
    return (
        f"CASE WHEN NOT contains({piece}, '=') THEN CASE WHEN {_email_like(key)} THEN left({piece}, 1) || '{REMOVED}' "
        f"ELSE {piece} END "
        f"WHEN {name} IN ({clicks}) THEN {piece} "
        f"WHEN {personal} OR {_email_like(given)} OR ({phone}) THEN left({piece}, 1) || {key} || '=' ELSE {piece} END"
    )


def _email_like(text: str) -> str:
    plain = f"REPLACE(REPLACE(REPLACE(lower({text}), '%25', '%'), '%40', '@'), '%2e', '.')"
    return f"((contains({text}, '@') OR contains({text}, '%')) AND regexp_full_match({plain}, '[^@]+@.+\\..+', 's'))"


def _decoded(text: str) -> str:
    return f"coalesce(try(url_decode({text})), {text})"


def _listed(texts: Iterable[str]) -> str:
    return ", ".join(f"'{text}'" for text in texts)
