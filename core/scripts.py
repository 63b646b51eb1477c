"""The scripts that a text is written in."""

import unicodedata
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from itertools import groupby

JAPANESE_ONLY = frozenset({"HIRAGANA", "KATAKANA"})
_JAPANESE = JAPANESE_ONLY | {"CJK"}
_WORTH = {"CJK": 3, "HIRAGANA": 2, "KATAKANA": 2, "HANGUL": 2}
"""Letters of an alphabet that say as much as one of these: a Chinese text full of Latin names holds
more Latin letters than Han characters, and is Chinese all the same."""
_LEAST_KANA = 0.1
"""Of Han characters; a Chinese text that quotes a Japanese name has less."""


@lru_cache(maxsize=10_000)
def script_of(character: str) -> str:
    """Unicode's name of the script of a letter, such as "ARABIC", "LATIN" or "CJK"."""
    name = unicodedata.name(character, "UNKNOWN")
    return name.split(" ", 1)[0].split("-", 1)[0]


def script_counts(text: str) -> Counter[str]:
    """How many letters of each script `text` holds."""
    return Counter(map(script_of, filter(str.isalpha, text)))


def main_script(text: str) -> str | None:
    """The script of most of `text`; None without letters. Kana and Han together are "HIRAGANA".

    >>> main_script("قمة BRICS في قازان"), main_script("選挙はいつ"), main_script("2024")
    ('ARABIC', 'HIRAGANA', None)
    """
    counts = script_counts(text)
    if not counts:
        return None
    if counts["HIRAGANA"] + counts["KATAKANA"] > _LEAST_KANA * counts["CJK"] > 0:
        return "HIRAGANA"
    return max(counts, key=lambda script: (counts[script] * _WORTH.get(script, 1), script))


def only_script(text: str, script: str) -> str:
    """`text` with a space for each letter of another script; Japanese ones count as one."""
    wanted = _JAPANESE if script in _JAPANESE else {script}
    return "".join(
        character if not character.isalpha() or script_of(character) in wanted else " "
        for character in text
    )


def without_script(text: str, script: str) -> str:
    """`text` with a space for each letter of `script`."""
    return "".join(
        " " if character.isalpha() and script_of(character) == script else character
        for character in text
    )


def runs(text: str) -> Iterator[str]:
    """Runs of letters, in order."""
    return ("".join(group) for is_letter, group in groupby(text, str.isalpha) if is_letter)
