import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from core.backends.bundled_folder import write_model_folder
from core.backends.bundled_weights import BundledWeights
from core.backends.embedding import EmbedderParts, open_embedder
from core.errors import ConfigError, ModelUnavailable
from core.settings import load_settings
from tests.core.backends import hub_double
from tests.core.backends.tiny_weights import TinyWeights

pytestmark = pytest.mark.anyio

ROOT = Path(__file__).parents[3]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_tiny(tmp_path / "models" / "tiny")


def write_tiny(folder: Path, *, scale: float = 0.05) -> Path:
    folder.mkdir(parents=True)
    source = TinyWeights(scale=scale).write(folder.parent / "weights.bin")
    write_model_folder(BundledWeights(source), folder)
    return folder


def open_with(report: Callable[[str], None] = lambda _: None, **settings: str) -> EmbedderParts:
    if Path(settings.get("model", "bundled")).is_dir():
        settings = {"cache_dir": str(Path(settings["model"]).parent / "cache"), **settings}
    return open_embedder(
        load_settings({f"SANAD_{name.upper()}": value for name, value in settings.items()}),
        report=report,
    )


def run_python(program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", program, *arguments],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )


def test_importing_the_builder_does_not_import_torch() -> None:
    program = "import sys, core.backends.embedding; print(sorted(sys.modules))"
    loaded = run_python(program).stdout

    assert "core.backends.embedding" in loaded
    for library in ("torch", "transformers", "sentence_transformers", "huggingface_hub"):
        assert f"'{library}'" not in loaded


def test_a_local_model_opens_without_network_and_without_a_word(folder: Path) -> None:
    program = """
import socket, sys
def refuse(*arguments, **options):
    raise AssertionError("network used")
socket.socket.connect = socket.create_connection = socket.getaddrinfo = refuse
import anyio
from core.backends.embedding import open_embedder
from core.settings import load_settings
settings = load_settings({"SANAD_MODEL": sys.argv[1], "SANAD_CACHE_DIR": sys.argv[2]})
parts = open_embedder(settings, report=print)
anyio.run(parts.embedder.embed_passages, ["خبر"] * 40)
parts.token_counter.count_tokens(["خبر"])
"""
    cache = folder.parent / "cache"
    open_with(model=str(folder), cache_dir=str(cache))

    done = run_python(program, str(folder), str(cache))

    assert (done.stdout, done.stderr) == ("", "")


async def test_the_bundled_model_is_the_default(tmp_path: Path) -> None:
    lines: list[str] = []
    parts = open_with(lines.append)

    assert parts.embedder.identity.model == "bundled:multilingual-e5-small"
    assert parts.folder.name == f"e5-small-{parts.embedder.identity.revision}"
    assert parts.token_counter.count_tokens(["نعم"]) == [1]
    assert [line for line in lines if "prompts" in line] == []


async def test_a_folder_is_opened_with_its_own_counter(folder: Path) -> None:
    parts = open_with(model=str(folder))

    assert parts.folder == folder
    assert parts.embedder.identity.dimension == 32
    assert (await parts.embedder.embed_queries(["باب"])).shape == (1, 32)
    assert parts.token_counter.count_tokens(["باب", "a b"]) == [4, 4]


def test_a_folder_is_known_by_its_content_and_not_by_its_place(
    folder: Path, tmp_path: Path
) -> None:
    identity = open_with(model=str(folder)).embedder.identity
    moved = tmp_path / "elsewhere" / "tiny"
    moved.parent.mkdir()
    folder.rename(moved)
    (moved / "README.md").write_text("changes no vector")

    assert open_with(model=str(moved)).embedder.identity == identity
    assert identity.model == "folder:tiny"
    assert len(identity.revision) == 12


def test_other_weights_are_another_revision(folder: Path, tmp_path: Path) -> None:
    other = write_tiny(tmp_path / "others" / "tiny", scale=0.06)

    revisions = {open_with(model=str(path)).embedder.identity.revision for path in (folder, other)}

    assert len(revisions) == 2


def test_a_model_that_states_no_prompts_is_reported(folder: Path) -> None:
    (folder / "config_sentence_transformers.json").unlink()
    lines: list[str] = []
    parts = open_with(lines.append, model=str(folder))

    assert parts.embedder.identity.query_prompt == parts.embedder.identity.passage_prompt == ""
    assert sum("set SANAD_QUERY_PROMPT and SANAD_PASSAGE_PROMPT" in line for line in lines) == 1


@pytest.mark.parametrize("model", ["bundled", "FOLDER"])
def test_a_revision_that_would_be_ignored_is_refused(folder: Path, model: str) -> None:
    name = str(folder) if model == "FOLDER" else model

    with pytest.raises(ConfigError, match="SANAD_MODEL_REVISION=abc means nothing.*remove it"):
        open_with(model=name, model_revision="abc")


@pytest.mark.parametrize("model", ["/nowhere/model", "./nothing", "~/no such model", "FILE"])
def test_a_path_that_is_no_folder_is_refused(tmp_path: Path, model: str) -> None:
    file = tmp_path / "model.bin"
    file.write_text("not a folder")
    name = str(file) if model == "FILE" else model

    with pytest.raises(ModelUnavailable, match=f"SANAD_MODEL={name} is not a folder: set it to"):
        open_with(model=name)


def test_a_name_without_revision_is_refused() -> None:
    with pytest.raises(ConfigError, match="SANAD_MODEL=intfloat/e5-large.*SANAD_MODEL_REVISION"):
        open_with(model="intfloat/e5-large")


async def test_a_model_of_the_hub_is_known_by_name_and_commit(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with hub_double.serving(folder, []) as address:
        hub_double.point_client(monkeypatch, address, tmp_path / "cache")
        parts = open_with(model=hub_double.NAME, model_revision=hub_double.REVISION)

    identity = parts.embedder.identity
    assert (identity.model, identity.revision) == (hub_double.NAME, hub_double.REVISION)
    np.testing.assert_array_equal(
        await parts.embedder.embed_queries(["باب"]),
        await open_with(model=str(folder)).embedder.embed_queries(["باب"]),
    )


def test_an_unreachable_hub_is_a_clear_error_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub_double.point_client(monkeypatch, "http://127.0.0.1:9", tmp_path)  # a closed port
    started = time.monotonic()

    with pytest.raises(ModelUnavailable, match="hf download intfloat/e5-large --revision a{40}"):
        open_with(model="intfloat/e5-large", model_revision="a" * 40)

    assert time.monotonic() - started < 10


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-500])


