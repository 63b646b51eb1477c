"""The verifier: what a sentence says must stand in the quotes that it cites."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import anyio.to_thread

from core.ports import TokenCounter, TokenEmbedder
from core.scripts import main_script
from core.token_codec import TokenCodec
from core.types import Citation, Support, TokenVectors
from retrieval.kept import Kept
from retrieval.sentences import split_sentences
from retrieval.verification.figures import Source, figure_problems
from retrieval.verification.read_text import ReadText
from retrieval.verification.signals import Signals, read_signals
from retrieval.verification.support import SupportModel, support_model
from retrieval.verification.words import read_words

MAX_CHARS = 2_000
"""Of a sentence that is read; a longer one is no sentence."""

KEPT_QUOTES = 200
"""Quotes whose vectors are kept for the next sentence; about 60 kB each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether the quotes hold a sentence, and what they lack: short lines with the value.

    Unsupported sentences are to be withheld. `probability` is that of the model, 1 for a
    verbatim quote and 0 where a problem decides by itself.
    """

    support: Support
    problems: tuple[str, ...] = ()
    probability: float = 0.0


class Verifier:
    """Judges sentences one by one, as they are written; one pass of the model for each.

    Raises what the embedder raises. What it cannot see: who did what to whom, where the words
    are the same; negation and opposites in words that its tables lack.
    """

    def __init__(
        self,
        *,
        embedder: TokenEmbedder,
        counter: TokenCounter,
        codec: TokenCodec,
        model: SupportModel | None = None,
    ) -> None:
        """`model` in the place of the shipped one; `codec` centres the vectors of `embedder`."""
        self._embedder = embedder
        self._counter = counter
        self._codec = codec
        self._model = model
        self._quotes = Kept(self._embed_quotes, capacity=KEPT_QUOTES)

    async def verify(self, sentence: str, quotes: Sequence[Citation], *, language: str) -> Verdict:
        """Whether `quotes` hold `sentence`, which is in `language`; a verbatim one is quoted."""
        if not quotes:
            return _unsupported("no quote is cited")
        if not any(character.isalnum() for character in sentence):
            return _unsupported("the sentence says nothing")
        if len(sentence) > MAX_CHARS:
            return _unsupported(f"the sentence has {len(sentence)} characters, over {MAX_CHARS}")
        if any(is_verbatim(sentence, quote) for quote in quotes):
            return Verdict(support=Support.QUOTED, probability=1.0)
        found = await self.signals(sentence, quotes, language=language)
        if found.problems:
            return _unsupported(*found.problems)
        model = self._model or support_model()
        probability = model.probability(found.values.tolist())
        support = model.support(probability)
        if support is Support.UNSUPPORTED:
            return Verdict(
                support=support,
                problems=(f"the quotes hold it with probability {probability:.2f}",),
                probability=probability,
            )
        if support is Support.SUPPORTED and not _can_compare_names(sentence, quotes, language):
            return Verdict(
                support=Support.PARTIAL,
                problems=(f"names in {language} cannot be compared with the quotes'",),
                probability=probability,
            )
        return Verdict(support=support, probability=probability)

    async def signals(self, sentence: str, quotes: Sequence[Citation], *, language: str) -> Signals:
        """All that `verify` weighs, of a sentence with at least one quote."""
        [own] = await self._embedder.embed_query_tokens([sentence])
        kept = await self._quotes.get([quote.quote for quote in quotes])
        return await anyio.to_thread.run_sync(
            partial(self._signals, sentence, own, quotes, kept, language=language)
        )

    def _signals(
        self,
        sentence: str,
        own: TokenVectors,
        quotes: Sequence[Citation],
        kept: dict[str, TokenVectors],
        *,
        language: str,
    ) -> Signals:
        problems = figure_problems(sentence, language=language, sources=_sources(quotes))
        tokens = self._codec.centred_question(own.tokens, language=language)
        found = read_signals(
            ReadText(
                text=sentence,
                language=language,
                tokens=tokens,
                words=tuple(read_words(sentence, tokens=len(tokens), counter=self._counter)),
            ),
            [self._read_quote(quote, kept[quote.quote]) for quote in quotes],
            titles=[(quote.header.title, quote.header.language) for quote in quotes],
        )
        return Signals(values=found.values, problems=(*problems, *found.problems))

    def _read_quote(self, quote: Citation, vectors: TokenVectors) -> ReadText:
        language = quote.header.language
        tokens = self._codec.centred_passage(vectors.tokens, language=language)
        return ReadText(
            text=quote.quote,
            language=language,
            tokens=tokens,
            words=tuple(read_words(quote.quote, tokens=len(tokens), counter=self._counter)),
        )

    async def _embed_quotes(self, texts: Sequence[str]) -> dict[str, TokenVectors]:
        return dict(zip(texts, await self._embedder.embed_passage_tokens(texts), strict=True))


def is_verbatim(sentence: str, quote: Citation) -> bool:
    """Whether `sentence` is one or more whole sentences of `quote`, white space aside.

    A part of one is not: "he denies that" may stand before it.
    """
    wanted = " ".join(sentence.split())
    spans = split_sentences(quote.quote, language=quote.header.language)
    return any(
        " ".join(quote.quote[first.start : last.end].split()) == wanted
        for i, first in enumerate(spans)
        for last in spans[i:]
    )


def _can_compare_names(sentence: str, quotes: Sequence[Citation], language: str) -> bool:
    """Whether names can be looked up: by their sound, or in a quote of the same language."""
    if any(quote.header.language == language for quote in quotes):
        return True
    return main_script(sentence) in {"ARABIC", "LATIN", "CYRILLIC", None}


def _sources(quotes: Sequence[Citation]) -> list[Source]:
    return [
        Source(
            text=quote.quote,
            language=quote.header.language,
            published=quote.header.published_at.date() if quote.header.published_at else None,
        )
        for quote in quotes
    ]


def _unsupported(*problems: str) -> Verdict:
    return Verdict(support=Support.UNSUPPORTED, problems=problems)
