"""`sanad optimize` as users run it: a report, nothing to do, an index in use, a server's store."""

import json

from core.backends.edge_lock import IndexLock
from tests.sanad.command import read_index, run_sanad
from tests.sanad.conftest import CopyIndex, Indexed


def test_an_index_is_optimised_once_and_holds_what_it_held(
    small_index: Indexed, copy_index: CopyIndex
) -> None:
    data_dir = copy_index(small_index)
    before = read_index(data_dir)
    first = run_sanad("optimize", "--quantize", "int8", "--json", data_dir=data_dir)
    assert first.returncode == 0, first.stderr
    report = json.loads(first.stdout)
    assert (report["optimized"], report["quantization"], report["passages"]) == (True, "int8", 2)
    assert report["bytes_after"] > 0
    assert report["seconds"] > 0

    second = run_sanad("optimize", "--quantize", "int8", "--json", data_dir=data_dir)
    assert second.returncode == 0, second.stderr
    assert json.loads(second.stdout)["optimized"] is False
    assert read_index(data_dir) == before


def test_people_are_told_what_was_done_and_that_nothing_is_left(
    small_index: Indexed, copy_index: CopyIndex
) -> None:
    data_dir = copy_index(small_index)
    first = run_sanad("optimize", data_dir=data_dir)
    assert first.stdout.startswith("optimised 2 passages in "), first.stderr
    second = run_sanad("optimize", data_dir=data_dir)
    assert second.stdout == "nothing to do: the index is optimised (quantisation none)\n"


def test_an_index_in_use_is_left_alone(small_index: Indexed, copy_index: CopyIndex) -> None:
    data_dir = copy_index(small_index)
    lock = IndexLock.acquire(data_dir / "index", command="sanad serve")
    lock.set_url("http://127.0.0.1:8000")
    refused = run_sanad("optimize", data_dir=data_dir)
    lock.release()
    assert refused.returncode == 3
    assert "in use by `sanad serve`" in refused.stderr
    assert "http://127.0.0.1:8000" in refused.stderr


def test_where_there_is_nothing_to_optimise_the_command_says_why(
    small_index: Indexed, copy_index: CopyIndex
) -> None:
    data_dir = copy_index(small_index)
    missing = run_sanad("optimize", data_dir=data_dir / "nowhere")
    assert (missing.returncode, missing.stdout) == (2, "")
    assert "sanad index PATH" in missing.stderr
    server = run_sanad(
        "optimize",
        data_dir=data_dir,
        SANAD_STORE="qdrant",
        SANAD_QDRANT_URL="http://127.0.0.1:1",
    )
    assert server.returncode == 2
    assert "optimises its collections by itself" in server.stderr
    wrong = run_sanad("optimize", "--quantize", "int4", data_dir=data_dir)
    assert wrong.returncode == 2
    assert "int8" in wrong.stderr
