"""Telephone numbers in their one canonical form, E.164."""

from __future__ import annotations

import phonenumbers


def canonical_phone(text: str, *, region: str | None = None) -> str | None:
    """The number as `+<country><number>`, or None where the text is no possible number.

    Args:
        text: As typed; without a leading `+` it needs `region`.
        region: ISO 3166 country whose national form is meant, such as "DE".

    >>> canonical_phone("(650) 555-1212", region="US"), canonical_phone("call me")
    ('+16505551212', None)
    """
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
