"""The query of an address, as a stranger may write it: read once, bounded, without a sign that could do harm."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote_plus

if TYPE_CHECKING:
    from outturn.collector.exchange import Request

MOST_PARAMETERS = 64
LONGEST_VALUE = 1024
_HARMFUL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


def parameters(query: str) -> dict[str, str]:
    """The query's parameters: a repeated one counts by its first value, an empty or overlong one not at all.

    Bytes that are no UTF-8 become `U+FFFD`; control characters and half characters are left out.

    >>> parameters("a=1&b=x%0D%0Ay&a=2&c=")
    {'a': '1', 'b': 'xy'}
    """
    found: dict[str, str] = {}
    for pair in query.split("&", MOST_PARAMETERS)[:MOST_PARAMETERS]:
        name, _, given = pair.partition("=")
        if given and len(given) <= LONGEST_VALUE * 3:
            value = clean(unquote_plus(given) if "%" in given or "+" in given else given)
            if value and len(value) <= LONGEST_VALUE:
                found.setdefault(unquote_plus(name), value)
    return found


def clean(text: str) -> str:
    """The text without control characters and lone surrogates, and without blanks around it."""
    return _HARMFUL.sub("", text).strip()


def header(request: Request, name: str, *, longest: int) -> str | None:
    """A header's text, cleaned and cut to a length; None where there is none."""
    given = request.headers.get(name)
    return (clean(given[:longest]) or None) if given else None
