"""Answers, citations and answered topics for tests, given by what matters in them."""

from collections.abc import Sequence

from core.types import Answer, AnswerSentence, AnswerStatus, ArticleHeader, Citation, Support
from eval.answers.runs import AnsweredTopic, CheckedCitation, CheckedSentence
from eval.collection import GoldQuote

BODY = (
    "وقّعت موسكو وبيونغ يانغ معاهدة 🤝 شراكة في ١٩ يونيو ٢٠٢٤.\nتنص المعاهدة على المساعدة المتبادلة."
)
"""The body of the article "treaty"."""

FIRST, SECOND = BODY.split("\n")

GOLD = GoldQuote(article_id="treaty", quote="١٩ يونيو ٢٠٢٤")


def citation(
    quote: str, *, number: int = 1, article_id: str = "treaty", start: int = -1
) -> Citation:
    """A quote where it stands in BODY, or at `start`."""
    start = BODY.find(quote) if start < 0 else start
    return Citation(
        number=number,
        header=ArticleHeader(id=article_id, title="المعاهدة", language="ar"),
        quote=quote,
        start=start,
        end=start + len(quote),
        prefix="",
        suffix="",
        deep_link=None,
    )


def answer(
    citations: Sequence[Citation] = (),
    *,
    status: AnswerStatus = AnswerStatus.ANSWERED,
    sentences: Sequence[tuple[str, tuple[int, ...], Support]] = (),
    text: str = "",
) -> Answer:
    """Its text is that of the sentences, a line each, unless `text` says it."""
    lines, placed = "", []
    for words, numbers, support in sentences:
        start = len(lines)
        lines += words + "\n"
        placed.append(
            AnswerSentence(start=start, end=start + len(words), citations=numbers, support=support)
        )
    return Answer(
        id="i",
        status=status,
        mode="extractive",
        text=text or lines,
        language="ar",
        sentences=tuple(placed),
        citations=tuple(citations),
        confidence=0.5,
        newest_evidence=None,
        notices=(),
        timing_ms={},
    )


def checked(
    *, number: int = 1, holds_gold: bool = False, resolves: bool = True, is_exact: bool = True
) -> CheckedCitation:
    return CheckedCitation(
        number=number,
        article_id="treaty",
        language="ar",
        title="المعاهدة",
        quote=FIRST,
        start=0,
        end=len(FIRST),
        resolves=resolves,
        is_exact=is_exact,
        holds_gold=holds_gold,
    )


def sentence(
    numbers: tuple[int, ...] = (1,), *, is_supported: bool = True, relevant: tuple[int, ...] = (1,)
) -> CheckedSentence:
    return CheckedSentence(
        text=FIRST,
        citations=numbers,
        support="quoted",
        is_supported=is_supported,
        relevant=relevant,
    )


def topic(
    key: str,
    *holds: bool,
    answerable: bool = True,
    abstained: bool = False,
    confidence: float = 0.5,
    pair: str = "en->ar",
    kind: str = "",
    own_language: str = "",
    sentences: tuple[CheckedSentence, ...] = (),
    citations: tuple[CheckedCitation, ...] | None = None,
) -> AnsweredTopic:
    """A topic whose quotes hold the gold or not; an abstention withheld them."""
    quotes = tuple(
        checked(number=number, holds_gold=one) for number, one in enumerate(holds, start=1)
    )
    given = quotes if citations is None else citations
    return AnsweredTopic(
        id=key,
        text="When was the treaty signed?",
        language=pair.partition("->")[0],
        pair=pair,
        kind=kind,
        answerable=answerable,
        is_withdrawn=not answerable,
        gold=(GOLD,) if answerable else (),
        status=AnswerStatus.ABSTAINED if abstained else AnswerStatus.ANSWERED,
        mode="extractive",
        confidence=confidence,
        answer="",
        own_language=own_language,
        sentences=sentences,
        citations=() if abstained else given,
        withheld=given if abstained else (),
    )
