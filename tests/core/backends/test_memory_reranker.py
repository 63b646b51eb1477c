import pytest

from core.backends.memory_reranker import OverlapReranker

pytestmark = pytest.mark.anyio


async def test_texts_are_ranked_by_the_words_they_share_with_the_question() -> None:
    scores = await OverlapReranker().score(
        "افتتاح مستشفى في الموصل",
        [
            "فاز المنتخب المغربي بهدفين",
            "المستشفيات في بغداد مكتظة",
            "أعلنت الوزارة افتتاح مستشفى جديد في الموصل",
        ],
    )

    assert scores[0] < scores[1] < scores[2] == 1


async def test_case_and_compatibility_forms_do_not_matter() -> None:
    assert await OverlapReranker().score("ＮＡＴＯ ﻻ", ["nato لا"]) == [1]


@pytest.mark.parametrize("question", ["", "؟؟", "🙂"])
async def test_a_question_without_words_fits_nothing(question: str) -> None:
    assert await OverlapReranker().score(question, ["نص", ""]) == [0, 0]
