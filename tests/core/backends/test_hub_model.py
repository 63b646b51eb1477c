import shutil
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from core.backends import hub_model
from core.backends.bundled_folder import write_model_folder
from core.backends.bundled_weights import BundledWeights
from core.backends.hub_model import fetch_hub_model
from core.errors import ConfigError, ModelUnavailable
from tests.core.backends import hub_double
from tests.core.backends.hub_double import NAME, REVISION
from tests.core.backends.tiny_weights import TinyWeights


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    weights = BundledWeights(TinyWeights().write(tmp_path / "weights.bin"))
    folder = tmp_path / "tiny"
    folder.mkdir()
    write_model_folder(weights, folder)
    (folder / "onnx").mkdir()
    (folder / "onnx" / "model.onnx").write_bytes(b"of no use here")
    (folder / "pytorch_model.bin").write_bytes(b"a pickle beside safetensors")
    return folder


@pytest.fixture
def point_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Makes the hub client use an address, with a cache that is empty at first."""
    return lambda address: hub_double.point_client(monkeypatch, address, tmp_path / "hub cache")


@pytest.mark.parametrize("revision", [None, "main", "v1.0", REVISION[:12], REVISION.upper()])
def test_a_name_without_a_pinned_commit_is_refused_with_the_remedy(revision: str | None) -> None:
    with pytest.raises(ConfigError, match=f"SANAD_MODEL_REVISION.*40 hex digits.*{NAME}/commits"):
        fetch_hub_model(NAME, revision, report=lambda _: None)


def test_a_model_is_downloaded_once_and_then_needs_no_hub(
    folder: Path, point_at: Callable[[str], None]
) -> None:
    requests: list[str] = []
    lines: list[str] = []
    with hub_double.serving(folder, requests) as address:
        point_at(address)
        first = fetch_hub_model(NAME, REVISION, report=lines.append)
    point_at("http://127.0.0.1:9")
    requests.clear()
    second = fetch_hub_model(NAME, REVISION, report=lines.append)

    assert first == second
    assert requests == []
    assert lines == [f"downloading the model {NAME} at 0123456789ab (once) …"]
    assert (first / "model.safetensors").read_bytes() == (folder / "model.safetensors").read_bytes()


def test_only_what_is_needed_is_downloaded(folder: Path, point_at: Callable[[str], None]) -> None:
    with hub_double.serving(folder, []) as address:
        point_at(address)
        found = fetch_hub_model(NAME, REVISION, report=lambda _: None)

    assert (found / "1_Pooling" / "config.json").exists()
    assert not (found / "onnx").exists()
    assert not (found / "pytorch_model.bin").exists()


def test_a_model_that_has_only_a_pickle_is_downloaded_with_it(
    folder: Path, point_at: Callable[[str], None]
) -> None:
    (folder / "model.safetensors").unlink()
    with hub_double.serving(folder, []) as address:
        point_at(address)
        found = fetch_hub_model(NAME, REVISION, report=lambda _: None)
    point_at("http://127.0.0.1:9")

    assert (found / "pytorch_model.bin").exists()
    assert fetch_hub_model(NAME, REVISION, report=lambda _: None) == found


def test_a_download_that_lacks_its_weights_is_completed(
    folder: Path, point_at: Callable[[str], None]
) -> None:
    with hub_double.serving(folder, []) as address:
        point_at(address)
        found = fetch_hub_model(NAME, REVISION, report=lambda _: None)
        (found / "model.safetensors").unlink()
        again = fetch_hub_model(NAME, REVISION, report=lambda _: None)

    assert (again / "model.safetensors").exists()


@pytest.mark.parametrize(
    ("name", "revision", "message"),
    [
        (NAME, "f" * 40, f"{NAME} has no commit f{{40}}: correct SANAD_MODEL_REVISION"),
        ("newsroom/nothing", REVISION, "knows no model newsroom/nothing"),
        ("not a name", REVISION, "SANAD_MODEL=not a name is neither"),
        ("too/many/parts", REVISION, "SANAD_MODEL=too/many/parts is neither"),
    ],
)
def test_an_unknown_model_or_commit_is_named(
    folder: Path, point_at: Callable[[str], None], name: str, revision: str, message: str
) -> None:
    with hub_double.serving(folder, []) as address:
        point_at(address)
        with pytest.raises(ModelUnavailable, match=message):
            fetch_hub_model(name, revision, report=lambda _: None)


def test_a_hub_that_refuses_connections_is_a_clear_error_at_once(
    point_at: Callable[[str], None],
) -> None:
    point_at("http://127.0.0.1:9")
    started = time.monotonic()

    with pytest.raises(
        ModelUnavailable, match=f"hf download {NAME} --revision {REVISION}.*set SANAD_MODEL"
    ):
        fetch_hub_model(NAME, REVISION, report=lambda _: None)

    assert time.monotonic() - started < 5


@pytest.mark.parametrize("server", [hub_double.silent])
def test_a_hub_that_never_answers_is_given_up(
    point_at: Callable[[str], None],
    monkeypatch: pytest.MonkeyPatch,
    server: Callable[[], AbstractContextManager[str]],
) -> None:
    # Patched so that the test need not wait for the five seconds of the product.
    monkeypatch.setattr(hub_model, "_REACHABLE_TIMEOUT_S", 0.3)
    started = time.monotonic()

    with server() as address:
        point_at(address)
        with pytest.raises(ModelUnavailable, match="cannot be downloaded"):
            fetch_hub_model(NAME, REVISION, report=lambda _: None)

    assert time.monotonic() - started < 5


def test_a_cache_that_was_emptied_is_filled_again(
    folder: Path, point_at: Callable[[str], None]
) -> None:
    with hub_double.serving(folder, []) as address:
        point_at(address)
        found = fetch_hub_model(NAME, REVISION, report=lambda _: None)
        shutil.rmtree(found)

        assert fetch_hub_model(NAME, REVISION, report=lambda _: None) == found
