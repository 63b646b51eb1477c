"""The short answer in the best quote: marked if the question asks for one and the model is sure."""

from collections.abc import Sequence
from dataclasses import replace

from core.ports import TokenLocator
from retrieval.answering.quotes import Quote
from retrieval.answering.spans.asked import Asked
from retrieval.answering.spans.described import describe_quote
from retrieval.answering.spans.model import SpanModel
from retrieval.answering.spans.wanted import Wanted, read_wanted
from retrieval.evidence.candidates import Candidate
from retrieval.reading import Reading
from retrieval.sentences import Span


class AnswerMarker:
    """Marks short answers with a learnt model, read by the embedder that it was learnt on."""

    def __init__(self, model: SpanModel, locator: TokenLocator) -> None:
        self._model = model
        self._locator = locator

    def mark(
        self, reading: Reading, quotes: Sequence[Quote], candidates: Sequence[Candidate]
    ) -> list[Quote]:
        """`quotes`, best first, the best one with the short answer that stands in it.

        Without, where the question asks for none, or where the model is not sure: a wrong mark
        harms more than a missing one. In the other quotes it is never sure enough, so they are not
        read (DECISIONS.md). `candidates` are those that the quotes consist of.
        """
        wanted = read_wanted(reading, self._locator)
        if not quotes or wanted.kind is Asked.OPEN or not len(wanted.whole):
            return list(quotes)
        best, *others = quotes
        return [replace(best, answers=self._answers(wanted, best, candidates)), *others]

    def _answers(
        self, wanted: Wanted, quote: Quote, candidates: Sequence[Candidate]
    ) -> tuple[Span, ...]:
        described = describe_quote(wanted, quote, candidates, is_first=True, locator=self._locator)
        if described is None:
            return ()
        run, signals = self._model.likeliest(wanted.kind, described)
        sure = self._model.sure(signals) >= self._model.sure_above
        return (described.span(run),) if sure else ()
