"""A manifest tells what made a run, and nothing of the machine's paths or keys."""

import json
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest

from core.settings import load_settings
from eval.collection import Collection
from eval.manifest import (
    answering_settings,
    describe_run,
    ranking_constants,
    ranking_settings,
    shown_command,
    weights,
)
from retrieval.parameters import DEFAULT_PARAMETERS
from retrieval.search import LEG_DEPTH


def test_it_is_plain_json_with_checksums_of_all_that_was_read(tmp_path: Path) -> None:
    corpus, more = tmp_path / "corpus.jsonl", tmp_path / "more.jsonl.gz"
    corpus.write_text("نص", encoding="utf-8")
    more.write_bytes(b"x")
    found = describe_run(
        arguments=["eval", "run", str(tmp_path)],
        started_at=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
        collection=Collection(
            name="أخبار",
            corpus=(corpus,),
            topics=(),
            article_languages={},
            files={"news/corpus.jsonl": corpus},
        ),
        distractors={"more/more.jsonl.gz": more},
        index={"articles": 2},
        search={"mode": "dense"},
    )
    assert json.loads(json.dumps(found, ensure_ascii=False)) == found
    assert found["time"] == "2026-01-02T03:04:05+00:00"
    assert found["collection"] == {
        "name": "أخبار",
        "topics": 0,
        "files": {
            "news/corpus.jsonl": sha256("نص".encode()).hexdigest(),
            "more/more.jsonl.gz": sha256(b"x").hexdigest(),
        },
    }
    assert {"commit", "machine", "libraries", "python", "index", "search", "seeds"} <= set(found)
    assert str(tmp_path) not in json.dumps(found)


@pytest.mark.parametrize(
    ("arguments", "shown"),
    [
        (["--key", "s3cret", "--url", "http://h"], "--key *** --url http://h"),
        (["--key=s3cret"], "--key=***"),
        (["--url=https://me:s3cret@h/"], "--url=https://h/"),
        (["/home/me/data/xquad", "--output", "/tmp/out"], "data/xquad --output tmp/out"),
    ],
)
def test_the_command_keeps_keys_and_places_to_itself(arguments: list[str], shown: str) -> None:
    assert shown_command(arguments) == f"sanad {shown}"


def test_what_bears_on_ranking_is_told() -> None:
    given = {
        "SANAD_MODEL": "/home/me/models/e5",
        "SANAD_RERANKER": "/home/me/models/reads-pairs",
        "SANAD_RERANKER_DEPTH": "12",
        "SANAD_QDRANT_API_KEY": "s3cret",
    }
    found = ranking_settings(load_settings(given))

    assert found["settings"] == {
        "model": "models/e5",
        "model_revision": None,
        "runtime": "auto",
        "precision": "int8",
        "device": "cpu",
        "store": "edge",
        "reranker": "models/reads-pairs",
        "reranker_revision": None,
        "reranker_depth": 12,
    }
    constants = ranking_constants()
    assert constants["search.LEG_DEPTH"] == LEG_DEPTH
    assert constants["parameters.lexical"] == DEFAULT_PARAMETERS.lexical


def test_answers_tell_their_chat_model_its_bounds_and_no_key() -> None:
    given = {
        "SANAD_LLM_BASE_URL": "http://localhost:1/v1",
        "SANAD_LLM_MODEL": "writer-1",
        "SANAD_LLM_API_KEY": "s3cret",
    }
    found = answering_settings(load_settings(given))
    assert found["llm_model"] == "writer-1"
    assert found["llm_max_tokens"] == 700
    assert "s3cret" not in str(found)
    assert answering_settings(load_settings({})) == {}


def test_weights_are_told_by_their_checksums() -> None:
    found = weights()
    assert set(found) >= {"abstention_weights.json", "evidence_weights.json"}
    assert {len(one) for one in found.values()} == {64}
