"""All numbers of one application, in a registry of its own."""

from typing import Any

from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder
from prometheus_client.gc_collector import GCCollector
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector
from starlette.types import Scope

from api.metrics.chat import ChatMetrics
from api.metrics.reading import ReadingMetrics
from api.metrics.requests import RequestMetrics


class Metrics:
    """Two applications in one process do not see each other's numbers.

    Every method is cheap and may be called from any thread.
    """

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self.requests = RequestMetrics(self._registry)
        self.reading = ReadingMetrics(self._registry)
        self.chat = ChatMetrics(self._registry)
        ProcessCollector(registry=self._registry)
        PlatformCollector(registry=self._registry)
        GCCollector(registry=self._registry)

    def add(self, collector: Collector) -> None:
        """Let `collector` tell numbers of its own at every scrape."""
        self._registry.register(collector)

    def exposition(self, accept: str) -> tuple[bytes, str]:
        """All numbers in the format that a header Accept asks for, and its media type.

        To be called in a thread: those of the process are read from /proc.
        """
        encode, media_type = choose_encoder(accept)
        return encode(self._registry), media_type


def metrics_of(scope: Scope) -> Metrics:
    """Those of the application that serves `scope`; without services, ones that nobody reads."""
    services: Any = scope["state"].get("services")
    found: Metrics = Metrics() if services is None else services.metrics
    return found
