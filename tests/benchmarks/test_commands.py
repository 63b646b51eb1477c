"""Every benchmark starts, and says what it takes."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
COMMANDS = (
    "answers",
    "embedder",
    "index_killed",
    "indexing",
    "language",
    "lexical",
    "passages",
    "peers",
    "quality",
    "reranker",
    "retrieval",
    "serving",
    "soak",
    "store",
    "streaming",
    "visitors",
)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_benchmark_tells_how_to_run_it(name: str) -> None:
    done = subprocess.run(
        [sys.executable, f"benchmarks/{name}.py", "--help"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "usage:" in done.stdout
    assert done.stderr == ""
