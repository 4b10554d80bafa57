"""What an address tells of an arrival: who sent it (UTM), which click it was (click ids), and from where (hosts).

Addresses come from the open web, so nothing here raises on any text. Each reading has two forms that
are held equal by test: a Python function for one address, and an expression in DuckDB's SQL for the
millions of an import (`*_sql`; it runs where files are read, which is never Spark).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from string import ascii_lowercase, ascii_uppercase
from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class ClickId:
    """A parameter that an ad platform adds to the address when an ad is clicked.

    Attributes:
        name: Its column: the parameter's name in small letters.
        platform: Whose click it proves; it is evidence for no other platform.
        paid: Whether it proves a paid click. Meta adds `fbclid` to organic links too.
        spellings: How the parameter is written in addresses, where not as `name`.
    """

    name: str
    platform: str
    paid: bool = True
    spellings: tuple[str, ...] = ()

    @property
    def parameters(self) -> tuple[str, ...]:
        """The parameter's spellings in addresses; letters' case counts."""
        return self.spellings or (self.name,)


CLICK_IDS: tuple[ClickId, ...] = (
    ClickId("gclid", "google_ads"),
    ClickId("gbraid", "google_ads"),
    ClickId("wbraid", "google_ads"),
    ClickId("gad_source", "google_ads"),
    ClickId("gad_campaignid", "google_ads"),
    ClickId("dclid", "google_ads"),
    ClickId("msclkid", "microsoft_ads"),
    ClickId("fbclid", "meta_ads", paid=False),
    ClickId("ttclid", "tiktok_ads"),
    ClickId("li_fat_id", "linkedin_ads"),
    ClickId("twclid", "x_ads"),
    ClickId("rdt_cid", "reddit_ads"),
    ClickId("sccid", "snapchat_ads", spellings=("ScCid", "sccid")),
    ClickId("epik", "pinterest_ads"),
    ClickId("irclickid", "impact"),
    ClickId("awc", "awin"),
    ClickId("cjevent", "cj"),
    # Of our own links: it says which click it was, and nothing of any platform.
    ClickId("oclid", "", paid=False),
)
UTM_PARAMETERS = ("utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content", "utm_id")

# Which one speaks where an address carries several. A network's redirect is the last hop, whatever it
# carried along; an id of one click says more than a campaign's or the bare fact that Google sent it;
# fbclid comes last, since it proves neither an ad nor, on a link shared later, the first sender.
# Our own oclid never speaks: its click was seen, and states channel and campaign itself.
CLICK_ID_PRECEDENCE: tuple[str, ...] = (
    "irclickid", "awc", "cjevent", "gclid", "wbraid", "gbraid", "msclkid", "ttclid", "li_fat_id", "twclid",
    "rdt_cid", "sccid", "epik", "dclid", "gad_campaignid", "gad_source", "fbclid",
)  # fmt: skip

SPELLINGS: dict[str, str] = {
    **{name: name for name in UTM_PARAMETERS},
    **{spelling: click_id.name for click_id in CLICK_IDS for spelling in click_id.parameters},
}
_PARAMETER = re.compile(f"[?&]({'|'.join(map(re.escape, SPELLINGS))})=")
_ASCII_LOWER = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}
# With a scheme (or `//`) any host will do; without one, text is an address only if its host has a dot.
_HOST_END = r"(?::[0-9]*)?(?:[/?#\\]|\z)"
_USER_INFO = r"(?:[^/?#\\@]*@)?"
_HOST_WITH_SCHEME = (
    rf"^(?:[A-Za-z][A-Za-z0-9+.-]*:)?//{_USER_INFO}(\[[0-9A-Fa-f:.]+\]|[^/?#\\:@\[\]\x00-\x20]+){_HOST_END}"
)
_HOST_BARE = rf"^{_USER_INFO}([^/?#\\:@\[\]\x00-\x20.]+(?:\.[^/?#\\:@\[\]\x00-\x20.]+)+\.?){_HOST_END}"
_HOST_PATTERNS = tuple(re.compile(text.replace(r"\z", r"\Z")) for text in (_HOST_WITH_SCHEME, _HOST_BARE))


@dataclass(frozen=True, slots=True)
class Arrival:
    """What one landing address says; None: it does not say.

    Attributes:
        click_ids: By name, the exact text: letters' case kept, never truncated.
        host: As `host_of` gives it.
        path: Undecoded, without query; "/" where the address has none.
    """

    source: str | None = None
    medium: str | None = None
    campaign: str | None = None
    term: str | None = None
    content: str | None = None
    id: str | None = None
    click_ids: Mapping[str, str] = field(default_factory=dict)
    host: str | None = None
    path: str = "/"

    @property
    def click_id_kind(self) -> str | None:
        """The name of the click id that speaks, by `CLICK_ID_PRECEDENCE`."""
        return next((name for name in CLICK_ID_PRECEDENCE if name in self.click_ids), None)

    @property
    def columns(self) -> dict[str, str | None]:
        """The values under their columns' names: `utm_source` ... `cjevent`."""
        utm = (self.source, self.medium, self.campaign, self.term, self.content, self.id)
        return {
            **dict(zip(UTM_PARAMETERS, utm, strict=True)),
            **{click_id.name: self.click_ids.get(click_id.name) for click_id in CLICK_IDS},
        }


