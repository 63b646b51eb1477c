"""How long the topics of a run took, as a manifest tells it."""

from collections.abc import Sequence

import numpy as np


def timings(taken_ms: Sequence[float]) -> dict[str, float]:
    """`seconds` in all, and of a topic `p50_ms` and `p95_ms`, which are left out without topics."""
    if not taken_ms:
        return {"seconds": 0.0}
    p50, p95 = np.quantile(taken_ms, [0.5, 0.95])
    return {
        "seconds": round(sum(taken_ms) / 1e3, 3),
        "p50_ms": round(float(p50), 2),
        "p95_ms": round(float(p95), 2),
    }
