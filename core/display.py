"""What is shown of text that others wrote: it steers nothing around it, and offsets stay true.

Articles and questions may hold characters that reorder, hide or command: CVE-2021-42574 ("Trojan
Source") shows readers another order of words than the one that was read. Data stays as it is;
only what a person sees goes through here.
"""

import re
import unicodedata

STAND_IN = "\u2060"
"""WORD JOINER: invisible, and of bidi class BN, which the bidi algorithm leaves out (UAX #9 X9)."""

CONTROL_SHOWN = "\ufffd"

_BIDI_CONTROLS = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
"""The property Bidi_Control: marks, embeddings, overrides and isolates."""
_INVISIBLE_CONTROLS = "\u206a-\u206f\ufff9-\ufffb\U000e0000-\U000e007f"
"""Deprecated format characters, interlinear annotation, and tags, which can hide a sentence."""
_SEPARATORS = "\u2028\u2029"
_CONTROLS = "\x00-\x08\x0b-\x1f\x7f-\x9f"
_FLAG = "\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{1,6}\U000e007f"
"""An emoji flag such as Scotland's, the one use that tags have (UTS #51, section 1.4.6)."""

_STEERS = re.compile(f"{_FLAG}|[{_BIDI_CONTROLS}{_INVISIBLE_CONTROLS}{_SEPARATORS}{_CONTROLS}]")

_FIRST_STRONG_ISOLATE, _POP_ISOLATE = "\u2068", "\u2069"
_ISOLATE = re.compile(
    f"{_FIRST_STRONG_ISOLATE}([^{_FIRST_STRONG_ISOLATE}{_POP_ISOLATE}\n]*){_POP_ISOLATE}"
)
_BREAKS = str.maketrans("\n\t", "  ")
_FOREIGN = {False: frozenset({"R", "AL", "AN"}), True: frozenset({"L", "EN"})}
"""Bidi classes whose direction is not that of a sentence, by whether it runs from the right."""


def neutralise(text: str) -> str:
    r"""`text` with a stand-in for each character that steers: as many code points as before.

    Bidi controls, tags and other invisible commands become STAND_IN, control characters U+FFFD,
    line and paragraph separators line ends. ZWNJ, ZWJ, variation selectors and ZWSP stay: words
    and emoji are spelled with them, and they reorder nothing.

    >>> neutralise("می‌رود \u202e0001\u202c\x1b[31m") == "می‌رود \u20600001\u2060\ufffd[31m"
    True
    """
    return _STEERS.sub(_stand_in, text)


def isolated(text: str, *, in_rtl: bool) -> str:
    """`text` on one line, to be put into a sentence of ours without moving its other words.

    It is set between FSI and PDI (UAX #9, section 2.4) if it holds a character whose direction is
    not the sentence's: a date in Arabic, or an Arabic headline in English.

    Args:
        text: Neutralised here.
        in_rtl: Whether the sentence runs from right to left.
    """
    line = neutralise(text).translate(_BREAKS)
    classes = set(map(unicodedata.bidirectional, line))
    # A number alone looks the same in every direction.
    if line.isdecimal() or not classes & _FOREIGN[in_rtl]:
        return line
    return f"{_FIRST_STRONG_ISOLATE}{line}{_POP_ISOLATE}"


def neutralise_composed(text: str) -> str:
    """`text` of ours neutralised, but for the isolates that `isolated` set in it."""
    parts = _ISOLATE.split(text)
    return "".join(
        f"{_FIRST_STRONG_ISOLATE}{neutralise(part)}{_POP_ISOLATE}" if odd % 2 else neutralise(part)
        for odd, part in enumerate(parts)
    )


def shortened(text: str, *, limit: int) -> str:
    """`text` itself, or at most `limit` code points of it and an ellipsis, cut before a space.

    A text without a space near the end is cut between characters that are no combining marks.
    """
    if len(text) <= limit:
        return text
    space = text.rfind(" ", limit // 2, limit + 1)
    end = limit if space < 0 else space
    while end > 1 and unicodedata.category(text[end]) in {"Mn", "Me", "Mc", "Cf", "Sk"}:
        end -= 1
    return f"{text[:end].rstrip()}…"


def _stand_in(found: re.Match[str]) -> str:
    character = found.group()
    if len(character) > 1:  # a flag
        return character
    if character in _SEPARATORS:
        return "\n"
    return CONTROL_SHOWN if unicodedata.category(character) == "Cc" else STAND_IN
