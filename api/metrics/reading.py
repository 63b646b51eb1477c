"""Searches and answers, counted and timed by stage."""

from collections.abc import Mapping

from prometheus_client import CollectorRegistry, Counter, Histogram

from api.metrics.buckets import STAGE_S, WHOLE_S
from core.types import Answer
from retrieval.query import SearchMode, SearchResults

STAGES = frozenset({"embed", "search", "rerank", "answer", "generate"})
"""Keys of `timing_ms`."""

OTHER = "other"


class ReadingMetrics:
    """What the read path tells of itself, whichever door it was asked through."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._searches = Counter(
            "sanad_searches",
            "Searches, by mode and by whether they found some or none.",
            ["mode", "found"],
            registry=registry,
        )
        self._stage_seconds = Histogram(
            "sanad_stage_seconds",
            "Stages of a search or an answer.",
            ["door", "stage"],
            buckets=STAGE_S,
            registry=registry,
        )
        self._answers = Counter(
            "sanad_answers",
            "Answers: answered, partial or abstained; extractive or generated.",
            ["status", "mode"],
            registry=registry,
        )
        self._seconds = Histogram(
            "sanad_answer_seconds", "Whole answers.", buckets=WHOLE_S, registry=registry
        )
        self._first_sentence_seconds = Histogram(
            "sanad_answer_first_sentence_seconds",
            "From a question to the first sentence of its streamed answer.",
            buckets=WHOLE_S,
            registry=registry,
        )
        self._quotes = Counter("sanad_answer_quotes", "Citations given.", registry=registry)
        self._withheld = Counter(
            "sanad_answer_sentences_withheld",
            "Generated sentences that no quote proved.",
            registry=registry,
        )

    def searched(self, results: SearchResults, *, mode: SearchMode) -> None:
        """A search was served."""
        self._searches.labels(mode.value, "some" if results.hits else "none").inc()
        self._time("search", results.timing_ms)

    def answered(self, answer: Answer, *, seconds: float) -> None:
        """An answer, or an abstention, is whole."""
        self._answers.labels(answer.status.value, answer.mode).inc()
        self._seconds.observe(seconds)
        self._quotes.inc(len(answer.citations))
        self._withheld.inc(answer.withheld)
        self._time("answers", answer.timing_ms)

    def first_sentence(self, *, seconds: float) -> None:
        """The first sentence of a streamed answer is on its way."""
        self._first_sentence_seconds.observe(seconds)

    def _time(self, door: str, timing_ms: Mapping[str, float]) -> None:
        for stage, took_ms in timing_ms.items():
            label = stage if stage in STAGES else OTHER
            self._stage_seconds.labels(door, label).observe(took_ms / 1e3)
