"""The files of an index are in memory before they are asked for, where the system allows that."""

import ctypes
import mmap
import os
from pathlib import Path

import pytest

from core.backends.read_ahead import read_ahead

PAGES = 5_000
SIZE = PAGES * mmap.PAGESIZE
LINUX = pytest.mark.skipif(not hasattr(os, "posix_fadvise"), reason="asks Linux for its cache")


def resident_pages(path: Path) -> int:
    """How many pages of a file are in the system's cache (mincore(2))."""
    with path.open("r+b") as file, mmap.mmap(file.fileno(), 0) as mapped:
        count = -(-len(mapped) // mmap.PAGESIZE)
        found = (ctypes.c_ubyte * count)()
        start = ctypes.c_char.from_buffer(mapped)
        libc = ctypes.CDLL(None, use_errno=True)
        address = ctypes.c_void_p(ctypes.addressof(start))
        assert libc.mincore(address, ctypes.c_size_t(len(mapped)), found) == 0
        del start
        return sum(one & 1 for one in found)


def drop(path: Path) -> None:
    """Out of the system's cache, once it is on the disk."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


@pytest.fixture
def dropped(tmp_path: Path) -> Path:
    """A file of an index that is not in memory."""
    path = tmp_path / "shard" / "page_0.dat"
    path.parent.mkdir()
    path.write_bytes(os.urandom(SIZE))
    drop(path)
    if resident_pages(path) == PAGES:
        pytest.skip("this file system keeps all files in memory")
    return path


@LINUX
def test_every_file_below_a_folder_is_read(dropped: Path) -> None:
    read_ahead(dropped.parent.parent, most_bytes=SIZE).join(timeout=30)
    assert resident_pages(dropped) == PAGES


@LINUX
def test_what_would_fill_the_memory_is_left_alone(dropped: Path) -> None:
    read_ahead(dropped.parent.parent, most_bytes=SIZE - 1).join(timeout=30)
    assert resident_pages(dropped) < PAGES


def test_a_folder_that_is_not_there_harms_nobody(tmp_path: Path) -> None:
    thread = read_ahead(tmp_path / "gone")
    thread.join(timeout=10)
    assert not thread.is_alive()
