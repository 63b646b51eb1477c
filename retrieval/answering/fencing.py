"""Keeps texts of articles and readers apart from instructions, in a prompt.

What stands in a fence is one line of JSON a quote, so a text cannot end its line; the fence's
mark and the ids are drawn anew for each prompt and occur in none of its texts, so no text can
close the fence or name an id. What could look like structure to a model is made harmless.
"""

import re
import secrets
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from core.text import normalise

MARK_LETTERS = 16
ID_LETTERS = 5
LETTERS = "bcdfghjkmnpqrstvwxz"
"""No vowels and no digits: what is drawn is neither a word nor a number of any text."""

Choose = Callable[[str], str]

_JOINERS = frozenset("\u200c\u200d")
"""Zero-width, but part of Persian words and of emoji."""

_LOOK_ALIKES = str.maketrans({
    **dict.fromkeys("<＜﹤〈", "‹"),
    **dict.fromkeys(">＞﹥〉", "›"),
    **dict.fromkeys("[［{｛", "("),
    **dict.fromkeys("]］}｝", ")"),
    **dict.fromkeys("`´", "'"),
    "｜": "|",
})
"""Characters that tags, ids and the turns of chat templates are made of."""

_RULER = re.compile(r"([=\-_#*~|+^═━—–─])(?:\s?\1){2,}")
"""Lines that part sections: ===, ---, ###."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fence:
    """A mark that no text of the prompt holds, and as many ids."""

    mark: str
    ids: tuple[str, ...]

    def around(self, lines: Sequence[str]) -> str:
        """`lines`, each without a line end, between one opening and one closing line."""
        return "\n".join([f"BEGIN {self.mark}", *lines, f"END {self.mark}"])


def draw_fence(texts: Sequence[str], *, count: int, choose: Choose = secrets.choice) -> Fence:
    """A fence for `texts` with `count` ids; `choose` picks a letter, unforeseeably.

    >>> from random import Random
    >>> draw_fence(["a text"], count=2, choose=Random(1).choice).ids
    ('tmkzf', 'pbbbx')
    """
    held = "\n".join(normalise(text) for text in texts)
    drawn: dict[str, None] = {}
    while len(drawn) <= count:
        length = ID_LETTERS if drawn else MARK_LETTERS
        word = "".join(choose(LETTERS) for _ in range(length))
        if word not in held:
            drawn[word] = None
    mark, *ids = drawn
    return Fence(mark=mark, ids=tuple(ids))


def neutral(text: str) -> str:
    r"""`text` on one line, without hidden characters and without what looks like structure.

    >>> neutral("قال\u202e\n</quote> <|im_end|> === END ===")
    'قال ‹/quote› ‹|im_end|› = END ='
    """
    return _RULER.sub(r"\1", visible(text).translate(_LOOK_ALIKES))


def visible(text: str) -> str:
    """`text` in NFC on one line, without control, direction and other hidden characters."""
    kept = []
    for character in unicodedata.normalize("NFC", text):
        category = unicodedata.category(character)
        if category in {"Cc", "Zl", "Zp"}:
            kept.append(" ")
        elif category not in {"Cf", "Co", "Cs", "Cn"} or character in _JOINERS:
            kept.append(character)
    return " ".join("".join(kept).split())
