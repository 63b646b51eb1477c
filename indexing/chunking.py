"""Articles to passages: natural units by langchain's recursive splitter, packed to good sizes."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from core.errors import ConfigError
from core.identity import EmbedderIdentity
from core.ids import content_hash, passage_id
from core.ports import TokenCounter
from core.types import Article, Passage
from indexing.display import display_line
from indexing.graphemes import grapheme_pattern
from indexing.outline import Block, regions
from indexing.packing import CHARS_PER_WEIGHT, Sizes, Unit, halve, pack
from indexing.punctuation import CLAUSE_END, SENTENCE_END, SPACE, Break, break_between

if TYPE_CHECKING:
    from langchain_text_splitters import RecursiveCharacterTextSplitter

MAX_PASSAGE_TOKENS = 220
MAX_TITLE_TOKENS = 64
UNIT_TOKENS = 48
MIN_UNIT_TOKENS = 8
"""Shorter lines are joined with the next before packing: it bounds the work on tiny lines."""

SPECIAL_TOKENS = 4
SEAM_TOKENS = 8
"""Spare for the seams of prompt, title and passage, where pieces may merge differently."""

_SENTENCE = re.compile(f"({SENTENCE_END})")


class Chunker:
    """Splits articles and builds the texts that are embedded; thread-safe.

    A passage holds 120 to 220 tokens where the article allows it, less if the embedder takes
    less; title and passage together never exceed what the embedder takes.

    Raises:
        ConfigError: the embedder takes too few tokens to hold a passage.
    """

    def __init__(self, counter: TokenCounter, *, embedder: EmbedderIdentity) -> None:
        prompt = counter.count_tokens([embedder.passage_prompt])[0]
        room = embedder.max_tokens - SPECIAL_TOKENS - SEAM_TOKENS - prompt
        self._counter = counter
        self._title_tokens = min(MAX_TITLE_TOKENS, room // 4)
        most = min(MAX_PASSAGE_TOKENS, room - self._title_tokens)
        if most < UNIT_TOKENS:
            raise ConfigError(
                f"the model takes {embedder.max_tokens} tokens, of which {max(most, 0)} are left "
                f"for a passage; {UNIT_TOKENS} are needed: choose a model with a longer input"
            )
        self._sizes = Sizes(
            tiny=most * 40 // 220, good=most * 120 // 220, target=most * 170 // 220, most=most
        )
        self._unit_tokens = min(UNIT_TOKENS, most // 3)

    @property
    def version(self) -> str:
        """Changes when the same article would give other passages or other embedded texts."""
        return f"recursive-1/{self._unit_tokens}/{self._sizes.most}/{self._title_tokens}"

    def split(self, article: Article) -> list[Passage]:
        """Passages by order: disjoint, stripped, covering all of the body but boilerplate.

        Empty if the body is nothing but boilerplate.
        """
        weights = _Weights(self._counter)
        body = article.body
        found = regions(body)
        texts = [body[block.start : block.end] for region in found for block in region]
        weights.add(piece for text in texts for piece in _sentences(text))
        splitter = self._splitter(weights)
        runs: list[Sequence[Unit]] = []
        for region in found:
            units = _joined(self._units(body, region, weights, splitter))
            runs.extend(units[first:last] for first, last in pack(units, sizes=self._sizes))
        weights.add(body[units[0].start : units[-1].end] for units in runs)
        spans = [span for units in runs for span in self._fitting(body, units, weights)]
        headings = [block for region in found for block in region if block.is_heading]
        return _passages(article, spans, headings, weights)

    def embedding_text(self, article: Article, passage: Passage) -> str:
        """What is embedded for `passage`: the title as context, a line end, its text.

        The title is cut to its share of the tokens, and left out where the passage itself
        begins with it.
        """
        title = self._cut_title(article.title)
        beginning = display_line(passage.text[: 2 * len(title)])
        if beginning.startswith(title.removesuffix("…")):  # or there is no title left
            return passage.text
        return f"{title}\n{passage.text}"

    def _cut_title(self, title: str) -> str:
        if self._counter.count_tokens([title])[0] <= self._title_tokens:
            return title
        for pattern in (r"\S+\s*", grapheme_pattern()):
            head = self._longest_head(re.findall(pattern, title))
            if head:
                return head
        return ""

    def _longest_head(self, pieces: Sequence[str]) -> str:
        """As many of the first pieces as the title may take of the tokens."""
        low, high = 0, len(pieces)
        while low < high:
            middle = (low + high + 1) // 2
            head = "".join(pieces[:middle])
            fits = self._counter.count_tokens([head])[0] <= self._title_tokens
            low, high = (middle, high) if fits else (low, middle - 1)
        return "".join(pieces[:low]).strip()

    def _splitter(self, weights: "_Weights") -> "RecursiveCharacterTextSplitter":
        # Here and not above: questions need the chunker's version only, and this takes 0.2 s.
        from langchain_text_splitters import RecursiveCharacterTextSplitter

        return RecursiveCharacterTextSplitter(
            separators=[SENTENCE_END, CLAUSE_END, SPACE, *_grapheme_runs(), ""],
            is_separator_regex=True,
            keep_separator="end",
            add_start_index=True,
            chunk_size=self._unit_tokens,
            chunk_overlap=0,
            length_function=weights,
        )

    def _units(
        self,
        body: str,
        region: Sequence[Block],
        weights: "_Weights",
        splitter: "RecursiveCharacterTextSplitter",
    ) -> list[Unit]:
        """The blocks of a region, those that are too long in pieces."""
        spans: list[tuple[int, int, int, bool]] = []
        for block in region:
            text = body[block.start : block.end]
            whole = sum(weights(piece) for piece in _sentences(text))
            if whole <= self._unit_tokens:
                spans.append((block.start, block.end, whole, block.is_heading))
                continue
            for piece in splitter.create_documents([text]):
                start = block.start + piece.metadata["start_index"]
                end = start + len(piece.page_content)
                spans.append((start, end, weights(piece.page_content), block.is_heading))
        return _with_breaks(body, spans)

    def _fitting(
        self, body: str, units: Sequence[Unit], weights: "_Weights"
    ) -> list[tuple[int, int]]:
        """The span of `units`, cut again while its true weight is more than the sum promised."""
        start, end = units[0].start, units[-1].end
        if len(units) == 1 or weights(body[start:end]) <= self._sizes.most:
            return [(start, end)]
        middle = halve(units)
        return [
            *self._fitting(body, units[:middle], weights),
            *self._fitting(body, units[middle:], weights),
        ]


class _Weights:
    """Token counts of the pieces of one article, each counted once.

    The weight of a text is its tokens, or its characters over CHARS_PER_WEIGHT if that is more.
    """

    def __init__(self, counter: TokenCounter) -> None:
        self._counter = counter
        self._tokens: dict[str, int] = {"": 0}

    def add(self, texts: Iterable[str]) -> None:
        """Count many at once, which is several times as fast as one by one."""
        unknown = list(dict.fromkeys(text for text in texts if text not in self._tokens))
        self._tokens.update(zip(unknown, self._counter.count_tokens(unknown), strict=True))

    def tokens(self, text: str) -> int:
        """The tokens of `text`, as the embedder counts them."""
        if text not in self._tokens:
            self.add([text])
        return self._tokens[text]

    def __call__(self, text: str) -> int:
        return max(self.tokens(text), -(-len(text) // CHARS_PER_WEIGHT))


@lru_cache(maxsize=1)
def _grapheme_runs() -> list[str]:
    """The last resort for text without any separator: runs of graphemes, then single ones."""
    return [f"{grapheme_pattern()}{{16}}", grapheme_pattern()]


def _sentences(line: str) -> list[str]:
    """Pieces that add up to `line`, exactly as the splitter's first step cuts it."""
    parts = [*_SENTENCE.split(line), ""]
    return [text + end for text, end in zip(parts[::2], parts[1::2], strict=True) if text or end]


