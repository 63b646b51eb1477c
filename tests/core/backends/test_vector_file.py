"""Vectors in a file: kept through kills and by several processes, believed only if whole."""

import logging
import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.backends.memory_embedder import HashingEmbedder
from core.backends.vector_file import VectorFile
from core.errors import StoreUnavailable
from core.vectors import PassageVectors

ROOT = Path(__file__).parents[3]
IDENTITY = HashingEmbedder(dimension=16).identity

WRITER = """
import sys
from pathlib import Path
import numpy as np
from core.backends.memory_embedder import HashingEmbedder
from core.backends.vector_file import VectorFile
from core.vectors import PassageVectors
identity = HashingEmbedder(dimension=16).identity
file = VectorFile(Path(sys.argv[1]), identity=identity, tokens="t")
for number in range(200):
    vectors = PassageVectors(np.full(16, number, np.float32), bytes([number]) * 40)
    file.write([(f"{sys.argv[2]} {number}", "ar")], [vectors])
    print(number, flush=True)
"""


def vectors(count: int, value: float = 1.0) -> list[PassageVectors]:
    return [PassageVectors(np.full(16, value, np.float32), b"codes")] * count


def opened(root: Path, **changes: str) -> VectorFile:
    tokens = changes.pop("tokens", "t")
    return VectorFile(root, identity=replace(IDENTITY, **changes), tokens=tokens)


def spoken(*texts: str) -> list[tuple[str, str]]:
    return [(text, "ar") for text in texts]


def database(root: Path) -> Path:
    (found,) = root.glob("*/*.sqlite")
    return found


def test_another_model_or_codec_finds_nothing(tmp_path: Path) -> None:
    opened(tmp_path).write(spoken("نص"), vectors(1))
    assert list(opened(tmp_path).read(spoken("نص"))) == spoken("نص")
    for other in ({"precision": "int8"}, {"revision": "2"}, {"tokens": "u"}):
        assert opened(tmp_path, **other).read(spoken("نص")) == {}


@pytest.mark.parametrize("damage", ["no database", "torn", "scrambled", "other tables"])
def test_a_damaged_file_is_left_for_a_new_one(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, damage: str
) -> None:
    file = opened(tmp_path)
    texts = spoken(*(f"نص {number}" for number in range(500)))
    file.write(texts, vectors(500))
    file.close()
    path = database(tmp_path)
    whole = path.read_bytes()
    if damage == "other tables":
        path.unlink()
        with sqlite3.connect(path) as connection:
            connection.execute("CREATE TABLE vectors (a)")
        connection.close()
    else:
        path.write_bytes(
            {
                "no database": b"not a database" * 100,
                "torn": whole[: len(whole) // 2],
                "scrambled": whole[:4096] + b"\xff" * (len(whole) - 4096),
            }[damage]
        )

    with caplog.at_level(logging.WARNING):
        file = opened(tmp_path)
        found = file.read(texts)
        file.write(texts, vectors(500, 2.0))

    assert "is damaged" in caplog.text
    assert all((one.pooled == 1.0).all() for one in found.values())
    file.close()
    file = opened(tmp_path)
    kept = file.read(texts)
    assert all((kept[text].pooled == 2.0).all() for text in texts)
    file.close()
    assert database(tmp_path) != path


def test_what_a_killed_process_had_written_is_kept(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(tmp_path), "نص"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        written = [int(process.stdout.readline()) for _ in range(20)]
        process.kill()

    file = opened(tmp_path)
    texts = spoken(*(f"نص {number}" for number in written))
    found = file.read(texts)
    file.close()

    assert [float(found[text].pooled[0]) for text in texts] == written
    assert [found[text].codes[0] for text in texts] == written


def test_two_processes_write_to_one_file(tmp_path: Path) -> None:
    names = ("موسكو", "北京")
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path), name],
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        for name in names
    ]
    assert [process.communicate()[1] for process in processes] == ["", ""]

    file = opened(tmp_path)
    found = file.read(spoken(*(f"{name} {n}" for name in names for n in range(200))))
    file.close()

    assert len(found) == 400


def test_a_place_that_cannot_be_written_says_what_to_do(tmp_path: Path) -> None:
    place = tmp_path / "file"
    place.write_text("", encoding="utf-8")
    with pytest.raises(StoreUnavailable, match="set SANAD_CACHE_DIR"):
        opened(place)
