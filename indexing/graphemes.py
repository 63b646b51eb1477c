"""What belongs to one visible character, so that a forced cut does not fall inside one."""

import unicodedata
from functools import lru_cache

_FLAG = "[\U0001f1e6-\U0001f1ff]"
_JOINER = "\u200d"
_MAX_MARKS = 30
"""Marks kept on one base; text that stacks more is not writing (UAX 15, stream-safe format)."""

_EXTENDERS_BEYOND_MARKS = "\u200c\u0e33\u0eb3\uff9e\uff9f\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f"
"""ZWNJ, Thai and Lao am, half-width sound marks, skin tones, tag characters (UAX 29, GB9)."""


@lru_cache(maxsize=1)
def grapheme_pattern() -> str:
    """A regular expression for one extended grapheme cluster, close to UAX 29.

    It covers combining marks, joined emoji, flags and modifiers; Hangul written as single
    jamo is not kept together.
    """
    extender = f"[{_marks()}{_EXTENDERS_BEYOND_MARKS}]"
    joined = f"(?:{_JOINER}[^\\s{_JOINER}]?)"
    tail = f"(?:{extender}|{joined}){{0,{_MAX_MARKS}}}"
    return f"(?:(?:{_FLAG}{_FLAG}|[\\s\\S]){tail})"


def _marks() -> str:
    """Ranges of all combining marks, as the inside of a character class."""
    ranges: list[tuple[int, int]] = []
    for code in [*range(0x300, 0x1F000), *range(0xE0100, 0xE01F0)]:
        if unicodedata.category(chr(code)) not in {"Mn", "Mc", "Me"}:
            continue
        if ranges and ranges[-1][1] == code - 1:
            ranges[-1] = (ranges[-1][0], code)
        else:
            ranges.append((code, code))
    return "".join(f"{chr(first)}-{chr(last)}" for first, last in ranges)
