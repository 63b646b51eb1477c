"""`sanad eval judge answers` as users run it, against a scripted endpoint."""

import json
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from eval.answers.runs import AnswerRun, write_answers
from tests.contracts.chat_endpoint import ChatEndpoint, refuses, says
from tests.eval.answers.answered import checked, sentence, topic
from tests.eval.answers.test_chat_judge import FULL, NONE, own, written
from tests.sanad.command import run_sanad


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """Two answers in words of their own, both supported by our test."""
    topics = (
        written("أ", own("وقعت المعاهدة.", is_supported=True)),
        written("b", own("It was signed.", is_supported=True)),
    )
    write_answers(AnswerRun(name="kept", topics=topics, manifest={}), tmp_path / "run")
    return tmp_path / "run"


def judge(run: Path, url: str, *more: str) -> CompletedProcess[str]:
    return run_sanad(
        *("eval", "judge", "answers", str(run), "--url", url, "--model", "judge-1", *more),
        data_dir=run.parent / "data",
    )


def test_the_judge_and_our_test_are_told_beside_each_other(
    kept: Path, endpoint: ChatEndpoint
) -> None:
    endpoint.replies = [says(FULL), says(NONE)]
    done = judge(kept, endpoint.url, "--key", "s3cret", "--json")

    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert (found["judge"], found["answers"], found["unclear"]) == ("judge-1", 2, 0)
    assert found["measures"]["our test"]["citation_recall"]["mean"] == 1
    assert found["measures"]["the judge"]["citation_recall"]["mean"] == 0.5
    assert found["agreement"]["agreed_binary"] == 0.5
    assert [one["topic"] for one in found["disagreements"]] == ["b"]
    assert "s3cret" not in done.stdout
    assert {asked.body["model"] for asked in endpoint.asked} == {"judge-1"}
    assert endpoint.asked[0].headers["authorization"] == "Bearer s3cret"
    assert "وقعت المعاهدة." in endpoint.asked[0].texts


def test_people_see_the_sentences_that_the_two_judge_differently(
    kept: Path, endpoint: ChatEndpoint
) -> None:
    endpoint.replies = [says(NONE), says("no idea")]
    done = judge(kept, endpoint.url)

    assert done.returncode == 0, done.stderr
    assert "kept, judged by judge-1" in done.stdout
    assert "our test supports it, the judge does not: وقعت المعاهدة." in done.stdout
    assert "1 of 2 replies held no verdict" in done.stderr


def test_an_endpoint_that_refuses_is_a_fault_and_never_a_verdict(
    kept: Path, endpoint: ChatEndpoint
) -> None:
    endpoint.replies = [refuses(404, "no such model")]
    done = judge(kept, endpoint.url)
    assert done.returncode == 3
    assert "knows no model judge-1" in done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.stderr


def test_answers_that_only_quote_need_no_judge(tmp_path: Path) -> None:
    quotes = topic("q", citations=(checked(),), sentences=(sentence(),))
    write_answers(AnswerRun(name="r", topics=(quotes,), manifest={}), tmp_path / "run")
    done = judge(tmp_path / "run", "http://127.0.0.1:1/v1")
    assert done.returncode == 2
    assert "holds quotes alone" in done.stderr
