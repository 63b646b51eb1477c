"""`python -m indexing` is `sanad index`."""

import subprocess
import sys


def test_the_module_runs_the_index_command() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "indexing", "--help"], capture_output=True, check=False, timeout=60
    )

    assert done.returncode == 0
    assert b"index" in done.stdout