def parse_landing(url: str | None) -> Arrival:
    """Read a landing address; junk gives an arrival that says nothing, never an error.

    Parameters are read up to the fragment. A repeated one counts by its first value, an empty one
    not at all, `&amp;` and a second `?` separate like `&`. Text that is no valid percent-encoding of
    UTF-8 stays as it stands. A `+` is a blank in UTM values and itself in click ids. What is to be
    kept is read from `without_personal_data(url)`: people write e-mail addresses into UTM tags too.

    >>> arrival = parse_landing("https://www.shop.example/de?utm_source=news%20letter&utm_medium=email&gclid=Cj0-x_Y")
    >>> arrival.source, arrival.host, arrival.path, dict(arrival.click_ids)
    ('news letter', 'shop.example', '/de', {'gclid': 'Cj0-x_Y'})
    """
    if not url:
        return Arrival()
    found = _parameters(url)
    utm = {name.removeprefix("utm_"): found.pop(name, None) for name in UTM_PARAMETERS}
    return Arrival(**utm, click_ids=found, host=host_of(url), path=_path(url))


def _parameters(url: str) -> dict[str, str]:
    if "?" not in url:
        return {}
    text = without_fragment(url).replace("&amp;", "&")
    found: dict[str, str | None] = {}
    for match in _PARAMETER.finditer(text):
        name = SPELLINGS[match[1]]
        # The value is looked for only once per name, so that hostile repetition costs nothing.
        if name not in found:
            end = text.find("&", match.end())
            raw = text[match.end() : end if end >= 0 else len(text)]
            found[name] = _decoded(raw.replace("+", " ") if name in UTM_PARAMETERS else raw).strip(" ")
    return {name: value for name, value in found.items() if value}


def _decoded(text: str) -> str:
    if "%" not in text:
        return text
    try:
        return unquote_to_bytes(text).decode("utf-8")
    except UnicodeError:
        return text


def _path(url: str) -> str:
    rest = re.split(r"[?#]", url, maxsplit=1)[0]
    _, scheme, after = rest.partition("//")
    if not scheme and not host_of(url):
        return rest if rest.startswith("/") else "/"
    _, slash, path = (after if scheme else rest).partition("/")
    return slash + path or "/"


def host_of(url: str | None) -> str | None:
    """The host of an address, page or referrer alike: small letters, without `www.`, port, user and final dot.

    Android's referrers (`android-app://com.google.android.gm/`) give the app's name. None where the
    text has no host.

    >>> host_of("https://WWW.Google.de:443/search?q=x"), host_of("google.com/url"), host_of("(not set)")
    ('google.de', 'google.com', None)
    """
    for pattern in _HOST_PATTERNS:
        if match := pattern.match(url or ""):
            return match[1].translate(_ASCII_LOWER).removeprefix("www.").rstrip(".") or None
    return None


def without_fragment(url: str) -> str:
    """The address as it is kept: without what follows `#`, which never leaves the browser."""
    return url.partition("#")[0]


def click_id_kind(click_ids: Mapping[str, str | None]) -> str | None:
    """The name of the click id that speaks among columns that may be None or empty."""
    return next((name for name in CLICK_ID_PRECEDENCE if click_ids.get(name)), None)


def click_id_kind_sql(prefix: str = "") -> str:
    """`click_id_kind` in SQL of both engines, over the click ids' columns.

    Args:
        prefix: Names the columns' table, such as "events.".
    """
    cases = " ".join(f"WHEN {prefix}{name} <> '' THEN '{name}'" for name in CLICK_ID_PRECEDENCE)
    return f"CASE {cases} END"


def arrival_sql(url_column: str) -> dict[str, str]:
    """`parse_landing` in DuckDB's SQL: by column name, an expression that is NULL where the address says nothing.

    Args:
        url_column: A column or expression of type VARCHAR; fragments and `&amp;` may still be in it.

    Returns:
        One expression per UTM and click-id column. Cheap searches for `?` and for the parameter's
        name stand before the regular expression, so that only addresses that carry it pay.
    """
    return {
        **{name: _parameter_sql(url_column, (name,), plus_is_blank=True) for name in UTM_PARAMETERS},
        **{
            click_id.name: _parameter_sql(url_column, click_id.parameters, plus_is_blank=False)
            for click_id in CLICK_IDS
        },
    }


def _parameter_sql(url: str, spellings: tuple[str, ...], *, plus_is_blank: bool) -> str:
    mentioned = " OR ".join(f"contains({url}, '{spelling}=')" for spelling in spellings)
    text = f"replace(split_part({url}, '#', 1), '&amp;', '&')"
    raw = f"regexp_extract({text}, '[?&](?:{'|'.join(spellings)})=([^&]*)', 1)"
    plain = f"replace({raw}, '+', ' ')" if plus_is_blank else raw
    decoded = f"coalesce(try(url_decode({plain})), {plain})"
    return f"CASE WHEN contains({url}, '?') AND ({mentioned}) THEN nullif(trim({decoded}, ' '), '') END"


