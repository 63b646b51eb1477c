"""`sanad eval answers --url`: a server's answers are measured as those in process."""

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

from eval.answers.runs import AnswerRun, read_answers
from tests.sanad.command import SAMPLE, run_sanad
from tests.sanad.conftest import CopyIndex, Indexed
from tests.sanad.server import serving

STEP = 4
"""Of the sample archive's questions every fourth one is asked: all languages are among them."""


def some_of_the_sample(folder: Path) -> Path:
    """The sample archive with fewer questions."""
    shutil.copytree(SAMPLE.parent, folder)
    queries = folder / "queries.jsonl"
    lines = queries.read_text(encoding="utf-8").splitlines()[::STEP]
    queries.write_text("\n".join(lines), encoding="utf-8")
    kept = {json.loads(line)["_id"] for line in lines}
    qrels = folder / "qrels" / "test.tsv"
    head, *judged = qrels.read_text(encoding="utf-8").splitlines()
    judged = [line for line in judged if line.split("\t")[0] in kept]
    qrels.write_text("\n".join([head, *judged, ""]), encoding="utf-8")
    return folder


def measured(collection: Path, folder: Path, *arguments: str) -> tuple[AnswerRun, dict[str, Any]]:
    process = run_sanad(
        *("eval", "answers", str(collection), "--output", str(folder / "run"), "--json"),
        *arguments,
        data_dir=folder / "data",
    )
    assert process.returncode == 0, process.stderr
    return read_answers(folder / "run"), json.loads(process.stdout)


def test_answers_over_http_are_those_in_process(
    sample_index: Indexed, copy_index: CopyIndex, tmp_path: Path
) -> None:
    collection = some_of_the_sample(tmp_path / "sample")
    in_process, _ = measured(collection, tmp_path / "here")
    with serving(copy_index(sample_index)) as served:
        over_http, printed = measured(
            *(collection, tmp_path / "there"), *("--url", served.url, "--api-key", "s3cret")
        )

    # What an abstention held back is told by no server.
    told = [replace(topic, withheld=()) for topic in in_process.topics]
    assert list(over_http.topics) == told
    assert len(told) == 56
    assert {topic.language for topic in told} >= {"ar", "en", "fa", "zh"}
    assert sum(len(topic.citations) for topic in told) > 100
    manifest = printed["manifest"]
    assert manifest["search"] == {"withdrawn": 0.0, "url": f"{served.url}"}
    assert manifest["index"]["articles"] == 64
    assert "s3cret" not in json.dumps(manifest)
