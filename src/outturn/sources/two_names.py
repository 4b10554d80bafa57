"""One ad account that a platform calls by two identifiers, such as a number in its reports and an id in its API.

Whichever came first is adopted: by the campaigns that both name, whose ids are the platform's own, else by the
account's name where one account alone bears it. What was booked once stays where it is.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from outturn.sources.known import Known
    from outturn.sources.source import Source


def adopted(known: Known, source: Source, stated: str, *, name: str, campaigns: Iterable[str]) -> str:
    """The identifier under which an account is known already; empty: it is known by what is stated, or not at all.

    Args:
        known: What the workspace knows of accounts.
        source: Whose accounts they are, with the forms of their identifiers.
        stated: The account as the file states it.
        name: As the file calls it; empty: it does not say.
        campaigns: The ids of its campaigns in the file.
    """
    form, accounts = _form(source, stated), known.accounts(source.platform)
    if not form or known.spends(source.platform, stated):
        return ""
    others = {other: account for other, account in accounts.items() if _form(source, other) not in {"", form}}
    named = name or (accounts[stated].name if stated in accounts else "")
    sharing = {owner for one in campaigns for owner in known.owners(source.platform, "campaign", one)} & others.keys()
    bearing = {other for other, account in others.items() if named and account.name == named}
    for found in (sharing, bearing):
        if len(found) == 1:
            return next(iter(found))
    return ""


def _form(source: Source, account: str) -> str:
    """Which of the platform's forms an identifier has; empty: none, or the platform has but one."""
    return next((form for form in source.account_forms if re.fullmatch(form, account)), "")