def host_sql(url_column: str) -> str:
    """`host_of` in DuckDB's SQL: NULL where the address has no host."""
    found = (f"nullif(regexp_extract({url_column}, '{pattern}', 1), '')" for pattern in (_HOST_WITH_SCHEME, _HOST_BARE))
    lower = f"translate(coalesce({', '.join(found)}), '{ascii_uppercase}', '{ascii_lowercase}')"
    return f"nullif(rtrim(regexp_replace({lower}, '^www\\.', ''), '.'), '')"


# What must not be kept of an address. Keys are compared in small letters without -, _ and brackets.
PERSONAL_KEYS = frozenset({
    "email", "mail", "emailaddress", "useremail", "customeremail", "contactemail", "emailhash", "phone", "phonenumber",
    "phoneno", "telephone", "tel", "mobile", "mobilenumber", "msisdn", "cell", "name", "username", "firstname", "fname",
    "givenname", "lastname", "lname", "surname", "familyname", "fullname", "customername", "contactname", "address",
    "street", "streetaddress", "postcode", "postalcode", "zip", "zipcode", "birthday", "birthdate", "dateofbirth",
    "dob", "ssn", "password", "passwd", "pwd",
})  # fmt: skip
KEY_NOISE = re.compile(r"%5b|%5d|[-_\[\].]", re.IGNORECASE)
NESTED_KEY = re.compile(r"[\[.]|%5b", re.IGNORECASE)
_DELIMITER = re.compile(r"([?&#])")
PHONE_SHAPE = re.compile(
    r"\s*\+[\s().-]*[0-9](?:[\s().-]*[0-9]){6,14}\s*|\(?[0-9]{3}\)?[\s.+-]{1,2}[0-9]{3}[\s.+-][0-9]{4}"
)
_SEGMENT = re.compile(r"(/)")
REMOVED = "(removed)"


def without_personal_data(url: str) -> str:
    """The address without what names a person; the rest stays as it stood.

    Emptied are values of personal keys (`email`, `phone`, `first_name`, `user[tel]`, ...), values
    that look like an e-mail address, and, outside UTM parameters, like a phone number with `+` or in
    groups of 3-3-4; bare digits stay, for ids look just so. Click ids stay whatever they hold. User
    and password before the host go, and a path's segment that looks like an e-mail becomes
    `(removed)`.

    >>> without_personal_data("https://shop.example/thanks?email=ana%40example.com&order=1001")
    'https://shop.example/thanks?email=&order=1001'
    """
    head, *rest = _DELIMITER.split(url)
    pieces = [_path_without_persons(head)]
    for delimiter, piece in zip(rest[::2], rest[1::2], strict=True):
        pieces += [delimiter, _parameter_without_persons(piece)]
    return "".join(pieces)


def _parameter_without_persons(piece: str) -> str:
    key, equals, given = piece.partition("=")
    name = key.removeprefix("amp;")
    if not equals:
        return REMOVED if looks_like_email(key) else piece
    if SPELLINGS.get(name) in CLICK_ID_PRECEDENCE:
        return piece
    keys = {KEY_NOISE.sub("", name).lower(), KEY_NOISE.sub("", NESTED_KEY.split(name)[-1]).lower()}
    personal = keys & PERSONAL_KEYS or looks_like_email(given)
    if personal or (name not in UTM_PARAMETERS and PHONE_SHAPE.fullmatch(_decoded(given))):
        return f"{key}="
    return piece


def _path_without_persons(head: str) -> str:
    scheme, slashes, rest = head.partition("//") if "//" in head else ("", "", head)
    host, *path = _SEGMENT.split(rest)
    if slashes or "@" in host:
        host = host.rpartition("@")[2]
    return scheme + slashes + host + "".join(REMOVED if looks_like_email(segment) else segment for segment in path)


def looks_like_email(text: str) -> bool:
    """Whether a text of an address is somebody's e-mail address, percent-encoded twice at most."""
    if "@" not in text and "%" not in text:
        return False
    plain = text.lower().replace("%25", "%").replace("%40", "@").replace("%2e", ".")
    name, at, domain = plain.partition("@")
    return bool(at) and bool(name) and "." in domain[1:-1]


def personal_suspect_sql(url_column: str) -> str:
    """True in DuckDB's SQL for every address that `without_personal_data` changes, and for few others.

    An import asks Python about the suspects only.
    """
    keys = "|".join(sorted(PERSONAL_KEYS))
    return (
        f"(contains({url_column}, '@') OR contains({url_column}, '%40') OR contains({url_column}, '%2540') OR "
        f"regexp_matches({url_column}, '=(\\+|%2[bB]|\\(|[0-9]{{3}}[^0-9A-Za-z])') OR "
        f"regexp_matches(regexp_replace({url_column}, '%5[bBdD]|[-_.]|\\[|\\]', '', 'g'), '({keys})=', 'i'))"
    )
