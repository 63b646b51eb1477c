"""`sanad export`: what the archive holds, as lines that make the same archive again."""

import json
from pathlib import Path

from tests.sanad.command import read_index, run_sanad
from tests.sanad.conftest import CopyIndex, Indexed
from tests.sanad.server import serving


def exported(data_dir: Path) -> str:
    done = run_sanad("export", data_dir=data_dir)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_export_is_indexed_again_as_the_same_archive(
    small_index: Indexed, tmp_path: Path
) -> None:
    file = tmp_path / "archive.jsonl"
    done = run_sanad("export", "--output", str(file), data_dir=small_index.data_dir)
    assert (done.returncode, done.stdout) == (0, "")
    assert "exported 2 articles" in done.stderr
    again = run_sanad("index", str(file), "--json", data_dir=tmp_path / "again")
    report = json.loads(again.stdout)
    assert (report["indexed"], report["rejected"], report["notices"]) == (2, [], [])
    assert read_index(tmp_path / "again") == read_index(small_index.data_dir)


def test_a_server_that_owns_the_index_is_asked(
    small_index: Indexed, copy_index: CopyIndex, tmp_path: Path
) -> None:
    alone = exported(small_index.data_dir)
    with serving(copy_index(small_index)) as served:
        assert exported(served.data_dir) == alone
        file = tmp_path / "a.jsonl"
        done = run_sanad("export", "--output", str(file), data_dir=served.data_dir)
        assert done.returncode == 0
        assert file.read_text(encoding="utf-8") == alone
    assert {json.loads(line)["id"] for line in alone.splitlines()} == {"ميناء-1", "港-2"}


def test_a_file_that_is_there_is_never_overwritten(small_index: Indexed, tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    file.write_text("mine", encoding="utf-8")
    done = run_sanad("export", "--output", str(file), data_dir=small_index.data_dir)
    assert done.returncode == 2
    assert "exists: name a new file" in done.stderr
    assert file.read_text(encoding="utf-8") == "mine"
    done = run_sanad("export", "--output", str(tmp_path / "x" / "a"), data_dir=tmp_path)
    assert done.returncode == 2
    assert [path.name for path in tmp_path.iterdir()] == ["a.jsonl"]
