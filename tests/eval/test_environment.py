"""A result says on what it was taken."""

import json
import os
import platform
import re
import subprocess
from importlib.metadata import version
from pathlib import Path

import pytest

from benchmarks.environment import command, environment
from eval.environment import commit, library_versions, machine


def test_it_is_plain_json_with_machine_python_libraries_and_commit() -> None:
    found = environment()

    assert json.loads(json.dumps(found)) == found
    assert list(found) == ["command", "machine", "python", "libraries", "commit"]
    assert found["python"] == platform.python_version()


def test_the_command_does_not_tell_where_files_lie() -> None:
    given = ["/srv/x/benchmarks/peers.py", "--news", "/srv/data/ant-news", "--json", "out/r.json"]

    shown = command(given)

    assert shown == "python benchmarks/peers.py --news data/ant-news --json out/r.json"


def test_libraries_are_the_installed_ones_by_version() -> None:
    assert library_versions(["numpy", "no-such-library-of-anyone"]) == {"numpy": version("numpy")}


def test_cores_are_those_this_process_may_use() -> None:
    allowed = os.sched_getaffinity(0)
    one = {min(allowed)}
    try:
        os.sched_setaffinity(0, one)
        assert machine()["cores"] == 1
    finally:
        os.sched_setaffinity(0, allowed)


def test_memory_is_in_gib() -> None:
    (line,) = (
        line
        for line in Path("/proc/meminfo").read_text(encoding="utf-8").splitlines()
        if line.startswith("MemTotal:")
    )

    assert machine()["memory_gib"] == round(int(line.split()[1]) / 2**20, 1)


def test_the_processor_has_a_name() -> None:
    assert machine()["cpu"]


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A repository with one file and a result."""
    results = tmp_path / "benchmarks" / "results"
    results.mkdir(parents=True)
    (results / "a.json").write_text("{}", encoding="utf-8")
    (tmp_path / "code.py").write_text("", encoding="utf-8")
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "--quiet", "--message", "First")
    return tmp_path


def git(folder: Path, *arguments: str) -> str:
    who = ["-c", "user.name=Tester", "-c", "user.email=tester@example.org"]
    done = subprocess.run(
        ["git", *who, *arguments], cwd=folder, capture_output=True, encoding="utf-8", check=True
    )
    return done.stdout.strip()


def test_an_unchanged_tree_has_the_commit_alone(tree: Path) -> None:
    assert commit(tree) == git(tree, "rev-parse", "--short=12", "HEAD")
    assert re.fullmatch("[0-9a-f]{12}", commit(tree))


def test_a_changed_file_is_told_but_results_and_new_files_are_not(tree: Path) -> None:
    (tree / "new.py").write_text("", encoding="utf-8")
    (tree / "benchmarks" / "results" / "a.json").write_text("[]", encoding="utf-8")
    assert not commit(tree).endswith("+changes")

    (tree / "code.py").write_text("changed", encoding="utf-8")
    assert commit(tree) == git(tree, "rev-parse", "--short=12", "HEAD") + "+changes"


def test_outside_a_repository_the_commit_is_unknown(tmp_path: Path) -> None:
    assert commit(tmp_path) == "unknown"


def test_a_repository_that_does_not_track_the_folder_has_no_commit_of_it(tree: Path) -> None:
    installed = tree / "venv" / "site-packages"
    installed.mkdir(parents=True)
    (installed / "code.py").write_text("", encoding="utf-8")

    assert commit(installed) == "unknown"
