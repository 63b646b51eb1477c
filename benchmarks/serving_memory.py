"""How the memory of a server goes while it is under load, in two parts.

What the process holds itself, and what is mapped from files (libraries, model, index), which the
system takes back when it needs room.
"""

import math
import statistics
import time
from collections.abc import Sequence

from serving_server import Server

MEMORY = {"own": "RssAnon", "mapped": "RssFile"}
"""Parts of the resident memory by their names in /proc."""

SAMPLE_EVERY_S = 2.0
WARM_UP_SHARE = 0.2
"""Of the time: what grows in it is caches that fill up to their bounds."""


def watched(server: Server, *, seconds: float) -> dict[str, dict[str, float]]:
    """The course of each part, in MiB, once `seconds` have passed.

    The slope is by least squares over the samples after the warm-up. Its standard error takes
    the residuals for independent, which samples of memory are not: it is a lower bound.
    """
    started = time.monotonic()
    hours: list[float] = []
    samples: dict[str, list[float]] = {name: [] for name in MEMORY}
    while (elapsed := time.monotonic() - started) < seconds:
        hours.append(elapsed / 3600)
        for name, field in MEMORY.items():
            samples[name].append(server.memory_mib(field))
        time.sleep(SAMPLE_EVERY_S)
    return {name: _course(hours, values) for name, values in samples.items()}


def _course(hours: Sequence[float], values: Sequence[float]) -> dict[str, float]:
    """How one part of the memory went, and its slope once the caches are full."""
    settled = int(len(values) * WARM_UP_SHARE)
    slope, error = least_squares(list(zip(hours[settled:], values[settled:], strict=True)))
    return {
        "begin": values[0],
        "settled": values[settled],
        "end": values[-1],
        "slope_per_hour": slope,
        "slope_standard_error": error,
        "samples": len(values),
    }


def least_squares(points: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """Slope of the line through `points` and its standard error; needs 3 points.

    >>> least_squares([(0, 1), (1, 3), (2, 5)])
    (2.0, 0.0)
    """
    if len(points) < 3:
        return math.nan, math.nan
    xs, ys = [x for x, _ in points], [y for _, y in points]
    slope, intercept = statistics.linear_regression(xs, ys)
    middle = statistics.fmean(xs)
    residuals = sum((y - intercept - slope * x) ** 2 for x, y in points)
    spread = sum((x - middle) ** 2 for x in xs)
    return slope, math.sqrt(residuals / (len(points) - 2) / spread)
