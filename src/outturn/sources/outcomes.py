"""The generic table of outcomes: leads, deals and sales of any system without a source of its own, in our own columns.

Whoever it was is told by `user_id`, `email`, `email_sha256`, `phone`, `click_id` or `crm_id`, at least one. A hash
cannot become our key of the address, so `email_sha256` is an identifier of its own: rows with the same hash are one
person, and a row that has both ties the hash to the address, but a hash alone never meets an address alone. A
`click_id` is Google's unless its platform's prefix stands before it (`fbclid:IwAR...`).

A deal's `stage` stands beside its id: each stage is an entry of its own, and a later file's word on it counts. Its
opening is an entry of kind opportunity without a stage. `company_id` says for which company the buyer works, and
`probability`, 0 to 1, how likely the deal is to be won.
"""

from __future__ import annotations

from outturn.domain.goals import OUTCOME_KINDS
from outturn.domain.urls import CLICK_IDS
from outturn.sources.crm import share_sql
from outturn.sources.ledger import entries
from outturn.sources.source import Cell, Check, Kind, Layout, Source, Total

_CLICK_IDS = tuple(click_id.name for click_id in CLICK_IDS if click_id.name not in ("gad_source", "gad_campaignid"))
_CELLS = (
    Cell("row_id", Kind.ID, ("outcome_id",), required=True, filled=True),
    Cell("kind", Kind.TEXT, ("kind",), required=True, filled=True, choices=OUTCOME_KINDS),
    Cell("occurred_at", Kind.AT, ("occurred_at",), required=True, filled=True),
    Cell(
        "who", Kind.TEXT, ("user_id", "email", "email_sha256", "phone", "click_id", "crm_id"), required=True,
        sought=True,
    ),
    Cell("user_key", Kind.KEY, ("user_id",), identity="user"),
    Cell("address_key", Kind.KEY, ("email",), identity="email"),
    Cell("hash_key", Kind.KEY, ("email_sha256",), identity="email"),
    Cell("phone_key", Kind.KEY, ("phone",), identity="phone"),
    Cell("crm_key", Kind.KEY, ("crm_id",), identity="crm"),
    Cell("click_id", Kind.TEXT, ("click_id",)),
    Cell("gross", Kind.MONEY, ("revenue",)),
    Cell("margin", Kind.MONEY, ("margin",)),
    Cell("currency", Kind.CURRENCY, ("currency",)),
    Cell("deal_stage", Kind.TEXT, ("stage",)),
    Cell("deal_id", Kind.ID, ("deal_id",)),
    Cell("order_id", Kind.ID, ("order_id",)),
    Cell("company_key", Kind.KEY, ("company_id",), identity="company"),
    Cell("stated_share", Kind.SHARE, ("probability",)),
)  # fmt: skip
_PREFIX = f"^({'|'.join(_CLICK_IDS)})[:=]"
_PREFIXED = "contains(click_id, ':') OR contains(click_id, '=')"
# Once for each row: whose id it says that it is, and the id without that.
_ROWS = f"""
    SELECT
        *, CASE WHEN {_PREFIXED} THEN regexp_extract(click_id, '{_PREFIX}(.+)$', 1) ELSE '' END AS click_name,
        CASE WHEN {_PREFIXED} THEN regexp_replace(click_id, '{_PREFIX}', '') ELSE click_id END AS click
    FROM accepted
"""  # noqa: S608
_CLICKS = ", ".join(
    f"CASE WHEN click_name IN ('{name}'{', ' + chr(39) * 2 if name == 'gclid' else ''}) THEN click END AS {name}"
    for name in _CLICK_IDS
)
_COLUMNS = (
    "COALESCE(deal_stage, '') AS stage, occurred_at, user_key, COALESCE(address_key, hash_key) AS email_key, "
    # Both in one row: the two are one person's, which only a second column can say.
    "CASE WHEN address_key IS NOT NULL THEN hash_key END AS anonymous_key, phone_key, crm_key, company_key, "
    f"{share_sql('stated_share', percent=False)} AS probability, {_CLICKS}"
)
_NOBODY = "COALESCE(user_key, address_key, hash_key, phone_key, crm_key) IS NULL AND click_id IS NULL"

SOURCE = Source(
    name="outcomes",
    title="Generic outcomes",
    platform="",
    layouts=(
        Layout(
            "outcomes",
            _CELLS,
            # A table with `value` is one of conversions, which may have ids and kinds as well.
            without=("value",),
            outputs={"outcomes": entries(_ROWS, _COLUMNS)},
            seldom={_PREFIXED: tuple(name for name in _CLICK_IDS if name != "gclid")},
            checks=(
                Check(
                    "MISSING_VALUE",
                    _NOBODY,
                    "names nobody: expected user_id, email, email_sha256, phone, click_id or crm_id",
                ),
            ),
            totals=(Total("outcomes", "1"), Total("revenue", "gross", money=True)),
            suppressed="strip",
        ),
    ),
    notes=(
        "email_sha256 is the hex of SHA-256 over the trimmed address in small letters. "
        "Fields that a kind does not need stay empty."
    ),
)
