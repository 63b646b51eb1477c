"""The sample archive, searched with the bundled model, against its accepted baseline."""

import json
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest

from eval.runs import read_run
from eval.trec import write_qrels
from tests.sanad.command import ROOT, run_sanad

BASELINE = str(ROOT / "eval" / "baselines" / "sample.json")


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of the sample archive."""
    return measure(tmp_path_factory.mktemp("measured") / "run")


ANSWERS_BASELINE = str(ROOT / "eval" / "baselines" / "sample_answers.json")


def measure(folder: Path, *arguments: str) -> Path:
    process = run_sanad(
        *("eval", "run", str(ROOT / "sample"), "--output", str(folder), *arguments),
        data_dir=folder / "data",
    )
    assert process.returncode == 0, process.stderr
    return folder


def gate(run: Path, *arguments: str, baseline: str = BASELINE) -> CompletedProcess[str]:
    return run_sanad("eval", "gate", str(run), "--baseline", baseline, *arguments, data_dir=run)


def test_search_has_not_fallen_below_the_baseline(measured: Path) -> None:
    done = gate(measured)

    assert done.returncode == 0, done.stdout
    assert "passed" in done.stdout
    assert done.stderr == "", "the sample archive was changed: accept a new baseline"


def test_search_by_words_alone_fails_with_measure_group_and_size(tmp_path: Path) -> None:
    done = gate(measure(tmp_path / "run", "--mode", "lexical"))

    assert done.returncode == 1
    assert "FAILED: nDCG@10 fell on all (168 topics) by 0." in done.stdout
    assert "FAILED: nDCG@10 fell on en->ar (15 topics) by 0." in done.stdout


def test_a_new_baseline_is_accepted_and_answers_programs(measured: Path, tmp_path: Path) -> None:
    new = str(tmp_path / "baseline.json")
    assert gate(measured, baseline=new).returncode == 2
    assert gate(measured, "--accept", baseline=new).returncode == 0

    done = gate(measured, "--json", "--measure", "AP", baseline=new)

    found: dict[str, Any] = json.loads(done.stdout)
    assert (done.returncode, found["passed"], found["falls"]) == (0, True, [])
    assert {row["measure"] for row in found["rows"]} == {"AP"}
    assert gate(measured, "--measure", "accuracy", baseline=new).returncode == 2


def test_a_run_and_its_own_trec_file_differ_in_nothing(measured: Path, tmp_path: Path) -> None:
    qrels = tmp_path / "qrels"
    write_qrels(
        {
            topic.id: {judged.article_id: judged.grade for judged in topic.judged}
            for topic in read_run(measured).topics
        },
        qrels,
    )
    done = run_sanad(
        *("eval", "compare", str(measured), str(measured / "run.trec"), "--qrels", str(qrels)),
        *("--json", "--topics", "3"),
        data_dir=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert all(row["ties"] == row["difference"]["n"] for row in found["rows"])
    assert {row["axis"] for row in found["rows"]} == {"all", "pair", "kind"}
    assert found["topics"][0]["losses"] == []
    assert done.stderr == ""


def test_answers_have_not_fallen_below_the_baseline(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    process = run_sanad(
        *("eval", "answers", str(ROOT / "sample"), "--output", str(folder)),
        data_dir=folder / "data",
    )
    assert process.returncode == 0, process.stderr
    done = gate(folder, "--answers", baseline=ANSWERS_BASELINE)

    assert done.returncode == 0, done.stdout
    assert "passed" in done.stdout
    assert done.stderr == "", "the sample archive was changed: accept a new baseline"
