"""Who owns an index, how others learn of it, and how the lock comes free."""

import errno
import fcntl
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.backends import edge_lock
from core.backends.edge_lock import IndexLock, read_lock_holder
from core.errors import IndexLocked, StoreUnavailable

ROOT = Path(__file__).parents[3]

HOLDER = """
import sys, time
from pathlib import Path
from core.backends.edge_lock import IndexLock
lock = IndexLock.acquire(Path(sys.argv[1]), command="sanad index مقالات")
if len(sys.argv) > 2:
    lock.set_url(sys.argv[2])
print("held", flush=True)
time.sleep(600)
"""


@pytest.fixture
def index(tmp_path: Path) -> Path:
    folder = tmp_path / "index"
    folder.mkdir()
    return folder


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    # Patched, so that a refusal that is certain does not cost a second each time.
    monkeypatch.setattr(edge_lock, "PATIENCE_S", 0.1)


def hold(index: Path, *more: str) -> "subprocess.Popen[str]":
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(index), *more],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def end(process: "subprocess.Popen[str]") -> None:
    process.kill()
    process.wait(timeout=60)
    assert process.stdout is not None
    process.stdout.close()


@pytest.fixture
def other(index: Path) -> "Iterator[subprocess.Popen[str]]":
    process = hold(index)
    yield process
    end(process)


def test_a_second_process_is_told_which_one_holds_the_index(
    index: Path, other: "subprocess.Popen[str]"
) -> None:
    with pytest.raises(IndexLocked) as caught:
        IndexLock.acquire(index, command="sanad ask")
    message = str(caught.value)
    assert f"`sanad index مقالات` (process {other.pid} since 20" in message
    assert str(index) in message
    assert "wait until it has finished, or stop that process" in message


def test_a_server_is_named_with_its_address(index: Path) -> None:
    process = hold(index, "http://127.0.0.1:8000")
    with pytest.raises(IndexLocked, match=r"serving http://127\.0\.0\.1:8000\): use it through"):
        IndexLock.acquire(index, command="sanad ask")
    holder = read_lock_holder(index.parent)
    assert holder is not None
    assert (holder.pid, holder.url) == (process.pid, "http://127.0.0.1:8000")
    end(process)


def test_the_lock_of_a_killed_process_comes_free(index: Path) -> None:
    end(hold(index))
    assert read_lock_holder(index.parent) is None
    lock = IndexLock.acquire(index, command="sanad ask")
    holder = read_lock_holder(index.parent)
    assert holder is not None
    assert (holder.pid, holder.command, holder.url) == (os.getpid(), "sanad ask", None)
    lock.release()


def test_the_same_process_cannot_open_twice(index: Path) -> None:
    lock = IndexLock.acquire(index, command="first")
    with pytest.raises(IndexLocked, match=rf"`first` \(process {os.getpid()} "):
        IndexLock.acquire(index, command="second")
    lock.release()
    lock.release()
    IndexLock.acquire(index, command="third").release()
    assert read_lock_holder(index.parent) is None


def test_reading_the_holder_does_not_take_the_lock(index: Path) -> None:
    lock = IndexLock.acquire(index, command="first")
    for _ in range(100):
        assert read_lock_holder(index.parent) is not None
    lock.release()
    for _ in range(100):
        assert read_lock_holder(index.parent) is None
        IndexLock.acquire(index, command="again").release()


def test_where_there_is_no_index_nobody_holds_it(tmp_path: Path) -> None:
    assert read_lock_holder(tmp_path / "nowhere") is None
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", ["", "{", "[]", '{"pid": "x"}', '{"pid": 1}'])
def test_a_holder_that_has_not_yet_said_who_it_is_is_unnamed(index: Path, content: str) -> None:
    lock = IndexLock.acquire(index, command="first")
    (index / "LOCK").write_text(content, encoding="utf-8")
    holder = read_lock_holder(index.parent)
    assert holder is not None
    assert holder.pid is None
    with pytest.raises(IndexLocked, match=r"in use by `an unnamed command` \(a process\)"):
        IndexLock.acquire(index, command="second")
    lock.release()


def test_an_address_is_told_only_while_the_lock_is_held(index: Path) -> None:
    lock = IndexLock.acquire(index, command="first")
    lock.release()
    lock.set_url("http://127.0.0.1:8000")
    assert (index / "LOCK").read_text(encoding="utf-8") == ""


def test_a_lock_file_that_cannot_be_written_is_named(index: Path) -> None:
    (index / "LOCK").mkdir()
    with pytest.raises(StoreUnavailable, match="LOCK cannot be written"):
        IndexLock.acquire(index, command="first")


def test_a_file_system_without_locks_is_named(index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Patched, because every file system at hand has locks.
    def without_locks(_descriptor: int, _operation: int) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    (index / "LOCK").touch()
    monkeypatch.setattr(fcntl, "flock", without_locks)
    with pytest.raises(StoreUnavailable, match="file system without locks"):
        IndexLock.acquire(index, command="first")
    assert read_lock_holder(index.parent) is None


def test_a_lock_that_cannot_be_signed_is_not_taken(
    index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Patched, because only the superuser can make a full disk.
    def full(_descriptor: int, _content: bytes, _offset: int) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patched:
        patched.setattr(os, "pwrite", full)
        with pytest.raises(StoreUnavailable, match="free some space"):
            IndexLock.acquire(index, command="first")
    IndexLock.acquire(index, command="second").release()
