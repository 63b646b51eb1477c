"""Which runs of which articles are quoted: the best, none twice."""

from collections.abc import Sequence
from dataclasses import dataclass

from retrieval.evidence.candidates import Candidate
from retrieval.evidence.ranking import Evidence
from retrieval.signals import term_overlap

SAME_SENTENCE_OVERLAP = 0.8
"""Share of common words from which a sentence repeats another one."""

MAX_JOINED = 2
"""Sentences in one quote: more would hide the answer."""

EXTRA_SENTENCES = 2
"""Sentences that may join the quotes beyond one a quote."""

LONGEST_LIST = 20
"""Pieces of evidence looked at when quotes are chosen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """A run of an article of one or two adjacent sentences, verbatim: `body[start:end]`."""

    article_id: str
    passage_id: str
    start: int
    end: int


def choose_quotes(evidence: Sequence[Evidence], *, count: int) -> list[Quote]:
    """At most `count` quotes of ranked evidence, best first, none repeating another.

    Two sentences that follow one another become one quote: the answer often stands just
    after the sentence that names its subject.
    """
    quotes: list[list[Candidate]] = []
    for piece in _unlike(evidence)[: count + EXTRA_SENTENCES]:
        candidate = piece.candidate
        joined = [quote for quote in quotes if _adjacent(quote, candidate)]
        if joined:
            joined[0].append(candidate)
        else:
            quotes.append([candidate])
    return [
        Quote(
            article_id=quote[0].hit.header.id,
            passage_id=quote[0].hit.passage.id,
            start=min(candidate.start for candidate in quote),
            end=max(candidate.end for candidate in quote),
        )
        for quote in quotes[:count]
    ]


def _unlike(evidence: Sequence[Evidence]) -> list[Evidence]:
    chosen: list[Evidence] = []
    for piece in evidence[:LONGEST_LIST]:
        if all(
            term_overlap(piece.candidate.text, other.candidate.text) < SAME_SENTENCE_OVERLAP
            for other in chosen
        ):
            chosen.append(piece)
    return chosen


def _adjacent(quote: Sequence[Candidate], candidate: Candidate) -> bool:
    orders = [one.order for one in quote]
    return (
        len(quote) < MAX_JOINED
        and quote[0].hit.passage.id == candidate.hit.passage.id
        and min(orders) - 1 <= candidate.order <= max(orders) + 1
    )
