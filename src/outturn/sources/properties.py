"""What an event says beside its columns, kept without what could name a person: plain values under plain names."""

from __future__ import annotations

from outturn.domain.urls import PERSONAL_KEYS

_NAME = "[A-Za-z0-9 _.:$-]{1,64}"
_LONGEST = 200
_PHONE_LIKE = r"\s*[+(]?[0-9][0-9 ()./-]{6,18}[0-9]\s*"


def kept_properties(given: str) -> str:
    """SQL for the JSON object that is kept of one; NULL where nothing is left.

    Texts, numbers and truths stay, up to 200 characters; lists, objects, values under personal names (`email`,
    `last_name`, ...) and texts that look like an e-mail address or a written phone number go.

    Args:
        given: SQL of type VARCHAR; what is no JSON object gives NULL.
    """
    keys = ", ".join(f"'{key}'" for key in sorted(PERSONAL_KEYS))
    kept = (
        f"regexp_full_match(entry.key, '{_NAME}') AND lower(regexp_replace(entry.key, '[-_ .]', '', 'g')) NOT IN "
        f"({keys}) "
        f"AND strlen(CAST(entry.value AS VARCHAR)) <= {_LONGEST} AND json_type(entry.value) NOT IN ('NULL', 'OBJECT', "
        "'ARRAY') "
        "AND NOT (json_type(entry.value) = 'VARCHAR' AND (contains(CAST(entry.value AS VARCHAR), '@') "
        f"OR regexp_full_match(json_extract_string(entry.value, '$'), '{_PHONE_LIKE}')))"
    )
    entries = f"map_entries(TRY(CAST(TRY(CAST({given} AS JSON)) AS MAP(VARCHAR, JSON))))"
    return f"NULLIF(CAST(to_json(map_from_entries(list_filter({entries}, lambda entry: {kept}))) AS VARCHAR), '{{}}')"
