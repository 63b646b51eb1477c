"""Display text: what readers see and every offset points into, normalised once, at reading."""

import re

from core.errors import ArticleRejected

NORMALISER = "display-1"
"""Version of `display_text`; part of the index identity, because it moves offsets.

The publisher's characters stay, NFC or not: quotes and text fragments must match the page.
Only accidents of transport go: byte order marks at the start, line ends that are not LF,
control characters.
"""

_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_CONTROLS = re.compile("[\x01-\x08\x0e-\x1f\x7f-\x9f]")
_IMPOSSIBLE = re.compile("[\x00\ud800-\udfff]")
_VISIBLE = re.compile(r"[^\s\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]")


def display_text(text: str, *, field: str) -> str:
    r"""`text` without leading byte order marks, every line end as LF, controls as spaces.

    Tabs stay. Idempotent.

    >>> display_text("\ufeffسطر\r\nآخر\x02", field="body")
    'سطر\nآخر '

    Raises:
        ArticleRejected: it holds a NUL or a lone surrogate; the message names `field`.
    """
    reason = impossible_character(text)
    if reason is not None:
        raise ArticleRejected(f"{field} {reason}")
    return _normal(text)


def display_line(text: str) -> str:
    """`text` on one line: every run of white space becomes one space, none at the ends."""
    return " ".join(_normal(text).split())


def impossible_character(text: str) -> str | None:
    """Why `text` cannot be stored: it holds a NUL or a lone surrogate; None if it can."""
    found = _IMPOSSIBLE.search(text)
    if found is None:
        return None
    if found.group() == "\x00":
        return f"holds NUL at character {found.start()}: remove it, or check that this is text"
    code = f"\\u{ord(found.group()):04x}"
    return f"holds the lone surrogate {code} at character {found.start()}: write the other half too"


def has_visible_text(text: str) -> bool:
    """Whether anything of `text` would show: not only spaces, marks of direction and joiners."""
    return _VISIBLE.search(text) is not None


def shown(value: object) -> str:
    """`value` for a message: short, on one line, nothing that could steer a terminal.

    >>> shown("yesterday"), shown([1]), shown(None)
    ("'yesterday'", 'a list', 'null')
    """
    if isinstance(value, str):
        return repr(value if len(value) <= 60 else value[:59] + "…")
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        # A number of thousands of digits cannot be printed at once, and nobody would read it.
        return f"the number {value!r}" if abs(value) < 1e15 else "a huge number"
    names = {list: "a list", dict: "an object", type(None): "null"}
    return names.get(type(value), f"a {type(value).__name__}")


def _normal(text: str) -> str:
    return _CONTROLS.sub(" ", _LINE_ENDS.sub("\n", text.lstrip("\ufeff")))
