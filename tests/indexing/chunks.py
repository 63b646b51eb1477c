"""What the tests of chunking cut, and what must be true of the passages."""

from collections.abc import Sequence

from hypothesis import strategies as st

from core.identity import EmbedderIdentity
from core.types import Article, Passage
from indexing.chunking import Chunker
from indexing.cleaning import find_boilerplate

SENTENCES = {
    "ar": "وقّعت موسكو وبيونغ يانغ في يونيو 2024 اتفاقية الشراكة الشاملة، بحسب الوكالة. ",
    "fa": "رئیس‌جمهور گفت که توافق‌نامه تا پایان سال جاری اجرا می‌شود و همکاری‌ها گسترش می‌یابد. ",
    "en": "The treaty, signed in June 2024, says that each side helps the other in war. ",
    "zh": "莫斯科与平壤于2024年6月签署了全面战略伙伴关系条约，双方同意相互援助。",
    "th": "นายกรัฐมนตรีกล่าวว่ารัฐบาลจะเร่งแก้ปัญหาน้ำท่วมในภาคใต้ และจัดสรรงบประมาณเพิ่มเติม ",
    "mixed": "قال Vladimir Putin إن “NATO” لن يتوسع\u200f (انظر الفقرة 5)، وأضاف: “لا” 🇷🇺🤝🇰🇵. ",
}

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