def _with_breaks(body: str, spans: Sequence[tuple[int, int, int, bool]]) -> list[Unit]:
    """Units out of (start, end, weight, is heading)."""
    return [
        Unit(
            start=start,
            end=end,
            weight=weight,
            is_heading=heading,
            break_after=_break_after(body, spans, index),
        )
        for index, (start, end, weight, heading) in enumerate(spans)
    ]


def _break_after(body: str, spans: Sequence[tuple[int, int, int, bool]], index: int) -> Break:
    if index + 1 == len(spans):
        return Break.PARAGRAPH
    start, end, _, heading = spans[index]
    following, _, _, heads = spans[index + 1]
    if heads and not heading:
        return Break.SECTION
    return break_between(body[max(start, end - 12) : end], body[end:following])


def _joined(units: Sequence[Unit]) -> list[Unit]:
    """Units with each tiny one joined to its successor, headings left alone."""
    joined: list[Unit] = []
    for unit in units:
        before = joined[-1] if joined else None
        if (
            before is None
            or before.is_heading
            or unit.is_heading
            or before.weight >= MIN_UNIT_TOKENS
            or unit.end - before.start > UNIT_TOKENS * CHARS_PER_WEIGHT
        ):
            joined.append(unit)
            continue
        joined[-1] = Unit(
            start=before.start,
            end=unit.end,
            weight=before.weight + unit.weight,
            break_after=unit.break_after,
        )
    return joined


def _passages(
    article: Article,
    spans: Sequence[tuple[int, int]],
    headings: Sequence[Block],
    weights: _Weights,
) -> list[Passage]:
    """Passages of the given spans, each under the last heading at or before its start."""
    digest = content_hash(article)
    passages: list[Passage] = []
    heading: str | None = None
    waiting = list(reversed(headings))
    for order, (start, end) in enumerate(spans):
        while waiting and waiting[-1].start <= start:
            block = waiting.pop()
            heading = article.body[block.start : block.end]
        text = article.body[start:end]
        passages.append(
            Passage(
                id=passage_id(article.id, order, digest),
                article_id=article.id,
                order=order,
                start=start,
                end=end,
                text=text,
                language=article.language,
                tokens=weights.tokens(text),
                heading=heading,
            )
        )
    return passages
