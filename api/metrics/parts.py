"""What the parts tell of themselves at every scrape: the load of the model and the index's size."""

from collections.abc import Callable, Iterable

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, SummaryMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from core.serving import ServingFigures
from core.types import IndexStatus


class PartsCollector(Collector):
    """Reads figures that are at hand; asks no part to count anything."""

    def __init__(
        self,
        *,
        embedder: Callable[[], ServingFigures | None],
        index: Callable[[], IndexStatus | None],
    ) -> None:
        self._embedder = embedder
        self._index = index

    def collect(self) -> Iterable[Metric]:
        """The numbers of now; none of a part that tells none."""
        figures, status = self._embedder(), self._index()
        if figures is not None:
            yield from _of_embedder(figures)
        if status is not None:
            yield GaugeMetricFamily(
                "sanad_index_articles", "Articles in the index.", value=status.articles
            )
            yield GaugeMetricFamily(
                "sanad_index_passages", "Passages that can be found.", value=status.passages
            )


def _of_embedder(figures: ServingFigures) -> Iterable[Metric]:
    questions = CounterMetricFamily(
        "sanad_embedder_questions",
        "Questions whose vectors were at hand (hit) or had to be made (miss).",
        labels=["cache"],
    )
    questions.add_metric(["hit"], figures.hits)
    questions.add_metric(["miss"], figures.misses)
    yield questions
    yield GaugeMetricFamily(
        "sanad_embedder_cached_questions",
        "Questions whose vectors are kept.",
        value=figures.cached,
    )
    yield GaugeMetricFamily(
        "sanad_embedder_cache_bytes", "Memory that they take.", value=figures.cached_bytes
    )
    yield GaugeMetricFamily(
        "sanad_embedder_waiting", "Calls that stand in line for the model.", value=figures.waiting
    )
    yield SummaryMetricFamily(
        "sanad_embedder_pass_texts",
        "Texts that the model read in one pass: sum by count is the mean.",
        count_value=figures.batches,
        sum_value=figures.batch_texts,
    )
    yield CounterMetricFamily(
        "sanad_embedder_refused",
        "Calls refused because the line was full.",
        value=figures.rejected_busy,
    )
