"""Traces told to an OpenTelemetry collector, at the address that the OTEL_* variables give.

https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Self

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, OTELResourceDetector, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Span as OpenTelemetrySpan
from opentelemetry.trace import (
    SpanKind,
    Status,
    StatusCode,
    format_span_id,
    format_trace_id,
    set_span_in_context,
)
from opentelemetry.trace import Tracer as OpenTelemetryTracer
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from core.spans import Span, SpanValue, Tracer

SCOPE = "sanad"
_PROPAGATOR = TraceContextTextMapPropagator()


@contextmanager
def open_otel_tracer() -> Iterator[Tracer]:
    """A tracer whose spans go out in the background; the last ones with the end of the block.

    The library itself reads OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_SERVICE_NAME (default "sanad"),
    OTEL_TRACES_SAMPLER and the like.
    """
    provider = TracerProvider(
        resource=Resource.create({SERVICE_NAME: SCOPE}).merge(OTELResourceDetector().detect()),
        shutdown_on_exit=False,
    )
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    try:
        yield OtelTracer(provider)
    finally:
        provider.shutdown()


class OtelTracer:
    """A Tracer over a provider, which is not the process's own: nothing is global."""

    def __init__(self, provider: TracerProvider) -> None:
        self._tracer = provider.get_tracer(SCOPE)

    def begin(self, name: str, *, headers: Mapping[str, str]) -> Span:
        """See Tracer."""
        context = _PROPAGATOR.extract(headers)
        return OtelSpan(
            self._tracer, self._tracer.start_span(name, context=context, kind=SpanKind.SERVER)
        )


class OtelSpan:
    """A Span of OpenTelemetry; its parent is handed on by us, never by the library's context."""

    def __init__(self, tracer: OpenTelemetryTracer, inner: OpenTelemetrySpan) -> None:
        self._tracer = tracer
        self._inner = inner

    @property
    def trace_id(self) -> str:
        """See Span."""
        return format_trace_id(self._inner.get_span_context().trace_id)

    @property
    def span_id(self) -> str:
        """See Span."""
        return format_span_id(self._inner.get_span_context().span_id)

    @property
    def is_sampled(self) -> bool:
        """See Span."""
        return self._inner.get_span_context().trace_flags.sampled

    def child(self, name: str) -> Self:
        """See Span."""
        context = set_span_in_context(self._inner)
        return type(self)(self._tracer, self._tracer.start_span(name, context=context))

    def rename(self, name: str) -> None:
        """See Span."""
        self._inner.update_name(name)

    def set(self, name: str, value: SpanValue) -> None:
        """See Span."""
        self._inner.set_attribute(name, value)

    def end(self, *, error: str | None) -> None:
        """See Span."""
        if error is not None:
            self._inner.set_attribute("error.type", error)
            self._inner.set_status(Status(StatusCode.ERROR))
        self._inner.end()
