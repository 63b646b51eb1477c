"""Passages: exact, disjoint, covering, within the budget, broken where people would break."""

import time
import unicodedata
from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.backends.memory_embedder import WordCounter
from core.errors import ConfigError
from core.identity import EmbedderIdentity
from core.types import Article, Passage
from indexing.chunking import MAX_PASSAGE_TOKENS, Chunker
from indexing.cleaning import find_boilerplate
from indexing.display import display_text, has_visible_text

SENTENCES = {
    "ar": "وقّعت موسكو وبيونغ يانغ في يونيو 2024 اتفاقية الشراكة الشاملة، بحسب الوكالة. ",
    "fa": "رئیس‌جمهور گفت که توافق‌نامه تا پایان سال جاری اجرا می‌شود و همکاری‌ها گسترش می‌یابد. ",
    "en": "The treaty, signed in June 2024, says that each side helps the other in war. ",
    "zh": "莫斯科与平壤于2024年6月签署了全面战略伙伴关系条约，双方同意相互援助。",
    "th": "นายกรัฐมนตรีกล่าวว่ารัฐบาลจะเร่งแก้ปัญหาน้ำท่วมในภาคใต้ และจัดสรรงบประมาณเพิ่มเติม ",
    "mixed": "قال Vladimir Putin إن “NATO” لن يتوسع\u200f (انظر الفقرة 5)، وأضاف: “لا” 🇷🇺🤝🇰🇵. ",
}


