"""What every reranker keeps, on a real cross-encoder and on the double."""

from pathlib import Path

import anyio
import pytest

from core.backends.cross_encoder_reranker import CrossEncoderReranker
from core.backends.memory_reranker import OverlapReranker
from core.errors import RerankerRejected
from core.ports import Reranker
from tests.core.backends.tiny_cross_encoder import write_cross_encoder

pytestmark = pytest.mark.anyio

QUESTION = "ما الذي تنص عليه المعاهدة بين موسكو وبيونغ يانغ؟"
TEXTS = [
    "تنص المعاهدة على المساعدة المتبادلة إذا تعرض أحد الطرفين لعدوان.",
    "وزیر نیرو گفت که سطح آب سدها پایین آمده است.",
    "تعاقدت شركة Microsoft مع 3 جامعات (MIT, ETH) في 2025!",
    "受台风影响，沿海多个城市的学校停课一天。",
    "👩🏽‍🚀🇩🇿 ❤️",
    "The ferry service will resume on Monday, after four weeks of storms and repairs.",
    "معاهدة",
    "",
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_cross_encoder(tmp_path_factory.mktemp("models") / "tiny")


@pytest.fixture(params=["overlap", "cross-encoder"])
def reranker(request: pytest.FixtureRequest, folder: Path) -> Reranker:
    if request.param == "overlap":
        return OverlapReranker(max_tokens=64)
    return CrossEncoderReranker(folder, model="folder:tiny", revision="1")


async def test_there_is_one_score_a_text_from_0_to_1(reranker: Reranker) -> None:
    scores = await reranker.score(QUESTION, TEXTS)

    assert len(scores) == len(TEXTS)
    assert all(isinstance(score, float) and 0 <= score <= 1 for score in scores)
    assert len(set(scores)) > 1


async def test_scores_keep_the_order_of_the_texts(reranker: Reranker) -> None:
    scores = await reranker.score(QUESTION, TEXTS)
    backwards = await reranker.score(QUESTION, TEXTS[::-1])

    assert backwards[::-1] == pytest.approx(scores, abs=1e-5)


async def test_a_score_does_not_depend_on_the_other_texts(reranker: Reranker) -> None:
    together = await reranker.score(QUESTION, TEXTS)
    alone = [(await reranker.score(QUESTION, [text]))[0] for text in TEXTS]

    # Padding beside longer texts moves the last digits.
    assert together == pytest.approx(alone, abs=1e-5)


async def test_a_score_depends_on_the_question(reranker: Reranker) -> None:
    scores = await reranker.score(QUESTION, TEXTS)
    others = await reranker.score("When will the ferry resume?", TEXTS)

    assert scores != pytest.approx(others, abs=1e-3)


async def test_the_same_pair_gets_the_same_score(reranker: Reranker) -> None:
    first, second = await reranker.score(QUESTION, [TEXTS[0], TEXTS[0]])

    assert first == pytest.approx(second, abs=1e-6)
    assert await reranker.score(QUESTION, TEXTS) == await reranker.score(QUESTION, TEXTS)


async def test_nothing_in_gives_nothing(reranker: Reranker) -> None:
    assert await reranker.score(QUESTION, []) == []


async def test_a_text_longer_than_the_model_reads_is_read_in_its_beginning(
    reranker: Reranker,
) -> None:
    long = " ".join(["معاهدة شراكة"] * 500)
    first, longer = await reranker.score("شراكة", [long, f"{long} الختام في موسكو"])

    assert first == pytest.approx(longer, abs=1e-6)


async def test_concurrent_calls_give_what_single_calls_give(reranker: Reranker) -> None:
    expected = await reranker.score(QUESTION, TEXTS)
    found: list[list[float]] = []

    async def score() -> None:
        found.append(await reranker.score(QUESTION, TEXTS))

    async with anyio.create_task_group() as tasks:
        for _ in range(8):
            tasks.start_soon(score)

    assert found == [pytest.approx(expected, abs=1e-6)] * 8


@pytest.mark.parametrize(
    ("question", "texts", "named"),
    [("سؤال\ud800", ["نص"], "the question"), ("سؤال", ["نص", "b\udfff"], "text 1")],
)
async def test_a_lone_surrogate_is_refused_and_named(
    reranker: Reranker, question: str, texts: list[str], named: str
) -> None:
    with pytest.raises(RerankerRejected, match=f"{named} holds a lone surrogate"):
        await reranker.score(question, texts)


async def test_the_identity_is_stable(reranker: Reranker) -> None:
    before = reranker.identity
    await reranker.score(QUESTION, TEXTS)

    assert reranker.identity == before
    assert before.max_tokens > 0


async def test_the_texts_given_are_left_as_they_are(reranker: Reranker) -> None:
    given = list(TEXTS)
    await reranker.score(QUESTION, given)

    assert given == TEXTS
