"""Writes the cohort's vectors of the bundled model to where they are shipped from.

    python scripts/ship_cohort.py

To be run when the parallel texts or questions, or the identity of the bundled model, have changed;
the test of the shipped vectors says so. Both precisions of the CPU runtime, half precision floats.
"""

import os
import tempfile
from functools import partial
from pathlib import Path

import anyio
import numpy as np

from core.backends.embedding import open_embedder
from core.settings import load_settings
from retrieval.cohort import load_cohort

SHIPPED = Path(__file__).resolve().parents[1] / "retrieval" / "cohort_vectors"


def main() -> None:
    """Replace all that is shipped."""
    for former in SHIPPED.glob("*.npz"):
        former.unlink()
    for precision in ("int8", "fp32"):
        ship(precision)


def ship(precision: str) -> None:
    """The vectors in one precision."""
    chosen = {"SANAD_RUNTIME": "onnx", "SANAD_PRECISION": precision}
    settings = load_settings({**os.environ, **chosen})
    embedder = open_embedder(settings, report=print).embedder
    with tempfile.TemporaryDirectory() as name:
        anyio.run(partial(load_cohort, embedder, cache_dir=Path(name), report=print))
        [made] = Path(name, "cohorts").glob("*.npz")
        with np.load(made) as kept:
            halves = {key: kept[key].astype(np.float16) for key in kept.files}
        np.savez_compressed(SHIPPED / made.name, **halves)


if __name__ == "__main__":
    main()
