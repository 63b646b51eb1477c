"""What a benchmark's result depends on besides the code under test."""

import sys
from collections.abc import Sequence
from pathlib import Path

from eval.environment import environment as measured_in
from eval.environment import shown_arguments

ROOT = Path(__file__).resolve().parents[1]


def environment() -> dict[str, object]:
    """JSON values: `command`, `machine`, `python`, `libraries` by name, and `commit`."""
    return measured_in(command(sys.argv))


def command(arguments: Sequence[str]) -> str:
    """The command line, without where on this machine its files lie.

    >>> command(["/home/me/benchmarks/store.py", "--corpus", "/data/ant-news/c.gz", "--sweep"])
    'python benchmarks/store.py --corpus ant-news/c.gz --sweep'
    """
    script, *rest = arguments
    return " ".join(["python", f"benchmarks/{Path(script).name}", *shown_arguments(rest)])
