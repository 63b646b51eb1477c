"""Opens what traces are told to, if anything."""

from collections.abc import Iterator
from contextlib import contextmanager

from core.errors import ConfigError
from core.settings import Settings
from core.spans import Tracer


@contextmanager
def open_tracer(settings: Settings) -> Iterator[Tracer | None]:
    """The tracer that SANAD_OTEL asks for, None without; its last spans go out with the block.

    Raises:
        ConfigError: OpenTelemetry is not installed.
    """
    if settings.otel == "off":
        yield None
        return
    try:
        # Here and not above: it is an extra, and takes a quarter of a second.
        from core.backends.otel_tracer import open_otel_tracer  # noqa: PLC0415
    except ImportError as exc:
        raise ConfigError(
            "SANAD_OTEL=on needs OpenTelemetry, which is not installed: "
            "pip install 'sanad[otel]', or set SANAD_OTEL=off"
        ) from exc
    with open_otel_tracer() as tracer:
        yield tracer