class PieceCounter:
    """Counts as subword tokenizers do: about 4 letters a token, one a letter where none spaces."""

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [sum(self._of_word(word) for word in text.split()) for text in texts]

    @staticmethod
    def _of_word(word: str) -> int:
        return -(-len(word) // (1 if word[0] >= "\u0e00" else 4))


def identity(max_tokens: int = 512) -> EmbedderIdentity:
    return EmbedderIdentity(
        model="m",
        revision="r",
        dimension=8,
        pooling="mean",
        precision="fp32",
        query_prompt="query: ",
        passage_prompt="passage: ",
        max_tokens=max_tokens,
    )


CHUNKER = Chunker(PieceCounter(), embedder=identity())


def article(body: str, *, title: str = "عنوان الخبر", language: str = "ar") -> Article:
    return Article(id="a", title=title, body=body, language=language)


def require_exact_cover(body: str, passages: Sequence[Passage]) -> None:
    """Every visible character lies in exactly one passage or in boilerplate."""
    covers = bytearray(len(body))
    for order, passage in enumerate(passages):
        assert passage.order == order
        assert passage.text == body[passage.start : passage.end] == passage.text.strip() != ""
        for index in range(passage.start, passage.end):
            covers[index] += 1
    for start, end in find_boilerplate(body):
        for index in range(start, end):
            covers[index] += 1
    for character, covered in zip(body, covers, strict=True):
        assert covered == 1 or (character.isspace() and covered == 0)


PIECES = st.one_of(
    st.sampled_from(sorted(SENTENCES.values())),
    st.sampled_from(["\n", "\n\n", " ", "\t", "شراكة استراتيجية", "Share", "اقرأ أيضاً: خبر"]),
    st.sampled_from([
        "👨‍👩‍👧‍👦",
        "🇪🇬",
        "e\u0301" * 3,
        "\u200c",
        "\u200f",
        "...",
        "؟",
        "。",
        "- ",
        "- بند",
    ]),
    st.text(max_size=40),
    st.characters().map(lambda character: character * 300),
)
BODIES = st.lists(PIECES, min_size=1, max_size=40).map("".join)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(body=BODIES)
def test_passages_slice_back_cover_the_body_and_keep_the_budget(body: str) -> None:
    normal = display_text(body.replace("\x00", "").encode("utf-8", "ignore").decode(), field="body")

    passages = CHUNKER.split(article(normal))

    require_exact_cover(normal, passages)
    for passage in passages:
        assert passage.tokens == PieceCounter().count_tokens([passage.text])[0]
        assert passage.tokens <= MAX_PASSAGE_TOKENS
    if has_visible_text(normal) and not find_boilerplate(normal):
        assert passages


@settings(max_examples=60, deadline=None)
@given(body=BODIES, title=st.text(max_size=1_000), max_tokens=st.sampled_from([128, 256, 512]))
def test_title_and_passage_together_fit_the_embedder(
    body: str, title: str, max_tokens: int
) -> None:
    body = display_text(body.replace("\x00", "").encode("utf-8", "ignore").decode(), field="body")
    chunker = Chunker(PieceCounter(), embedder=identity(max_tokens))
    given_article = article(body, title=title)

    for passage in chunker.split(given_article):
        text = chunker.embedding_text(given_article, passage)
        assert text.endswith(passage.text)
        prompted = PieceCounter().count_tokens(["passage: " + text])[0]
        assert prompted + 4 <= max_tokens


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
    "cluster",
    ["👨‍👩‍👧‍👦", "🇪🇬", "👍🏽", "e\u0301\u0323", "क्षि", "ก็", "ب\u0651\u064e", "❤️‍🔥", "1️⃣"],
)
def test_a_forced_cut_falls_between_characters_as_readers_see_them(cluster: str) -> None:
    body = cluster * 1_000

    passages = CHUNKER.split(article(body))

    assert len(passages) > 1
    for passage in passages:
        assert passage.text == cluster * (len(passage.text) // len(cluster))


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


def megabyte(language: str, *, line_end: str) -> str:
    text = (SENTENCES[language] * 9).strip() + line_end
    size = len(text.encode())
    return text * (1_000_000 // size + 1)


@pytest.mark.parametrize(
    "body",
    [
        megabyte("ar", line_end="\n\n"),
        megabyte("ar", line_end=" "),
        megabyte("zh", line_end=""),
        megabyte("th", line_end=" "),
        "ก" * 100_000,
        "كلمة " * 40_000,
        "." * 300_000,
        ". " * 100_000,
        "a" + " " * 300_000 + "b",
        "🇪🇬" * 40_000,
        "a" + "\u0301" * 200_000,
        "aB3dE5fG7h" * 30_000,
        "سطر\n" * 40_000,
        "(" * 300_000,
        "”" * 100_000,
    ],
    ids=[
        "arabic", "arabic-line", "chinese-line", "thai-line", "no-separator", "words", "dots",
        "dots-apart", "spaces", "flags", "marks", "base64", "short-lines", "brackets", "quotes",
    ],
)  # fmt: skip
def test_a_megabyte_takes_seconds_and_so_do_texts_made_to_hurt(body: str) -> None:
    begun = time.process_time()

    passages = CHUNKER.split(article(body))

    assert time.process_time() - begun < 20
    assert max(passage.tokens for passage in passages) <= MAX_PASSAGE_TOKENS
    assert max(len(passage.text) for passage in passages) <= 16 * MAX_PASSAGE_TOKENS
    require_exact_cover(body, passages)


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


@pytest.mark.parametrize("title", ["عنوان طويل " * 80, "标" * 900, "标" * 900 + " end", "x" * 999])
def test_a_long_title_is_cut_to_its_share(title: str) -> None:
    long = article(SENTENCES["ar"] * 20, title=title)
    passage = CHUNKER.split(long)[0]

    shown = CHUNKER.embedding_text(long, passage).partition("\n")[0]

    assert title.startswith(shown)
    assert 40 <= PieceCounter().count_tokens([shown])[0] <= 64


def test_a_title_that_cannot_be_cut_is_left_out() -> None:
    class Heavy(PieceCounter):
        """One letter of the title alone is more than its share."""

        def count_tokens(self, texts: Sequence[str]) -> list[int]:
            counts = super().count_tokens(texts)
            return [99 if "ꙮ" in text else n for text, n in zip(texts, counts, strict=True)]

    heavy = article(SENTENCES["ar"] * 20, title="ꙮ")
    chunker = Chunker(Heavy(), embedder=identity())
    passage = chunker.split(heavy)[0]

    assert chunker.embedding_text(heavy, passage) == passage.text


def test_a_model_of_short_input_gets_shorter_passages() -> None:
    chunker = Chunker(PieceCounter(), embedder=identity(128))

    passages = chunker.split(article(SENTENCES["ar"] * 20))

    assert max(passage.tokens for passage in passages) <= 90
    assert chunker.version != CHUNKER.version


def test_a_model_of_no_room_is_refused() -> None:
    with pytest.raises(ConfigError, match="takes 64 tokens"):
        Chunker(PieceCounter(), embedder=identity(64))


def test_counts_that_do_not_add_up_are_mended() -> None:
    class Surprising(PieceCounter):
        """Long texts count more than their parts, as some merges do."""

        def count_tokens(self, texts: Sequence[str]) -> list[int]:
            return [count * (3 if count > 100 else 1) for count in super().count_tokens(texts)]

    body = SENTENCES["ar"] * 40

    passages = Chunker(Surprising(), embedder=identity()).split(article(body))

    assert max(passage.tokens for passage in passages) <= MAX_PASSAGE_TOKENS
    require_exact_cover(body, passages)


def test_the_double_of_the_house_can_be_used_too() -> None:
    chunker = Chunker(WordCounter(), embedder=identity())
    body = unicodedata.normalize("NFD", SENTENCES["ar"]) * 40

    require_exact_cover(body, chunker.split(article(body)))
