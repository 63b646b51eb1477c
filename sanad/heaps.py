"""Keeps a long-lived process from holding memory that it has given back."""

import ctypes
import sys

_M_ARENA_MAX = -8
"""Of glibc's <malloc.h>."""

HEAPS = 2


def limit_heaps(count: int = HEAPS) -> bool:
    """Let the threads of this process share `count` heaps; whether the C library knows how.

    glibc gives each thread a heap of its own, up to eight a core, and what one thread frees there
    no other can use. Fifteen minutes of mixed load on two cores (benchmarks/soak.py): own memory of
    697 MiB that grows by 4 MiB an hour, instead of 873 and 290. To be called before threads start.
    """
    if sys.platform != "linux":
        return False
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError):  # another C library, such as musl, has one heap
        return False
    return bool(mallopt(_M_ARENA_MAX, count))