def scramble(path: Path) -> None:
    path.write_bytes(b"\x00\xff" * 500)


@pytest.mark.parametrize(
    ("name", "damage"),
    [
        ("model.safetensors", cut),
        ("model.safetensors", scramble),
        ("model.safetensors", Path.unlink),
        ("tokenizer.json", cut),
        ("tokenizer.json", lambda path: path.write_text('{"version": "1.0"}')),
        ("config.json", scramble),
        ("config.json", lambda path: path.write_text('{"model_type": "no such kind"}')),
        ("config.json", lambda path: path.write_text('{"model_type": "bert"}')),
        ("modules.json", lambda path: path.write_text("{}")),
        ("modules.json", lambda path: path.write_text('[{"idx": 0, "type": "theirs.Module"}]')),
    ],
)
def test_a_damaged_model_folder_is_a_clear_error(
    folder: Path, name: str, damage: Callable[[Path], object]
) -> None:
    damage(folder / name)

    with pytest.raises(ModelUnavailable, match=f"{folder}.*set SANAD_MODEL to another one"):
        open_with(model=str(folder))


def test_an_empty_folder_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match="holds no model"):
        open_with(model=str(tmp_path))


def test_code_that_a_model_brings_along_is_never_run(folder: Path, tmp_path: Path) -> None:
    trace = tmp_path / "ran"
    (folder / "theirs.py").write_text(f"open({str(trace)!r}, 'w').close()\nclass Module: pass\n")
    modules = json.loads((folder / "modules.json").read_text())
    modules.append({"idx": 3, "name": "3", "path": "", "type": "theirs.Module"})
    (folder / "modules.json").write_text(json.dumps(modules))

    with pytest.raises(ModelUnavailable):
        open_with(model=str(folder))

    assert not trace.exists()


def test_a_model_whose_parts_do_not_fit_is_a_clear_error(folder: Path) -> None:
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Dense

    model = SentenceTransformer(str(folder), device="cpu")
    model.append(Dense(7, 5))
    model.save(str(folder.with_name("unfit")))

    with pytest.raises(ModelUnavailable, match="loads but cannot embed"):
        open_with(model=str(folder.with_name("unfit")))


def test_a_model_without_a_fast_tokenizer_is_a_clear_error(tmp_path: Path) -> None:
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, WordEmbeddings
    from sentence_transformers.sentence_transformer.modules.tokenizer import WhitespaceTokenizer

    words = WordEmbeddings(WhitespaceTokenizer(["سند"]), np.ones((1, 8), np.float32))
    SentenceTransformer(modules=[words, Pooling(8)], device="cpu").save(str(tmp_path / "words"))

    with pytest.raises(ModelUnavailable, match=r"folder:words .* set SANAD_MODEL to a model"):
        open_with(model=str(tmp_path / "words"))


def test_an_unreadable_folder_is_a_clear_error(folder: Path) -> None:
    # A file that opens but cannot be read, since a superuser may read whatever its mode is.
    (folder / "merges.txt").symlink_to("/proc/self/mem")

    with pytest.raises(ModelUnavailable, match=f"{folder} cannot be read.*check its permissions"):
        open_with(model=str(folder))
