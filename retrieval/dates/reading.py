"""The times that a question names, and what a search makes of each.

A filter loses the answer when it is wrong, so only what bounds the publication itself becomes one:
questions for articles of a period, "as of" a day, and times told from today, since nothing is
published before it happens. A date mostly tells when something happened; later articles tell of
it too, so it is a preference.
"""

from datetime import UTC, date, datetime

from core.periods import Period, PeriodUse
from retrieval.dates.expressions import Expression, find_expressions
from retrieval.dates.folding import Folded, fold_question
from retrieval.dates.grammar import Grammar, grammar_of
from retrieval.dates.meanings import Meaning, Tense

MAX_PERIODS = 8


def read_periods(question: str, *, language: str, now: datetime) -> tuple[Period, ...]:
    """The times of `question` in its order, at most MAX_PERIODS; weeks begin on Monday.

    Of a language without a file of expressions, only dates in digits are read. What lies in the
    future says nothing of what was published, and is left out; so is the end of a period without
    its beginning ("until 2015"), unless articles are asked for.

    >>> [one] = read_periods("articles about Oman published between March and May 2018",
    ...     language="en", now=datetime(2026, 9, 10, tzinfo=UTC))
    >>> one.text, str(one.first), str(one.last), one.use.value
    ('between March and May 2018', '2018-03-01', '2018-05-31', 'filter')
    """
    grammar, today = grammar_of(language), now.astimezone(UTC).date()
    folded = fold_question(question)
    periods = []
    for one in find_expressions(folded, grammar, today=today):
        start, end = folded.span(one.start, one.end)
        use = _use(one.meaning, folded, grammar)
        if use is None or _is_ahead(one.meaning, today) or _is_a_name(question, start, one):
            continue
        is_latest = use is PeriodUse.LATEST
        periods.append(
            Period(
                text=question[start:end],
                start=start,
                end=end,
                first=None if is_latest or one.meaning.tense is Tense.AS_OF else one.meaning.first,
                last=None if is_latest else one.meaning.last,
                use=use,
            )
        )
    return tuple(periods[:MAX_PERIODS])


def _use(meaning: Meaning, folded: Folded, grammar: Grammar | None) -> PeriodUse | None:
    asks_for_articles = grammar is not None and grammar.published.search(folded.text) is not None
    match meaning.tense:
        case Tense.NEWEST:
            return PeriodUse.LATEST
        case Tense.TODAY if not asks_for_articles:
            happened = grammar is not None and grammar.happened.search(folded.text) is not None
            return PeriodUse.SINCE if happened else PeriodUse.LATEST
        case Tense.AS_OF:
            return PeriodUse.FILTER
        case _ if asks_for_articles:
            return PeriodUse.FILTER
        case Tense.RECENT:
            return PeriodUse.SINCE
        case Tense.DATED:
            return PeriodUse.PREFERENCE
    return None


def _is_ahead(meaning: Meaning, today: date) -> bool:
    return meaning.first is not None and meaning.first > today


def _is_a_name(question: str, start: int, one: Expression) -> bool:
    """Whether a word such as "Yesterday" or "Today" is spelled as a title inside the question."""
    if one.meaning.tense is Tense.DATED or not question[start].isupper():
        return False
    before = question[:start].rstrip()
    return before != "" and before[-1] not in ".!?:;" and not question.isupper()
