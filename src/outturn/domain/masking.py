"""A refused row is kept to be looked at, so what could name a person is blacked out of it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

MASK = "█"
_LEAST_ANYWHERE = 6  # shorter texts stand within others by chance
MAX_SHOWN = 2000

# Tried only where a word begins: from inside a long word without an @ it would be searched again and again.
_EMAIL = re.compile(r"(?<![^\s,;\"'<>()|:])[^\s,;\"'<>()|:]+@[^\s,;\"'<>()|:]+")
_PHONE = re.compile(r"(?<![\w.])\+\d[\d ().\-/]{6,}\d")
# Without a plus a phone looks like an id or a day, so only files about people are searched for one.
_BARE_PHONE = re.compile(
    r"(?<![\w.#+-])\(?\d{2,4}\)?[ ./-]\(?\d{2,4}\)?[ ./-]\d{3,5}(?:[ "
    r"./-]\d{2,5})?(?![\w.-])|(?<![\w.#-])0\d{8,12}(?!\w)"
)
_NAME = re.compile(
    r"\b[A-Z][a-zà-öø-ÿ'’-]+(?: [A-Z][a-zà-öø-ÿ'’.-]*)+\b|\b[À-ÖØ-Þ][\wà-ÿ'’-]+ [A-ZÀ-ÖØ-Þ][\wà-ÿ'’-]+\b"
)
# Of a column's name, its letters and digits alone.
_PERSONAL_COLUMN = re.compile(
    r"(first|last|middle|full|given|family|sur|contact|customer|buyer|billing|shipping|person|user|lead|recipient)name"
    r"|e?mail|phone|mobile|telefon|fax|address|street|strasse|zip|postal|postcode|birth|vorname|nachname|prenom|apellid"
    r"|associatedcontact|^name$|(deal|opportunity)(name|title)|description|comment|notes?$|message|subject|nextstep"
    r"|(contact|lead|customer|client|user|visitor|buyer|person|member)s?ids?$"
)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def masked(raw: str, *, personal: bool, known: Iterable[str] = ()) -> str:
    """The row with e-mail, phone and name shapes blacked out, cut to a length that can be shown.

    Args:
        raw: As it stands in the file.
        personal: The file holds rows about people: bare phone numbers and names are blacked out as well.
        known: Texts of the row that are known to identify someone.
    """
    # What is cut off in the end need not be searched, save enough to see where the last address or name ends.
    text = raw[: 2 * MAX_SHOWN]
    for identifier in sorted({one.strip() for one in known if one and one.strip()}, key=len, reverse=True):
        if len(identifier) < _LEAST_ANYWHERE:
            text = re.sub(rf"(?<![^\W_]){re.escape(identifier)}(?![^\W_])", MASK, text)
        else:
            text = text.replace(identifier, MASK)
    text = _EMAIL.sub(MASK, text)
    text = _PHONE.sub(MASK, text)
    if personal:
        text = _BARE_PHONE.sub(lambda match: match[0] if _DAY.search(match[0]) else MASK, text)
        text = _NAME.sub(MASK, text)
    return text if len(text) <= MAX_SHOWN else text[:MAX_SHOWN] + "…"


def is_personal_column(name: str) -> bool:
    """Whether a column's name says that its cells tell who someone is or where to reach them, or are free text.

    >>> [is_personal_column(name) for name in ("First Name", "Associated Contact IDs", "Campaign name")]
    [True, True, False]
    """
    return _PERSONAL_COLUMN.search("".join(sign for sign in name.lower() if sign.isalnum())) is not None
