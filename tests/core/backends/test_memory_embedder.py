import subprocess
import sys
from pathlib import Path

import anyio
import numpy as np
import pytest

from core.backends.memory_embedder import HashingEmbedder

pytestmark = pytest.mark.anyio


async def test_passages_are_ranked_by_the_words_they_share_with_the_question() -> None:
    embedder = HashingEmbedder()
    (question,) = await embedder.embed_queries(["افتتاح مستشفى في الموصل"])
    passages = await embedder.embed_passages([
        "فاز المنتخب المغربي بهدفين",
        "المستشفيات في بغداد مكتظة",
        "أعلنت الوزارة افتتاح مستشفى جديد في الموصل",
    ])

    assert (passages @ question).argsort()[::-1].tolist() == [2, 1, 0]


async def test_case_and_compatibility_forms_do_not_matter() -> None:
    one, other = await HashingEmbedder().embed_passages(["ＮＡＴＯ ﻻ", "nato لا"])

    np.testing.assert_array_equal(one, other)


async def test_an_empty_text_gets_a_fixed_unit_vector() -> None:
    empty, blank = await HashingEmbedder(dimension=8).embed_passages(["", " \n"])

    assert empty.tolist() == blank.tolist() == [1, 0, 0, 0, 0, 0, 0, 0]


def test_vectors_are_the_same_in_another_process() -> None:
    program = (
        "import anyio; from core.backends.memory_embedder import HashingEmbedder; "
        "print(anyio.run(HashingEmbedder().embed_queries, ['سند 北京 👩‍🚀'])[0].tolist())"
    )
    environment = {"PYTHONHASHSEED": "12345"}
    printed = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[3],
        env=environment,
    ).stdout
    (here,) = anyio.run(HashingEmbedder().embed_queries, ["سند 北京 👩‍🚀"])

    assert printed.strip() == str(here.tolist())
