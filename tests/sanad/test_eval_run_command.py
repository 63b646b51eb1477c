"""`sanad eval run` with the bundled model: on the sample archive, in process and at a server."""

import json
from collections.abc import Sequence
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest

from eval.measures import NAMES
from eval.runs import read_run
from eval.trec import write_qrels
from tests.sanad.command import ROOT, run_sanad
from tests.sanad.conftest import CopyIndex, Indexed
from tests.sanad.server import serving

SAMPLE = str(ROOT / "sample")


def measure(folder: Path, *arguments: str) -> CompletedProcess[str]:
    return run_sanad("eval", "run", *arguments, "--output", str(folder), data_dir=folder / "data")


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of the sample archive with fairness."""
    folder = tmp_path_factory.mktemp("kept") / "تشغيل 1"
    process = measure(folder, SAMPLE, "--fairness", "--json", "--per-topic")
    assert process.returncode == 0, process.stderr
    (folder.parent / "stdout").write_text(process.stdout, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def printed(kept: Path) -> dict[str, Any]:
    """What the run printed with --json."""
    values: dict[str, Any] = json.loads((kept.parent / "stdout").read_text(encoding="utf-8"))
    return values


def test_the_folder_holds_every_topic_with_its_evidence(kept: Path) -> None:
    run = read_run(kept)

    assert run.name == "تشغيل 1"
    assert len(run.topics) == 224
    assert sum(bool(topic.measures) for topic in run.topics) == 168
    assert all(topic.results and topic.results[0].explanation for topic in run.topics)
    answerable = [topic for topic in run.topics if topic.answerable]
    assert all(judged.title and judged.text for topic in answerable for judged in topic.judged)
    assert {topic.kind for topic in answerable} >= {"who", "when", "why"}


def test_the_json_has_the_measures_of_every_group(kept: Path, printed: dict[str, Any]) -> None:
    assert printed["collection"] == "sample"
    assert list(printed["measures"]["all"]) == list(NAMES)
    assert set(printed["measures"]["ar->ar"]["nDCG@10"]) == {"mean", "low", "high", "n"}
    assert printed["kinds"]["how_many"]["AP"]["n"] == 44
    assert printed["unanswerable"] == 56
    assert printed["topics"] == {
        topic.id: topic.measures for topic in read_run(kept).topics if topic.measures
    }
    assert printed["fairness"] == read_run(kept).fairness


def test_the_manifest_tells_model_index_data_and_no_place(kept: Path) -> None:
    manifest: dict[str, Any] = dict(read_run(kept).manifest)

    assert manifest["index"]["identity"]["embedder"]["dimension"] == 384
    assert manifest["index"]["articles"] == 64
    assert set(manifest["collection"]["files"]) == {
        "sample/corpus.jsonl",
        "sample/queries.jsonl",
        "sample/qrels/test.tsv",
    }
    assert manifest["search"]["mode"] == "hybrid"
    assert manifest["timings"]["p95_ms"] >= manifest["timings"]["p50_ms"] > 0
    assert str(ROOT) not in json.dumps(manifest)
    assert str(kept.parent) not in json.dumps(manifest)


def test_a_server_is_measured_as_its_clients_find_it(
    kept: Path, sample_index: Indexed, copy_index: CopyIndex, tmp_path: Path
) -> None:
    with serving(copy_index(sample_index)) as served:
        process = measure(tmp_path / "run", SAMPLE, "--url", served.url, "--key", "s3cret")
    assert process.returncode == 0, process.stderr

    over_http, in_process = read_run(tmp_path / "run"), read_run(kept)
    assert over_http.ranking == in_process.ranking
    assert [topic.measures for topic in over_http.topics] == [
        topic.measures for topic in in_process.topics
    ]
    manifest: dict[str, Any] = dict(over_http.manifest)
    assert manifest["index"]["identity"]["embedder"]["dimension"] == 384
    assert manifest["search"]["url"].startswith("http://127.0.0.1:")
    assert "s3cret" not in json.dumps(manifest)


def test_trec_files_are_measured(tmp_path: Path) -> None:
    (tmp_path / "topics").write_text(
        "<top><num>301<title>متى استأنفت السعودية وإيران العلاقات؟</top>", encoding="utf-8"
    )
    relevant = {"301": {"saudi-iran-beijing-agreement-2023-03-11": 1}}
    write_qrels(relevant, tmp_path / "qrels")
    process = run_sanad(
        *("eval", "run", "--topics", str(tmp_path / "topics"), "--qrels", str(tmp_path / "qrels")),
        *("--corpus", f"{SAMPLE}/corpus.jsonl", "--json"),
        data_dir=tmp_path / "data",
    )
    assert process.returncode == 0, process.stderr
    assert json.loads(process.stdout)["measures"]["ar->ar"]["R@10"]["mean"] == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "give FOLDER, or all of --topics, --qrels and --corpus"),
        (["--topics", "t", "--qrels", "q"], "give FOLDER, or all of"),
        ([SAMPLE, "--qrels", "q"], "not both"),
        ([SAMPLE, "--key", "x"], "--key is for --url"),
        ([SAMPLE, "--url", "http://h", "--distractors", SAMPLE], "leave --distractors out"),
        (["nowhere"], "nowhere is no test collection"),
        ([SAMPLE, "--output", SAMPLE], "which is no part of a run"),
        ([SAMPLE, "--documents", "ar"], "has no parts for languages"),
    ],
)
def test_wrong_usage_is_told_before_anything_is_loaded(
    arguments: Sequence[str], message: str, tmp_path: Path
) -> None:
    process = run_sanad("eval", "run", *arguments, data_dir=tmp_path)

    assert process.returncode == 2
    assert message in process.stderr


def test_topics_are_asked_at_the_time_that_is_given(tmp_path: Path) -> None:
    folder = tmp_path / "news"
    (folder / "qrels").mkdir(parents=True)
    articles = [
        {"_id": f"port-{day}", "text": f"The port of Ras Manar closed on {day}.", "date": day}
        for day in ("2025-02-01", "2025-03-01")
    ]
    lines = [json.dumps(article) for article in articles]
    (folder / "corpus.jsonl").write_text("\n".join(lines), encoding="utf-8")
    topic = {"_id": "q", "text": "Which port closed yesterday?"}
    (folder / "queries.jsonl").write_text(json.dumps(topic), encoding="utf-8")
    judged = "query-id\tcorpus-id\tscore\nq\tport-2025-03-01\t1\n"
    (folder / "qrels" / "test.tsv").write_text(judged, encoding="utf-8")

    found = {}
    for now in ("2025-03-02", "2025-03-20T09:00:00"):
        process = measure(tmp_path / now, str(folder), "--now", now)
        assert process.returncode == 0, process.stderr
        run = read_run(tmp_path / now)
        manifest: dict[str, Any] = dict(run.manifest)
        found[manifest["search"]["now"]] = sorted(run.ranking["q"])

    assert found == {
        "2025-03-02T00:00:00+00:00": ["port-2025-03-01"],
        "2025-03-20T09:00:00+00:00": ["port-2025-02-01", "port-2025-03-01"],
    }
