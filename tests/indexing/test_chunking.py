"""Passages: exact, disjoint, covering, broken where people would break."""

import unicodedata

import pytest

from core.backends.memory_embedder import WordCounter
from indexing.chunking import Chunker
from indexing.display import display_text
from tests.indexing.chunks import CHUNKER, SENTENCES, article, identity, require_exact_cover


@pytest.mark.parametrize("language", SENTENCES)
def test_passages_of_running_text_have_the_size_that_was_asked_for(language: str) -> None:
    paragraph = SENTENCES[language] * 3
    body = "\n\n".join([paragraph.strip()] * 12)

    passages = CHUNKER.split(article(body))

    assert len(passages) > 1
    assert all(100 <= passage.tokens <= 220 for passage in passages)
    require_exact_cover(body, passages)


@pytest.mark.parametrize("language", ["ar", "fa", "en", "zh", "mixed"])
def test_one_long_line_is_cut_between_sentences(language: str) -> None:
    body = (SENTENCES[language] * 60).strip()

    passages = CHUNKER.split(article(body))

    assert len(passages) > 3
    sentence = SENTENCES[language].strip()
    assert all(passage.text.startswith(sentence[:12]) for passage in passages)
    assert all(passage.text.endswith(sentence[-3:]) for passage in passages)


def test_abbreviations_do_not_end_a_sentence() -> None:
    body = ("قال د. محمد ع. س. إن U.S. officials agreed " * 30).strip()

    for passage in CHUNKER.split(article(body)):
        assert not passage.text.startswith(("محمد", "س.", "officials"))


def test_a_heading_stays_with_what_follows_and_names_the_passages_below() -> None:
    section = SENTENCES["ar"] * 14
    body = f"{section}\n\nشراكة استراتيجية\n\n{section}\n\nما الذي يتغير؟\n\n{section}"

    passages = CHUNKER.split(article(body))

    for heading in ("شراكة استراتيجية", "ما الذي يتغير؟"):
        (holder,) = [passage for passage in passages if heading in passage.text]
        assert holder.text.startswith(heading)
        assert holder.tokens > 100
    starts = [passage.heading for passage in passages]
    assert starts == sorted(starts, key=[None, "شراكة استراتيجية", "ما الذي يتغير؟"].index)
    assert set(starts) == {None, "شراكة استراتيجية", "ما الذي يتغير؟"}


def test_a_small_section_is_joined_rather_than_left_tiny() -> None:
    body = f"{SENTENCES['ar'] * 3}\n\nخلفية\n\nنص قصير جداً هنا في آخر الخبر المنشور أمس."

    passages = CHUNKER.split(article(body))

    assert len(passages) == 1


def test_no_tiny_tail_is_left() -> None:
    for count in range(1, 60):
        body = (SENTENCES["ar"] * count).strip() + "\n\nانتهى الخبر."
        passages = CHUNKER.split(article(body))
        assert min(passage.tokens for passage in passages) >= min(
            40, sum(passage.tokens for passage in passages)
        )


def test_boilerplate_is_in_no_passage_and_moves_no_offset() -> None:
    body = f"{SENTENCES['ar'] * 4}\n\nاقرأ أيضاً: خبر آخر تماماً\n\n{SENTENCES['ar'] * 4}\n\nشاركها."

    passages = CHUNKER.split(article(body))

    assert [passage.text for passage in passages] == [(SENTENCES["ar"] * 4).strip()] * 2
    require_exact_cover(body, passages)


def test_nothing_but_boilerplate_gives_no_passage() -> None:
    assert CHUNKER.split(article("Share\n\nاقرأ أيضا\n")) == []


def test_hard_wrapped_lines_are_read_as_paragraphs() -> None:
    words = (SENTENCES["en"] * 30).split()
    body = "\n".join(" ".join(words[n : n + 12]) for n in range(0, len(words), 12))

    passages = CHUNKER.split(article(body, language="en"))

    assert all(passage.text.startswith("The treaty") for passage in passages)
    assert all(passage.text.endswith(".") for passage in passages)
    require_exact_cover(body, passages)


@pytest.mark.parametrize(
    "body",
    [
        "سطر أول\r\nسطر ثان\r\n\r\nفقرة.",
        "\ufeffنص يبدأ بعلامة.",
        "e\u0301le\u0301ve — caf\u0065\u0301.",
        "می‌خواهم کتاب‌ها را ببینم.",
        "\u200fقال \u202bPutin\u202c نعم.\u200f",
        "🇸🇦 فاز المنتخب 👨‍👩‍👧 3–1!",
        "فقرة\u00a0أولى\u2003هنا\u3000.",
        "ﷺ والكلمة ﻻ تتغير",
    ],
    ids=["crlf", "bom", "combining", "zwnj", "direction", "emoji", "spaces", "ligatures"],
)
def test_tricky_texts_slice_back_exactly(body: str) -> None:
    normal = display_text(body, field="body")

    passages = CHUNKER.split(article(normal))

    require_exact_cover(normal, passages)
    assert len(passages) == 1
    # NFC or not, the publisher's characters are kept.
    assert passages[0].text in body.replace("\r\n", "\n")


def test_ids_depend_on_the_content_and_only_on_it() -> None:
    body = SENTENCES["ar"] * 20

    first, again, other = (
        [passage.id for passage in CHUNKER.split(article(text))]
        for text in (body, body, body + "وأضاف.")
    )

    assert first == again
    assert not set(first) & set(other)


def test_the_title_is_given_as_context_once() -> None:
    opening = "وقّعت موسكو الاتفاقية أمس. "
    body = opening + SENTENCES["ar"] * 20
    derived = article(body, title="وقّعت  موسكو الاتفاقية…".replace("  ", " "))
    first, second, *_ = CHUNKER.split(derived)

    assert CHUNKER.embedding_text(derived, first) == first.text
    assert CHUNKER.embedding_text(derived, second) == f"{derived.title}\n{second.text}"


def test_the_double_of_the_house_can_be_used_too() -> None:
    chunker = Chunker(WordCounter(), embedder=identity())
    body = unicodedata.normalize("NFD", SENTENCES["ar"]) * 40

    require_exact_cover(body, chunker.split(article(body)))
