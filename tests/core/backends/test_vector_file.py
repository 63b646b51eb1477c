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
from core.types import Vectors

ROOT = Path(__file__).parents[3]
IDENTITY = HashingEmbedder(dimension=16).identity

WRITER = """
import sys
from pathlib import Path
import numpy as np
from core.backends.memory_embedder import HashingEmbedder
from core.backends.vector_file import VectorFile
file = VectorFile(Path(sys.argv[1]), identity=HashingEmbedder(dimension=16).identity)
for number in range(200):
    file.write([f"{sys.argv[2]} {number}"], np.full((1, 16), number, np.float32))
    print(number, flush=True)
"""


def vectors(count: int, value: float = 1.0) -> Vectors:
    return np.full((count, 16), value, np.float32)


def database(root: Path) -> Path:
    (found,) = root.glob("*/*.sqlite")
    return found


def test_another_model_finds_nothing(tmp_path: Path) -> None:
    VectorFile(tmp_path, identity=IDENTITY).write(["نص"], vectors(1))
    assert list(VectorFile(tmp_path, identity=IDENTITY).read(["نص"])) == ["نص"]
    for changed in (replace(IDENTITY, precision="int8"), replace(IDENTITY, revision="2")):
        assert VectorFile(tmp_path, identity=changed).read(["نص"]) == {}


@pytest.mark.parametrize("damage", ["no database", "torn", "scrambled", "other tables"])
def test_a_damaged_file_is_left_for_a_new_one(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, damage: str
) -> None:
    file = VectorFile(tmp_path, identity=IDENTITY)
    texts = [f"نص {number}" for number in range(500)]
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
        file = VectorFile(tmp_path, identity=IDENTITY)
        found = file.read(texts)
        file.write(texts, vectors(500, 2.0))

    assert "is damaged" in caplog.text
    assert all((vector == 1.0).all() for vector in found.values())
    file.close()
    file = VectorFile(tmp_path, identity=IDENTITY)
    assert all((file.read(texts)[text] == 2.0).all() for text in texts)
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

    file = VectorFile(tmp_path, identity=IDENTITY)
    found = file.read([f"نص {number}" for number in written])
    file.close()

    assert [float(vector[0]) for vector in found.values()] == written


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

    file = VectorFile(tmp_path, identity=IDENTITY)
    found = file.read([f"{name} {number}" for name in names for number in range(200)])
    file.close()

    assert len(found) == 400


def test_a_place_that_cannot_be_written_says_what_to_do(tmp_path: Path) -> None:
    place = tmp_path / "file"
    place.write_text("", encoding="utf-8")
    with pytest.raises(StoreUnavailable, match="set SANAD_CACHE_DIR"):
        VectorFile(place, identity=IDENTITY)
