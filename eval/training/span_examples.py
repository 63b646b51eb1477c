"""Quotes of a parallel collection as they are shown, with what their topics' answers are."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain, product
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.ports import TokenLocator
from core.types import PassageFilter
from eval.collection import Collection, Topic, read_collection
from eval.training.examples import Archives, every_pair, is_in_check
from retrieval.answering.extractive import ExtractiveAnswerer
from retrieval.answering.quotes import choose_quotes
from retrieval.answering.spans.asked import Asked
from retrieval.answering.spans.described import DescribedQuote, describe_quote
from retrieval.answering.spans.model import overlap
from retrieval.answering.spans.wanted import read_wanted
from retrieval.search import Searcher

QUOTES = 3
"""As many as an answer gives where nobody asks for another number."""


WHOLE = frozenset({"ar", "en"})
"""Languages among which every topic is asked: their pairs are reported one by one."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SpanExample:
    """One quote given to one topic that asks for a short answer.

    Attributes:
        pair: Languages of question and documents, "en->ar".
        kind: What is asked for.
        source: Its source article, the same in all languages.
        in_check: Whether that is one of those that check.
        described: The quote as the model reads it.
        text: Of the quote.
        answers: The answers of the topic that stand in it, verbatim; empty if none does.
        overlaps: (m,) for each run the best overlap (F1 of characters) with an answer in its place.
    """

    pair: str
    kind: Asked
    source: str
    in_check: bool
    described: DescribedQuote
    text: str
    answers: tuple[str, ...]
    overlaps: NDArray[np.float32]


def span_pairs(folder: Path, *, topics_per_pair: int) -> list[Collection]:
    """The language pairs of a parallel collection: those of WHOLE, and samples of the others."""
    languages = sorted(entry.name for entry in (folder / "queries").iterdir())
    sampled = every_pair(folder, topics_per_pair=topics_per_pair)
    return [
        read_collection(folder, query_languages=[asked], document_languages=[indexed])
        if {asked, indexed} <= WHOLE
        else sample
        for (asked, indexed), sample in zip(product(languages, languages), sampled, strict=True)
    ]


async def gather_span_examples(
    searcher: Searcher,
    answerer: ExtractiveAnswerer,
    locator: TokenLocator,
    collection: Collection,
    archives: Archives,
    *,
    on_topic: Callable[[], None],
) -> list[SpanExample]:
    """The quotes that each topic gets from the paragraphs of its document language."""
    examples = []
    for topic in collection.topics:
        gold_id = next(iter(topic.relevant))
        where = PassageFilter(languages=(archives.languages[gold_id],))
        ranking = await searcher.rank(topic.text, where=where)
        wanted = read_wanted(ranking.reading, locator)
        if wanted.kind is not Asked.OPEN:
            evidence = await answerer.weigh(ranking)
            candidates = [piece.candidate for piece in evidence]
            texts = {one.hit.passage.id: one.hit.passage for one in candidates}
            shown = choose_quotes(evidence, count=QUOTES, question=topic.text).quotes
            for i, quote in enumerate(shown):
                described = describe_quote(
                    wanted, quote, candidates, is_first=i == 0, locator=locator
                )
                if described is None:
                    continue
                passage = texts[quote.run.passage_id]
                text = passage.text[quote.run.start - passage.start : quote.run.end - passage.start]
                answers = _answers_in(text, topic, quote.run.article_id)
                examples.append(
                    SpanExample(
                        pair=collection.pair(topic),
                        kind=wanted.kind,
                        source=archives.sources[gold_id],
                        in_check=is_in_check(archives.sources[gold_id]),
                        described=described,
                        text=text,
                        answers=answers,
                        overlaps=answer_overlaps(described, text, answers),
                    )
                )
        on_topic()
    return examples


def answer_overlaps(
    described: DescribedQuote, text: str, answers: Sequence[str]
) -> NDArray[np.float32]:
    """(m,): the best overlap of each run with any place in `text` of any of `answers`."""
    places = list(chain.from_iterable(_places(text, answer) for answer in answers))
    runs = described.runs
    if not places:
        return np.zeros(len(runs.starts), dtype=np.float32)
    firsts = np.array([unit.start for unit in described.units])[runs.starts]
    lasts = np.array([unit.end for unit in described.units])[runs.ends - 1]
    starts, ends = np.array(places).T
    return np.asarray(overlap(firsts, lasts, starts, ends).max(axis=1), dtype=np.float32)


def _answers_in(text: str, topic: Topic, article_id: str) -> tuple[str, ...]:
    return tuple(
        gold.quote.strip()
        for gold in topic.gold
        if gold.article_id == article_id and _places(text, gold.quote.strip())
    )


def _places(text: str, answer: str) -> list[tuple[int, int]]:
    """Where `answer` stands in `text`; not inside a number: "8" does not stand in "1988"."""
    found = []
    start = text.find(answer)
    while start >= 0 and answer:
        end = start + len(answer)
        cut_before = answer[0].isdigit() and text[:start][-1:].isdigit()
        cut_after = answer[-1].isdigit() and text[end : end + 1].isdigit()
        if not cut_before and not cut_after:
            found.append((start, end))
        start = text.find(answer, start + 1)
    return found
