"""Slips: names that are another name but for a letter that was mistyped, and not for a number, a date or a country.

A slip lies in one word of the name, of letters alone; every other word and every number is the same. One letter is
missing, doubled or too many, or two neighbours have changed places; another letter in its stead only in long words,
since shirts and shorts are two things. The usual name is used at least ten times as often.

References:
    Damerau (1964), A technique for computer detection and correction of spelling errors.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

TIMES_AS_USUAL = 10
SHORTEST_WORD = 6
SHORTEST_OF_ANOTHER_LETTER = 9
_WORD = re.compile(r"[a-z]+|[0-9]+")
Words = tuple[str, ...]


def words_of(name: str) -> Words:
    """Its words and numbers in small letters, whatever stands between them.

    >>> words_of("Spring-Sale_2026")
    ('spring', 'sale', '2026')
    """
    return tuple(_WORD.findall(name.lower()))


def slips(used: Mapping[str, int], known: Iterable[str] = ()) -> dict[str, str]:
    """By name that is a slip, the usual name.

    Args:
        used: How often each name is used.
        known: Names that somebody gave on purpose: these are no slips.
    """
    own = {words_of(name) for name in known}
    most: dict[Words, tuple[int, str]] = {}
    for name, count in used.items():
        words = words_of(name)
        most[words] = max(most.get(words, (0, "")), (count, name))
    alike: dict[tuple[Words, int, str], list[Words]] = defaultdict(list)
    for words in most:
        for key in _keys(words):
            alike[key].append(words)
    found: dict[Words, str] = {}
    for neighbours in alike.values():
        usual = max(neighbours, key=lambda words: most[words])
        for words in neighbours:
            if words in own or most[words][0] * TIMES_AS_USUAL > most[usual][0] or not _slipped(words, usual):
                continue
            if words not in found or most[usual] > most[words_of(found[words])]:
                found[words] = most[usual][1]
    return {name: found[words_of(name)] for name in sorted(used) if words_of(name) in found}


def _keys(words: Words) -> Iterator[tuple[Words, int, str]]:
    """What two names have in common of which one is a slip: all other words, and this one without some letter."""
    for at, word in enumerate(words):
        if word.isalpha() and len(word) >= SHORTEST_WORD - 1:
            rest = (*words[:at], *words[at + 1 :])
            for variant in {word, *(word[:cut] + word[cut + 1 :] for cut in range(len(word)))}:
                yield rest, at, variant


def _slipped(words: Words, usual: Words) -> bool:
    if len(words) != len(usual) or words == usual:
        return False
    (pair, *more) = [pair for pair in zip(words, usual, strict=True) if pair[0] != pair[1]]
    return not more and _one_slip(*pair)


def _one_slip(word: str, usual: str) -> bool:
    if len(usual) < SHORTEST_WORD:
        return False
    first = next((at for at, (a, b) in enumerate(zip(word, usual, strict=False)) if a != b), min(len(word), len(usual)))
    if len(word) == len(usual):
        swapped = word[:first] + word[first : first + 2][::-1] + word[first + 2 :]
        replaced = word[first + 1 :] == usual[first + 1 :] and len(usual) >= SHORTEST_OF_ANOTHER_LETTER
        return swapped == usual or replaced
    shorter, longer = sorted((word, usual), key=len)
    return len(longer) - len(shorter) == 1 and longer[:first] + longer[first + 1 :] == shorter
