"""`sanad search`: explanations, and a real cross-encoder that puts results in its order."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.core.backends.tiny_cross_encoder import write_cross_encoder
from tests.sanad.command import ROOT, run_sanad
from tests.sanad.conftest import CopyIndex, Indexed
from tests.sanad.server import serving

QUERY = "كم حاوية ناول ميناء رأس المنار؟"


@pytest.fixture(scope="module")
def reranker(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_cross_encoder(tmp_path_factory.mktemp("models") / "tiny")


def found_by(data_dir: Path, *arguments: str, **settings: str) -> dict[str, Any]:
    process = run_sanad("search", QUERY, "--json", *arguments, data_dir=data_dir, **settings)
    assert process.returncode == 0, process.stderr
    found: dict[str, Any] = json.loads(process.stdout)
    return found


def test_explanations_are_printed_below_their_results_in_80_columns(
    sample_index: Indexed,
) -> None:
    process = run_sanad(
        *("search", QUERY, "--explain", "--limit", "3"), data_dir=sample_index.data_dir
    )

    assert process.returncode == 0, process.stderr
    lines = process.stdout.splitlines()
    heads = [line for line in lines if line.startswith("    score ")]
    assert len(heads) == 3
    assert all("question in ar" in line for line in heads)
    explaining = [line for line in lines if line.startswith("    ")]
    assert {line.split()[0] for line in explaining} >= {"score", "dense", "lexical"}
    assert max(len(line) for line in explaining) <= 80


def test_the_json_is_what_the_api_gives(sample_index: Indexed, copy_index: CopyIndex) -> None:
    printed = found_by(sample_index.data_dir, "--explain", "--limit", "4")
    with serving(copy_index(sample_index)) as served:
        body = {"query": QUERY, "explain": True, "limit": 4}
        answered = served.client.post("/v1/search", json=body).json()
        through_it = found_by(served.data_dir, "--explain", "--limit", "4")

    for found in (printed, answered, through_it):
        assert set(found) == {"query_id", "results", "notices", "timing_ms", "periods", "cursor"}
    assert printed["results"] == answered["results"] == through_it["results"]
    for result in printed["results"]:
        parts = result["explain"]["contributions"]
        assert sum(part["adds"] for part in parts) == pytest.approx(result["score"])


def test_without_explain_the_json_has_none(sample_index: Indexed) -> None:
    found = found_by(sample_index.data_dir, "--limit", "2")

    assert all("explain" not in result for result in found["results"])


def test_a_reranker_orders_the_first_results_and_is_told(
    sample_index: Indexed, reranker: Path
) -> None:
    settings = {"SANAD_RERANKER": str(reranker), "SANAD_RERANKER_DEPTH": "6"}
    found = found_by(
        *(sample_index.data_dir, "--explain", "--group-by", "passage", "--limit", "8"), **settings
    )

    scores = [result["explain"]["reranker_score"] for result in found["results"]]
    assert scores[:6] == sorted(scores[:6], reverse=True)
    assert scores[6:] == [None, None]
    assert "rerank" in found["timing_ms"]


def test_the_doctor_names_the_reranker(sample_index: Indexed, reranker: Path) -> None:
    without = run_sanad("doctor", data_dir=sample_index.data_dir)
    process = run_sanad(
        *("doctor", "--json"), data_dir=sample_index.data_dir, SANAD_RERANKER=str(reranker)
    )

    assert "ok    reranker: none" in without.stdout
    assert process.returncode == 0, process.stderr
    (finding,) = [each for each in json.loads(process.stdout) if each["check"] == "reranker"]
    assert finding["ok"]
    assert finding["detail"].startswith("folder:tiny at ")
    assert finding["detail"].endswith("fp32, reads the first 30 passages of a search")


def test_the_doctor_says_what_is_wrong_with_a_reranker_and_goes_on(sample_index: Indexed) -> None:
    process = run_sanad("doctor", data_dir=sample_index.data_dir, SANAD_RERANKER="/nowhere")

    assert process.returncode == 3
    assert "WRONG reranker: SANAD_RERANKER=/nowhere is not a folder" in process.stdout
    assert "ok    index: 64 articles" in process.stdout


def test_a_search_with_a_reranker_that_is_not_there_fails_and_says_why(
    sample_index: Indexed,
) -> None:
    process = run_sanad(
        *("search", QUERY), data_dir=sample_index.data_dir, SANAD_RERANKER="cross/encoder"
    )

    assert process.returncode == 2
    assert process.stdout == ""
    assert "SANAD_RERANKER_REVISION is missing" in process.stderr
    assert "Traceback" not in process.stderr


def test_the_manifest_of_a_run_names_the_reranker(reranker: Path, tmp_path: Path) -> None:
    (tmp_path / "topics").write_text(f"1\t{QUERY}\n", encoding="utf-8")
    (tmp_path / "qrels").write_text("1 0 ras-manar 1\n", encoding="utf-8")
    process = run_sanad(
        *("eval", "run", "--topics", str(tmp_path / "topics"), "--qrels", str(tmp_path / "qrels")),
        *("--corpus", str(ROOT / "sample" / "corpus.jsonl"), "--json"),
        data_dir=tmp_path / "data",
        SANAD_RERANKER=str(reranker),
    )

    assert process.returncode == 0, process.stderr
    search = json.loads(process.stdout)["manifest"]["search"]
    assert search["settings"]["reranker_depth"] == 30
    assert search["reranker"]["model"] == "folder:tiny"
    assert len(search["reranker"]["revision"]) == 12
    assert str(reranker.parent) not in process.stdout
