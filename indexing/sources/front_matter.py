"""The YAML block at the head of a Markdown file, as the values of the article schema."""

import re
from dataclasses import dataclass

import yaml

from core.errors import ArticleRejected
from indexing.display import shown

MAX_CHARS = 100_000

_OPENING = re.compile(r"---[ \t]*\n")
_CLOSING = re.compile(r"^(?:---|\.\.\.)[ \t]*$", re.MULTILINE)
_KEY = re.compile(r"[A-Za-z_][\w-]*[ \t]*:")
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontMatter:
    """Values by key, and the text below the block."""

    values: dict[str, object]
    text: str


def split_front_matter(text: str) -> FrontMatter:
    """The front matter of `text`, whose line ends are LF; no values if it has none.

    Every scalar is read as text, so that the language `no` stays Norwegian and dates stay as
    they were written.

    Raises:
        ArticleRejected: the block is not closed, not YAML, or not a list of keys and values.
    """
    opening = _OPENING.match(text)
    if opening is None:
        return FrontMatter(values={}, text=text)
    closing = _CLOSING.search(text, opening.end())
    if closing is None or closing.start() - opening.end() > MAX_CHARS:
        if _KEY.match(text, opening.end()) is None:
            return FrontMatter(values={}, text=text)
        raise ArticleRejected("the front matter is not closed: end it with a line of ---")
    block = text[opening.end() : closing.start()]
    return FrontMatter(values=_values(block), text=text[closing.end() :])


def _values(block: str) -> dict[str, object]:
    try:
        # BaseLoader makes texts, lists and dictionaries only: it runs nothing.
        loaded = yaml.load(block, Loader=yaml.BaseLoader)  # noqa: S506
    except yaml.MarkedYAMLError as exc:
        line = "" if exc.problem_mark is None else f" in line {exc.problem_mark.line + 2}"
        raise ArticleRejected(f"the front matter is not YAML{line}: {exc.problem}") from exc
    except (yaml.YAMLError, RecursionError) as exc:
        raise ArticleRejected("the front matter is not YAML") from exc
    if loaded is None or loaded == "":
        return {}
    if not isinstance(loaded, dict):
        raise ArticleRejected(f"the front matter is {shown(loaded)}; write keys and values")
    return {
        str(key): None if isinstance(value, str) and value in _NULLS else value
        for key, value in loaded.items()
    }
