"""The passages benchmark measures a setting whole, and writes what can be read again."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from benchmarks.passages import Bench, as_json
from benchmarks.passages_compare import MEASURES, MODES
from benchmarks.passages_data import Archive, Asked, Span
from benchmarks.passages_settings import BODY_BASE, TITLED_BASE, named
from benchmarks.passages_vectors import KeptVectors
from core.backends.embedding import EmbedderParts
from core.backends.memory_embedder import HashingEmbedder, WordCounter
from core.types import Article
from retrieval.cohort import Cohort
from tests.retrieval.plain_cohort import plain_cohort

EMBEDDER = HashingEmbedder()
NEWS = {
    "قطار": "أعلنت الهيئة أن القطار الجديد سيربط الميناء بالعاصمة خلال ساعتين. ",
    "مرصد": "سجل المرصد هزة أرضية خفيفة شعر بها سكان الجبل فجر الأحد 🌋. ",
    "team": "The team won the final in Sfax after two lost finals. ",
}


def archive() -> Archive:
    made = Archive()
    for title, sentence in NEWS.items():
        body = (sentence * 40).strip()
        language = "en" if title.isascii() else "ar"
        asked = Asked(
            id=f"q-{title}",
            group="questions",
            text=sentence.strip(),
            language=language,
            relevant={title: 1},
            spans=(Span(article_id=title, start=0, end=len(sentence) - 1),),
        )
        article = Article(
            id=title,
            title=title,
            body=body,
            language=language,
            published_at=datetime(2024, 3, 12, tzinfo=UTC),
        )
        made.add([article], [asked])
    made.topics.append(replace(made.topics[0], id="q-none", text="؟", relevant={"غائب": 1}))
    return made


def cohort() -> Cohort:
    return plain_cohort(["ar", "en"], dimension=EMBEDDER.identity.dimension)


@pytest.mark.anyio
@pytest.mark.parametrize("name", [BODY_BASE, TITLED_BASE])
async def test_a_setting_is_measured_by_mode_and_topic_and_told_with_its_cost(
    name: str, tmp_path: Path
) -> None:
    made = archive()
    parts = EmbedderParts(embedder=EMBEDDER, token_counter=WordCounter(), folder=tmp_path)
    kept = KeptVectors(parts, tmp_path / "vectors.sqlite")
    queries = await EMBEDDER.embed_queries([topic.text for topic in made.topics])
    (setting,) = named([name])

    measured, cost = await Bench(made, parts, cohort(), kept).measure(setting, queries)
    kept.close()

    for mode in MODES:
        for topic in made.topics[:3]:
            assert measured[mode][topic.id] == dict.fromkeys(MEASURES, 1.0)
        assert measured[mode]["q-none"] == dict.fromkeys(MEASURES, 0.0)
    assert cost["passages"] > len(NEWS)
    assert cost["gold_whole"] == {"questions": 1.0}
    assert cost["setting"] == name
    assert cost["tokens_read"] >= cost["mean_tokens"] * cost["passages"] * 0.99


def test_the_result_can_be_read_again_and_has_its_long_lists_a_row_a_line() -> None:
    result = {"articles": 3, "topics": {"news": 1}, "compared": [{"x": 1, "y": "ع"}, {"x": 2}]}

    written = as_json(result)

    assert json.loads(written) == result
    assert '    {"x": 1, "y": "ع"},\n    {"x": 2}\n' in written
    assert written.endswith("}\n")


def test_an_empty_list_is_written_too() -> None:
    assert json.loads(as_json({"compared": []})) == {"compared": []}
