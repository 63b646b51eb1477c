"""Articles to passages: natural units by langchain's recursive splitter, packed to good sizes."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from core.errors import ConfigError
from core.identity import EmbedderIdentity
from core.ids import content_hash, passage_id
from core.ports import TokenCounter
from core.types import Article, Passage
from indexing.context import SEAM_TOKENS, ContextWriter, sentences_of
from indexing.graphemes import grapheme_pattern
from indexing.outline import Block, regions
from indexing.overlap import lead_start
from indexing.packing import CHARS_PER_WEIGHT, Sizes, Unit, halve, pack
from indexing.punctuation import CLAUSE_END, SENTENCE_END, SPACE, Break, break_between
from indexing.shape import DEFAULT_SHAPE, MIN_PASSAGE_TOKENS, Context, PassageShape
from indexing.weights import Weights

if TYPE_CHECKING:
    from langchain_text_splitters import RecursiveCharacterTextSplitter

UNIT_TOKENS = 48
MIN_UNIT_TOKENS = 8
"""Shorter lines are joined with the next before packing: it bounds the work on tiny lines."""

SPECIAL_TOKENS = 4


class Chunker:
    """Splits articles and builds the texts that are embedded; thread-safe.

    A passage of the default shape holds 120 to 220 tokens where the article allows it, less if the
    embedder takes less; context and passage together never exceed what the embedder takes.

    Raises:
        ConfigError: the embedder takes too few tokens to hold a passage.
    """

    def __init__(
        self,
        counter: TokenCounter,
        *,
        embedder: EmbedderIdentity,
        shape: PassageShape = DEFAULT_SHAPE,
    ) -> None:
        prompt = counter.count_tokens([embedder.passage_prompt])[0]
        room = embedder.max_tokens - SPECIAL_TOKENS - 2 * SEAM_TOKENS - prompt
        self._counter = counter
        self._writer = ContextWriter(counter, room=room)
        most = min(shape.most_tokens, room - self._writer.tokens(shape.context))
        if most < MIN_PASSAGE_TOKENS:
            raise ConfigError(
                f"the model takes {embedder.max_tokens} tokens, of which {max(most, 0)} are left "
                f"for a passage; {MIN_PASSAGE_TOKENS} are needed: choose a model with a longer "
                "input, or less context"
            )
        overlap = min(shape.overlap_tokens, most // 2)
        self._shape = replace(shape, most_tokens=most, overlap_tokens=overlap)
        own = self._shape.own_tokens
        self._sizes = Sizes(
            tiny=own * 40 // 220, good=own * 120 // 220, target=own * 170 // 220, most=own
        )
        self._unit_tokens = min(UNIT_TOKENS, own // 3)

    @property
    def version(self) -> str:
        """Changes when the same article would give other passages or other texts to index."""
        shape = self._shape
        title = self._writer.tokens([Context.TITLE]) if Context.TITLE in shape.context else 0
        parts = ["recursive-1", self._unit_tokens, shape.most_tokens, title]
        if shape.overlap_tokens:
            most = shape.overlap_sentences
            parts.append(f"overlap-{shape.overlap_tokens}" + (f"-{most}" if most else ""))
        if set(shape.context) - {Context.TITLE}:
            parts.append(f"embeds-{_named(shape.context)}")
        if set(shape.lexical_context) != set(shape.context):
            parts.append(f"indexes-{_named(shape.lexical_context)}")
        return "/".join(map(str, parts))

    def split(self, article: Article) -> list[Passage]:
        """Passages by order: stripped, covering all of the body but boilerplate.

        They are disjoint unless the shape overlaps; then the beginning of a passage repeats the
        end of what stands before it, and each begins and ends after the one before it. Empty if
        the body is nothing but boilerplate.
        """
        weights = Weights(self._counter)
        body = article.body
        found = regions(body)
        texts = [body[block.start : block.end] for region in found for block in region]
        weights.add(piece for text in texts for piece in sentences_of(text))
        splitter = self._splitter(weights)
        spans: list[tuple[int, int]] = []
        for region in found:
            units = _joined(self._units(body, region, weights, splitter))
            spans.extend(self._spans(body, units, weights))
        headings = [block for region in found for block in region if block.is_heading]
        return _passages(article, spans, headings, weights)

    def _spans(
        self, body: str, units: Sequence[Unit], weights: Weights
    ) -> Iterator[tuple[int, int]]:
        """The spans of a region's passages."""
        runs = pack(units, sizes=self._sizes)
        weights.add(body[units[first].start : units[last - 1].end] for first, last in runs)
        earlier, before = 0, 0
        for first, last in runs:
            spans = self._fitting(body, units[first:last], weights)
            end = spans[0][1]
            reach = units[earlier : first + 1]
            yield self._lead(body, reach, before=before, end=end, weights=weights), end
            yield from spans[1:]
            earlier, before = first, spans[-1][0]

    def _lead(
        self, body: str, units: Sequence[Unit], *, before: int, end: int, weights: Weights
    ) -> int:
        """Where a passage begins: its own text, up to `end`, begins with the last of `units`.

        `before` is where the own text of the passage before it begins.
        """
        own = units[-1].start
        if not self._shape.overlap_tokens:
            return own
        index = lead_start(
            units,
            after=before,
            shape=self._shape,
            weigh=lambda first: weights(body[units[first].start : own]),
        )
        start = units[index].start
        return start if weights(body[start:end]) <= self._shape.most_tokens else own

    def embedding_text(self, article: Article, passage: Passage) -> str:
        """What is embedded for `passage`: its text with the context that the shape names."""
        return self._writer.write(article, passage, self._shape.context)

    def lexical_text(self, article: Article, passage: Passage) -> str:
        """What the word index reads for `passage`, which may have another context."""
        return self._writer.write(article, passage, self._shape.lexical_context)

    def _splitter(self, weights: Weights) -> "RecursiveCharacterTextSplitter":
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
        weights: Weights,
        splitter: "RecursiveCharacterTextSplitter",
    ) -> list[Unit]:
        """The blocks of a region, those that are too long in pieces."""
        spans: list[tuple[int, int, int, bool]] = []
        for block in region:
            text = body[block.start : block.end]
            whole = sum(weights(piece) for piece in sentences_of(text))
            if whole <= self._unit_tokens:
                spans.append((block.start, block.end, whole, block.is_heading))
                continue
            for piece in splitter.create_documents([text]):
                start = block.start + piece.metadata["start_index"]
                end = start + len(piece.page_content)
                spans.append((start, end, weights(piece.page_content), block.is_heading))
        return _with_breaks(body, spans)

    def _fitting(self, body: str, units: Sequence[Unit], weights: Weights) -> list[tuple[int, int]]:
        """The span of `units`, cut again while its true weight is more than the sum promised."""
        start, end = units[0].start, units[-1].end
        if len(units) == 1 or weights(body[start:end]) <= self._sizes.most:
            return [(start, end)]
        middle = halve(units)
        return [
            *self._fitting(body, units[:middle], weights),
            *self._fitting(body, units[middle:], weights),
        ]


def _named(contexts: Sequence[Context]) -> str:
    return "+".join(part.value for part in Context if part in contexts) or "nothing"


@lru_cache(maxsize=1)
def _grapheme_runs() -> list[str]:
    """The last resort for text without any separator: runs of graphemes, then single ones."""
    return [f"{grapheme_pattern()}{{16}}", grapheme_pattern()]


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
    weights: Weights,
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
