import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from core.backends.json_tokenizer import load_tokenizer
from core.backends.memory_embedder import WordCounter
from core.errors import EmbedderRejected
from core.ports import TokenCounter, TokenLocator
from tests.core.backends.multilingual import articles
from tests.core.backends.real_model import bundled_parts


@pytest.fixture(params=["bundled", "words"])
def counter(request: pytest.FixtureRequest) -> TokenCounter:
    return bundled_parts().token_counter if request.param == "bundled" else WordCounter()


def test_counts_are_given_in_the_order_of_the_texts(counter: TokenCounter) -> None:
    texts = articles()[::17]

    assert counter.count_tokens(texts) == [counter.count_tokens([text])[0] for text in texts]


def test_no_texts_give_no_counts(counter: TokenCounter) -> None:
    assert counter.count_tokens([]) == []


def test_an_empty_text_has_no_tokens(counter: TokenCounter) -> None:
    assert counter.count_tokens([""]) == [0]


def test_a_longer_text_has_more_tokens(counter: TokenCounter) -> None:
    for text in ("قال الوزير نعم.", "北京今天下雨。", "He said no.", "👩‍🚀 نعم"):
        once, twice = counter.count_tokens([text, f"{text} {text}"])

        assert 0 < once < twice


def test_any_number_of_threads_may_count_at_once(counter: TokenCounter) -> None:
    texts = articles()
    expected = counter.count_tokens(texts)

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda _: counter.count_tokens(texts), range(24)))

    assert all(result == expected for result in results)


def test_texts_beyond_the_models_limit_are_counted_whole() -> None:
    (count,) = bundled_parts().token_counter.count_tokens(["خبر " * 5_000])

    assert count == 5_000 + 1  # the trailing space is a token


def test_a_lone_surrogate_is_refused_with_the_remedy() -> None:
    with pytest.raises(EmbedderRejected, match="lone surrogate: replace it"):
        bundled_parts().token_counter.count_tokens(["fine", "a\ud800b"])


def test_words_of_chinese_and_thai_count_by_the_character() -> None:
    assert WordCounter().count_tokens(["北京下雨", "ฝนตก", "two words", "نعم!"]) == [4, 4, 2, 2]


@pytest.mark.parametrize("kind", ["pieces", "tokenizers", "words"])
def test_tokens_before_a_place_are_those_that_end_there_or_earlier(kind: str) -> None:
    parts = bundled_parts()
    locators: dict[str, TokenLocator] = {
        "pieces": parts.token_counter,
        "tokenizers": load_tokenizer(parts.folder),
        "words": WordCounter(),
    }
    locator = locators[kind]
    for text in articles()[::7]:
        # Behind a word, where a tokenizer that reads words parts the text, and at both ends.
        places = [0, *(found.start() for found in re.finditer(r"\s+", text)), len(text)]
        before = locator.tokens_before(text, places)
        assert before == sorted(before)
        assert before[0] == 0
        assert before[-1] == locator.count_tokens([text])[0]
        heads = locator.count_tokens([text[:place] for place in places])
        assert all(abs(one - other) <= 1 for one, other in zip(before, heads, strict=True))
    assert locator.tokens_before("", [0]) == [0]
