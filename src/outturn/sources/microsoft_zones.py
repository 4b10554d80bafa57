"""Microsoft's own names of time zones, in its API (`PacificTimeUSCanadaTijuana`) and above its reports.

A report writes the same words with signs between them and the offset before: `(GMT-08:00) Pacific Time (US & Canada);
Tijuana`. Letters alone are compared. `Various`, of several accounts at once, is none.
"""

from __future__ import annotations

import re

_NAMES = """
Midway Island and Samoa=Pacific/Midway; Hawaii=Pacific/Honolulu; Alaska=America/Anchorage
Pacific Time US Canada Tijuana=America/Los_Angeles; Arizona=America/Phoenix
Mountain Time US Canada=America/Denver; Chihuahua La Paz Mazatlan=America/Chihuahua
Central Time US Canada=America/Chicago; Central America=America/Guatemala; Saskatchewan=America/Regina
Guadalajara Mexico City Monterrey=America/Mexico_City; Eastern Time US Canada=America/New_York
Indiana East=America/Indiana/Indianapolis; Bogota Lima Quito=America/Bogota; Caracas La Paz=America/Caracas
Atlantic Time Canada=America/Halifax; Santiago=America/Santiago; Newfoundland=America/St_Johns
Brasilia=America/Sao_Paulo; Buenos Aires Georgetown=America/Argentina/Buenos_Aires; Greenland=America/Nuuk
Mid Atlantic=Atlantic/South_Georgia; Azores=Atlantic/Azores; Cape Verde Island=Atlantic/Cape_Verde
Casablanca Monrovia=Africa/Casablanca; Greenwich Mean Time Dublin Edinburgh Lisbon London=Europe/London
Greenwich Mean Time Dublin Edinburgh Lisbon=Europe/London; West Central Africa=Africa/Lagos
Amsterdam Berlin Bern Rome Stockholm Vienna=Europe/Berlin
Belgrade Bratislava Budapest Ljubljana Prague=Europe/Budapest
Brussels Copenhagen Madrid Paris=Europe/Paris; Sarajevo Skopje Warsaw Zagreb=Europe/Warsaw
Athens Istanbul Minsk=Europe/Athens; Athens Islandanbul Minsk=Europe/Athens; Bucharest=Europe/Bucharest
Cairo=Africa/Cairo; Harare Pretoria=Africa/Johannesburg; Jerusalem=Asia/Jerusalem
Helsinki Kyiv Riga Sofia Tallinn Vilnius=Europe/Helsinki; Baghdad=Asia/Baghdad; Kuwait Riyadh=Asia/Riyadh
Moscow St Petersburg Volgograd=Europe/Moscow; Nairobi=Africa/Nairobi; Tehran=Asia/Tehran
Abu Dhabi Muscat=Asia/Dubai; Baku Tbilisi Yerevan=Asia/Baku; Kabul=Asia/Kabul; Ekaterinburg=Asia/Yekaterinburg
Islamabad Karachi Tashkent=Asia/Karachi; Islandamabad Karachi Tashkent=Asia/Karachi
Chennai Kolkata Mumbai New Delhi=Asia/Kolkata; Kathmandu=Asia/Kathmandu; Astana Dhaka=Asia/Dhaka
Almaty Novosibirsk=Asia/Novosibirsk; Sri Jayawardenepura=Asia/Colombo; Rangoon=Asia/Yangon
Bangkok Hanoi Jakarta=Asia/Bangkok; Krasnoyarsk=Asia/Krasnoyarsk; Irkutsk Ulaan Bataar=Asia/Irkutsk
Beijing Chongqing Hong Kong Urumqi=Asia/Shanghai; Kuala Lumpur Singapore=Asia/Singapore; Perth=Australia/Perth
Taipei=Asia/Taipei; Osaka Sapporo Tokyo=Asia/Tokyo; Seoul=Asia/Seoul; Yakutsk=Asia/Yakutsk
Adelaide=Australia/Adelaide; Darwin=Australia/Darwin; Brisbane=Australia/Brisbane
Canberra Melbourne Sydney=Australia/Sydney; Guam Port Moresby=Pacific/Guam; Hobart=Australia/Hobart
Vladivostok=Asia/Vladivostok; Magadan Solomon Island New Caledonia=Pacific/Guadalcanal
Auckland Wellington=Pacific/Auckland; Nukualofa=Pacific/Tongatapu
Coordinated Universal Time=UTC; Hora universal coordinada=UTC; Koordinierte Weltzeit=UTC
"""


def _folded(name: str) -> str:
    return re.sub(r"[^a-z]", "", re.sub(r"\((gmt|utc)[^)]*\)", "", name.lower()))


ZONES: dict[str, str] = {
    _folded(name): zone
    for name, zone in (entry.split("=") for line in _NAMES.strip().splitlines() for entry in line.split(";"))
}
"""IANA zone by the letters of Microsoft's name, lower case. Where a name covers cities that differ, the first rules."""


def zone_named(name: str) -> str:
    """The IANA zone of Microsoft's name; empty where there is none.

    >>> zone_named("(GMT-08:00) Pacific Time (US & Canada); Tijuana"), zone_named("Various")
    ('America/Los_Angeles', '')
    """
    return ZONES.get(_folded(name), "")


def zone_sql(text: str) -> str:
    """SQL for the IANA zone of the name in a text; NULL where there is none."""
    letters = f"regexp_replace(regexp_replace(LOWER({text}), '[(](gmt|utc)[^)]*[)]', ''), '[^a-z]', '', 'g')"
    cases = " ".join(f"WHEN '{name}' THEN '{zone}'" for name, zone in ZONES.items())
    return f"CASE {letters} {cases} END"
