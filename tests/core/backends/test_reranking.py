import subprocess
import sys
from pathlib import Path

import pytest

from core.backends.reranking import open_reranker
from core.errors import ConfigError, ModelUnavailable
from core.ports import Reranker
from core.settings import load_settings
from tests.core.backends import hub_double
from tests.core.backends.tiny_cross_encoder import write_cross_encoder

ROOT = Path(__file__).parents[3]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_cross_encoder(tmp_path / "models" / "tiny")


def open_with(**settings: str) -> Reranker | None:
    given = {f"SANAD_{name.upper()}": value for name, value in settings.items()}
    return open_reranker(load_settings(given), report=lambda _: None)


def opened(**settings: str) -> Reranker:
    found = open_with(**settings)
    assert found is not None
    return found


@pytest.mark.parametrize("settings", [{}, {"reranker": "none"}])
def test_there_is_none_unless_it_is_asked_for(settings: dict[str, str]) -> None:
    assert open_with(**settings) is None


def test_without_one_no_model_library_is_imported() -> None:
    program = (
        "import sys; from core.backends.reranking import open_reranker; "
        "from core.settings import load_settings; "
        "open_reranker(load_settings({}), report=print); print(sorted(sys.modules))"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT
    ).stdout

    assert "core.backends.reranking" in loaded
    for library in ("torch", "transformers", "sentence_transformers", "huggingface_hub"):
        assert f"'{library}'" not in loaded


def test_a_folder_opens_without_network_and_without_a_word(folder: Path) -> None:
    program = """
import socket, sys
def refuse(*arguments, **options):
    raise AssertionError("network used")
socket.socket.connect = socket.create_connection = socket.getaddrinfo = refuse
import anyio
from core.backends.reranking import open_reranker
from core.settings import load_settings
reranker = open_reranker(load_settings({"SANAD_RERANKER": sys.argv[1]}), report=print)
anyio.run(reranker.score, "سؤال", ["خبر"] * 40)
"""
    done = subprocess.run(
        [sys.executable, "-c", program, str(folder)],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )

    assert (done.stdout, done.stderr) == ("", "")


def test_a_folder_is_known_by_its_content_and_not_by_its_place(
    folder: Path, tmp_path: Path
) -> None:
    identity = opened(reranker=str(folder)).identity
    moved = tmp_path / "elsewhere" / "tiny"
    moved.parent.mkdir()
    folder.rename(moved)
    other = write_cross_encoder(folder, seed=8)

    assert opened(reranker=str(moved)).identity == identity
    assert identity.model == "folder:tiny"
    assert opened(reranker=str(other)).identity.revision != identity.revision


@pytest.mark.anyio
async def test_a_model_of_the_hub_is_known_by_name_and_commit(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = {"reranker": hub_double.NAME, "reranker_revision": hub_double.REVISION}
    with hub_double.serving(folder, []) as address:
        hub_double.point_client(monkeypatch, address, tmp_path / "cache")
        reranker = opened(**settings)
    hub_double.point_client(monkeypatch, "http://127.0.0.1:9", tmp_path / "cache")
    again = opened(**settings)

    identity = reranker.identity
    assert (identity.model, identity.revision) == (hub_double.NAME, hub_double.REVISION)
    expected = await opened(reranker=str(folder)).score("سؤال", ["خبر", "port"])
    assert await reranker.score("سؤال", ["خبر", "port"]) == expected
    assert await again.score("سؤال", ["خبر", "port"]) == expected


@pytest.mark.parametrize("name", ["none", "FOLDER"])
def test_a_revision_that_would_be_ignored_is_refused(folder: Path, name: str) -> None:
    reranker = str(folder) if name == "FOLDER" else name

    with pytest.raises(
        ConfigError, match="SANAD_RERANKER_REVISION=abc means nothing.*set SANAD_RERANKER to"
    ):
        open_with(reranker=reranker, reranker_revision="abc")


@pytest.mark.parametrize("revision", [None, "main"])
def test_a_name_without_a_pinned_commit_is_refused_with_the_remedy(revision: str | None) -> None:
    settings = {} if revision is None else {"reranker_revision": revision}

    with pytest.raises(
        ConfigError, match="SANAD_RERANKER=cross/encoder .*SANAD_RERANKER_REVISION.*40 hex digits"
    ):
        open_with(reranker="cross/encoder", **settings)


@pytest.mark.parametrize("name", ["/nowhere/model", "./nothing", "~/no such model"])
def test_a_path_that_is_no_folder_is_refused(name: str) -> None:
    with pytest.raises(
        ModelUnavailable,
        match=f"SANAD_RERANKER={name} is not a folder: set it to 'none', to the folder of a "
        "sentence-transformers CrossEncoder",
    ):
        open_with(reranker=name)


def test_an_unreachable_hub_is_a_clear_error_that_names_the_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub_double.point_client(monkeypatch, "http://127.0.0.1:9", tmp_path)  # a closed port

    with pytest.raises(
        ModelUnavailable,
        match="hf download cross/encoder --revision a{40}.*set SANAD_RERANKER to it and remove "
        "SANAD_RERANKER_REVISION",
    ):
        open_with(reranker="cross/encoder", reranker_revision="a" * 40)
