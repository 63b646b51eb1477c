"""A process that limits its heaps keeps as many as it was told, whatever its threads."""

import subprocess
import sys

import pytest

COUNT_HEAPS = """
import ctypes, re, sys, tempfile, threading
from sanad.heaps import limit_heaps
if sys.argv[1] == "limited":
    assert limit_heaps()
barrier = threading.Barrier(8)
def use():
    barrier.wait()
    kept = [ctypes.create_string_buffer(500) for _ in range(2_000)]
    barrier.wait()
threads = [threading.Thread(target=use) for _ in range(8)]
for thread in threads: thread.start()
for thread in threads: thread.join()
libc = ctypes.CDLL(None)
libc.fopen.restype = ctypes.c_void_p
with tempfile.NamedTemporaryFile() as file:
    stream = ctypes.c_void_p(libc.fopen(file.name.encode(), b"w"))
    libc.malloc_info(0, stream)
    libc.fclose(stream)
    print(len(re.findall(rb"<heap nr", open(file.name, "rb").read())))
"""


def heaps(how: str) -> int:
    command = [sys.executable, "-c", COUNT_HEAPS, how]
    return int(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


@pytest.mark.skipif(sys.platform != "linux", reason="glibc's heaps")
def test_threads_share_the_heaps_that_there_are() -> None:
    assert heaps("limited") <= 2 < heaps("unlimited")
