"""`sanad eval answers` with the bundled model on the sample archive, kept, gated and compared."""

import json
from collections.abc import Sequence
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest

from eval.answers.runs import AnswerRun, read_answers
from tests.sanad.command import ROOT, run_sanad

SAMPLE = str(ROOT / "sample")


def sanad_eval(*arguments: str, folder: Path) -> CompletedProcess[str]:
    return run_sanad("eval", *arguments, data_dir=folder / "data")


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The answers to the sample archive's questions, half of them without what answers them."""
    folder = tmp_path_factory.mktemp("kept") / "أجوبة"
    process = sanad_eval(
        *("answers", SAMPLE, "--withdrawn", "0.5", "--output", str(folder), "--json"),
        folder=folder.parent,
    )
    assert process.returncode == 0, process.stderr
    (folder.parent / "stdout").write_text(process.stdout, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def run(kept: Path) -> AnswerRun:
    return read_answers(kept)


def test_every_quote_stands_and_every_citation_resolves(run: AnswerRun) -> None:
    assert len(run.topics) == 224
    citations = [one for topic in run.topics for one in (*topic.citations, *topic.withheld)]
    assert len(citations) > 400
    assert all(one.is_exact and one.resolves for one in citations)
    for topic in run.topics:
        given = {one.number for one in topic.citations}
        assert {number for one in topic.sentences for number in one.citations} == given
        assert all(one.is_supported and one.relevant for one in topic.sentences)


def test_half_of_what_is_answerable_is_asked_without_its_articles(run: AnswerRun) -> None:
    withdrawn = [topic for topic in run.topics if topic.is_withdrawn]
    assert 60 < len(withdrawn) < 108
    assert all(not topic.answerable and not topic.is_right for topic in withdrawn)
    assert sum(topic.answerable for topic in run.topics) == 168 - len(withdrawn)
    assert all(topic.pair.endswith("->none") is False for topic in withdrawn)


def test_abstentions_speak_the_language_of_the_question(run: AnswerRun) -> None:
    abstentions = [topic for topic in run.topics if topic.abstained]
    assert {topic.language for topic in abstentions} >= {"ar", "en", "fa", "zh"}
    assert all(topic.own_language == topic.language for topic in abstentions)


def test_the_json_has_every_measure_and_no_place_of_the_machine(kept: Path) -> None:
    text = (kept.parent / "stdout").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)

    every = found["measures"]["all"]
    assert every["decision"]["n"] == 224
    assert every["quotes_exact"]["mean"] == every["citation_recall"]["mean"] == 1
    assert 0.5 < every["auroc"]["mean"] < 1
    assert set(found["languages"]) >= {"ar->any", "en->any"}
    assert found["manifest"]["search"]["withdrawn"] == 0.5
    assert set(found["manifest"]["weights"]) >= {"abstention_weights.json"}
    assert found["manifest"]["timings"]["p95_ms"] > 0
    assert "topics" not in found
    assert str(ROOT) not in text
    assert str(kept.parent) not in text


def test_answers_are_compared_and_gated_with_themselves(kept: Path, tmp_path: Path) -> None:
    baseline = str(tmp_path / "baseline.json")
    accepted = sanad_eval(
        *("gate", str(kept), "--answers", "--baseline", baseline, "--accept"), folder=tmp_path
    )
    assert accepted.returncode == 0, accepted.stderr

    gated = sanad_eval(
        *("gate", str(kept), "--answers", "--baseline", baseline, "--json"), folder=tmp_path
    )
    assert gated.returncode == 0, gated.stderr
    rows = json.loads(gated.stdout)["rows"]
    assert {row["measure"] for row in rows} == {"first_quote", "any_quote", "decision"}

    compared = sanad_eval("compare", str(kept), str(kept), "--answers", "--json", folder=tmp_path)
    assert compared.returncode == 2
    assert "have the same name" in compared.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["answers", SAMPLE, "--withdrawn", "1.5"], "Input should be less than or equal to 1"),
        (["answers", "nowhere"], "nowhere is no test collection"),
        (["answers", SAMPLE, "--output", SAMPLE], "which is no part of a run"),
        (["answers", SAMPLE, "--key", "x"], "--key is for --url"),
        (["answers", SAMPLE, "--url", "http://h", "--withdrawn", "0.5"], "--withdrawn out"),
        (["gate", SAMPLE, "--answers", "--baseline", "b"], "holds no answers"),
        (["compare", SAMPLE, SAMPLE, "--answers", "--qrels", "q"], "leave it out with --answers"),
    ],
)
def test_wrong_usage_is_told_before_anything_is_loaded(
    arguments: Sequence[str], message: str, tmp_path: Path
) -> None:
    process = sanad_eval(*arguments, folder=tmp_path)
    assert process.returncode == 2
    assert message in process.stderr
