"""A quote read for a question: its units and the runs of them, with all their signals."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.ports import TokenLocator
from core.types import Vectors
from retrieval.answering.quotes import Quote
from retrieval.answering.spans.runs import Runs, find_runs
from retrieval.answering.spans.table import Table, read_table
from retrieval.answering.spans.units import Unit, split_units, token_slices
from retrieval.answering.spans.wanted import Wanted
from retrieval.evidence.candidates import Candidate
from retrieval.sentences import Span


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DescribedQuote:
    """The runs of a quote; `absence` are the signals that none of them is the answer, by name."""

    quote: Quote
    units: Sequence[Unit]
    runs: Runs
    absence: dict[str, float]

    def span(self, run: int) -> Span:
        """Where the run stands in the article's body."""
        first = self.units[int(self.runs.starts[run])]
        last = self.units[int(self.runs.ends[run]) - 1]
        return Span(start=self.quote.run.start + first.start, end=self.quote.run.start + last.end)


def describe_quote(
    wanted: Wanted,
    quote: Quote,
    candidates: Sequence[Candidate],
    *,
    is_first: bool,
    locator: TokenLocator,
) -> DescribedQuote | None:
    """`quote` as `wanted` meets it; None without words or token vectors.

    Args:
        wanted: The question.
        quote: A run of one of the passages of `candidates`.
        candidates: All that were found; those of which `quote` consists are used.
        is_first: Whether it is the best of the quotes: the others hold the answer less often.
        locator: Reads as the embedder does.
    """
    sentences = sorted((one for one in candidates if _is_in(one, quote)), key=lambda one: one.start)
    if not sentences or not sum(len(one.tokens) for one in sentences):
        return None
    tokens = np.concatenate([one.tokens for one in sentences])
    passage = sentences[0].hit.passage
    text = passage.text[quote.run.start - passage.start : quote.run.end - passage.start]
    units = split_units(text)
    if not units:
        return None
    table = read_table(
        wanted,
        text,
        units,
        tokens,
        _slices(units, text, passage.text, quote.run.start - passage.start, tokens, locator),
        language=passage.language,
        beginnings=[one.start - quote.run.start for one in sentences],
    )
    runs = find_runs(wanted, table)
    return DescribedQuote(
        quote=quote,
        units=units,
        runs=runs,
        absence=_absence(wanted, table, runs, language=passage.language)
        | {"first_quote": float(is_first)},
    )


def _slices(
    units: Sequence[Unit],
    text: str,
    passage: str,
    start: int,
    tokens: Vectors,
    locator: TokenLocator,
) -> list[slice]:
    # By itself a quote is read in a fraction of the time, and in nearly all scripts alike.
    if locator.count_tokens([text]) == [len(tokens)]:
        return token_slices(units, text, tokens=len(tokens), locator=locator)
    return token_slices(units, passage, start=start, tokens=len(tokens), locator=locator)


def _is_in(candidate: Candidate, quote: Quote) -> bool:
    return (
        candidate.hit.passage.id == quote.run.passage_id
        and quote.run.start <= candidate.start
        and candidate.end <= quote.run.end
    )


def _absence(wanted: Wanted, table: Table, runs: Runs, *, language: str) -> dict[str, float]:
    figure, said = table.columns["figure"], table.columns["said"]
    return {
        "always": 1.0,
        "runs": float(np.log(len(runs.starts))),
        "cover": table.cover[0],
        "cover_weakest": table.cover[1],
        "figures": float(figure.any()),
        "figures_unsaid": float((figure * (1 - said)).any()),
        "same_language": float(wanted.language == language),
    }
