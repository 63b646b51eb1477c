"""What is read beside a passage when it is indexed: title, date, heading, next sentences."""

import re
from collections.abc import Iterable, Sequence

from core.ports import TokenCounter
from core.types import Article, Passage
from indexing.cleaning import find_boilerplate
from indexing.display import display_line
from indexing.graphemes import grapheme_pattern
from indexing.packing import CHARS_PER_WEIGHT
from indexing.punctuation import SENTENCE_END
from indexing.shape import Context

MAX_TITLE_TOKENS = 64
SEAM_TOKENS = 4
"""Spare for a seam between two texts, where their pieces may merge differently."""

_MAX_TOKENS = {
    Context.TITLE: MAX_TITLE_TOKENS,
    Context.DATE: 16,
    Context.HEADING: 32,
    Context.BEFORE: 64,
    Context.AFTER: 64,
}
_SENTENCE = re.compile(f"({SENTENCE_END})")


class ContextWriter:
    """Writes a passage with its context; no part of it takes more than its share of the tokens.

    Args:
        counter: Counts as the embedder does.
        room: The tokens that context and passage may take together.
    """

    def __init__(self, counter: TokenCounter, *, room: int) -> None:
        self._counter = counter
        self._shares = {part: min(most, room // 4) for part, most in _MAX_TOKENS.items()}

    def tokens(self, contexts: Iterable[Context]) -> int:
        """The most that `contexts` take, with spare for the seams between them."""
        shares = [self._shares[part] for part in contexts]
        return sum(shares) + SEAM_TOKENS * max(0, len(shares) - 1)

    def write(self, article: Article, passage: Passage, contexts: Sequence[Context]) -> str:
        """`passage.text` with those parts of its context that `contexts` name.

        Title, date and heading stand above it on a line each, neighbouring sentences on its own.
        Each part is cut to its share of the tokens; title and heading are left out where the
        passage itself begins with them.
        """
        lines = [self._line(article, passage, part) for part in Context if part in contexts]
        around = [passage.text]
        if Context.BEFORE in contexts:
            around.insert(
                0, self._cut(sentence_before(article.body, passage.start), Context.BEFORE)
            )
        if Context.AFTER in contexts:
            around.append(self._cut(sentence_after(article.body, passage.end), Context.AFTER))
        return "\n".join([*filter(None, lines), " ".join(filter(None, around))])

    def _line(self, article: Article, passage: Passage, part: Context) -> str:
        if part is Context.TITLE:
            return self._unless_repeated(article.title, passage, part)
        if part is Context.DATE and article.published_at is not None:
            return self._cut(article.published_at.date().isoformat(), part)
        if part is Context.HEADING and passage.heading is not None:
            return self._unless_repeated(passage.heading, passage, part)
        return ""

    def _unless_repeated(self, text: str, passage: Passage, part: Context) -> str:
        shown = self._cut(text, part)
        beginning = display_line(passage.text[: 2 * len(shown)])
        return "" if beginning.startswith(shown.removesuffix("…")) else shown

    def _cut(self, text: str, part: Context) -> str:
        share = self._shares[part]
        if self._counter.count_tokens([text])[0] <= share:
            return text
        for pattern in (r"\S+\s*", grapheme_pattern()):
            head = self._longest_head(re.findall(pattern, text), share)
            if head:
                return head
        return ""

    def _longest_head(self, pieces: Sequence[str], share: int) -> str:
        """As many of the first pieces as `share` tokens hold."""
        low, high = 0, len(pieces)
        while low < high:
            middle = (low + high + 1) // 2
            head = "".join(pieces[:middle])
            fits = self._counter.count_tokens([head])[0] <= share
            low, high = (middle, high) if fits else (low, middle - 1)
        return "".join(pieces[:low]).strip()


def sentences_of(line: str) -> list[str]:
    """Pieces that add up to `line`, each up to the end of a sentence with the space after it.

    >>> sentences_of("وقّعت. وعادت؟ نعم")
    ['وقّعت. ', 'وعادت؟ ', 'نعم']
    """
    parts = [*_SENTENCE.split(line), ""]
    return [text + end for text, end in zip(parts[::2], parts[1::2], strict=True) if text or end]


def sentence_before(body: str, start: int) -> str:
    """The sentence that ends before `start`, without white space; "" at the top or boilerplate."""
    reach = MAX_TITLE_TOKENS * CHARS_PER_WEIGHT
    above = body[max(0, start - reach) : start].rstrip()
    line = above.rpartition("\n")[2]
    if not line or find_boilerplate(line):
        return ""
    return sentences_of(line)[-1].strip()


def sentence_after(body: str, end: int) -> str:
    """The sentence that begins after `end`, without white space; "" at the foot or boilerplate."""
    reach = MAX_TITLE_TOKENS * CHARS_PER_WEIGHT
    line = body[end : end + reach].lstrip().partition("\n")[0]
    if not line or find_boilerplate(line):
        return ""
    return sentences_of(line)[0].strip()
