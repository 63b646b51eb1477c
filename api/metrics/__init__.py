"""What the server counts and times, and how Prometheus reads it.

Labels take fixed words and route templates only: a value that a caller could make up would let
anyone fill the memory of the server and of Prometheus.
"""

from api.metrics.metrics import Metrics, metrics_of
from api.metrics.requests import StreamEnd

__all__ = ["Metrics", "StreamEnd", "metrics_of"]
