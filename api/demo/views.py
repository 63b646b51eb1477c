"""What the templates show: words, dates and directions chosen, nothing left to decide there."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from api.demo.edition import Edition, Item
from api.demo.page_text import Paragraph, paragraphs
from api.demo.structured_data import news_article
from api.demo.words import Speech, direction_of
from core.types import Article

BENEATH = 2
"""Stories under the lead, which is shorter than the column beside it."""

FIRST_STORIES = 7
MORE_STORIES = 12
SECTIONS = 9
LANGUAGES = 6
A_LANGUAGE = 3
MAX_LISTED = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A date for people and for machines."""

    shown: str
    iso: str

    @classmethod
    def of(cls, moment: datetime | None, speech: Speech) -> "Day | None":
        """The day of `moment`, None if that is unknown."""
        return None if moment is None else cls(shown=speech.date(moment), iso=moment.isoformat())


@dataclass(frozen=True, slots=True, kw_only=True)
class Teaser:
    """An article in a list."""

    href: str
    title: str
    excerpt: str
    language: str
    direction: str
    section: str | None
    source: str | None
    date: Day | None

    @classmethod
    def of(cls, item: Item, speech: Speech) -> "Teaser":
        """`item` in a list of a page that speaks `speech`."""
        return cls(
            href=article_path(item.id),
            title=item.title,
            excerpt=item.excerpt,
            language=item.language,
            direction=direction_of(item.language),
            section=item.section,
            source=item.source,
            date=Day.of(item.published_at, speech),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A link to a section."""

    name: str
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherLanguage:
    """The newest articles in a language that is not the page's."""

    name: str
    direction: str
    teasers: Sequence[Teaser]


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeView:
    """The front page: `lead` is None where the index is empty."""

    lead: Teaser | None
    beneath: Sequence[Teaser]
    first: Sequence[Teaser]
    more: Sequence[Teaser]
    others: Sequence[OtherLanguage]
    sections: Sequence[Section]
    today: Day | None

    @classmethod
    def of(cls, items: Sequence[Item], speech: Speech, *, now: datetime) -> "HomeView":
        """The front page of `items`, newest first, in the language of `speech` if there are any."""
        chosen = _main_language(items, speech.language)
        main = [item for item in items if item.language == chosen]
        teasers = [Teaser.of(item, speech) for item in main[: FIRST_STORIES + MORE_STORIES]]
        return cls(
            lead=teasers[0] if teasers else None,
            beneath=teasers[1 : 1 + BENEATH],
            first=teasers[1 + BENEATH : FIRST_STORIES],
            more=teasers[FIRST_STORIES:],
            others=list(_others(items, speech, main_language=chosen)),
            sections=_sections(main),
            today=Day.of(now, speech),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A correction."""

    date: Day | None
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleView:
    """An article's page; `text` is the body to the code point."""

    article: Article
    direction: str
    text: Sequence[Paragraph]
    published: Day | None
    updated: Day | None
    corrections: Sequence[Note]
    section: Section | None
    structured_data: str
    more: Sequence[Teaser]

    @classmethod
    def of(cls, article: Article, speech: Speech, *, more: Iterable[Item]) -> "ArticleView":
        """The page of `article` in words of `speech`, with other articles beside it."""
        return cls(
            article=article,
            direction=direction_of(article.language),
            text=list(paragraphs(article.body)),
            published=Day.of(article.published_at, speech),
            updated=Day.of(article.updated_at, speech),
            corrections=[
                Note(date=Day.of(one.at, speech), text=one.text) for one in article.corrections
            ],
            section=None if article.section is None else section_link(article.section),
            structured_data=news_article(article),
            more=[Teaser.of(item, speech) for item in more],
        )


def article_path(article_id: str) -> str:
    """Where the demo shows the article."""
    return f"/articles/{quote(article_id, safe='')}"


def section_link(name: str) -> Section:
    """Where the demo lists a section."""
    return Section(name=name, href=f"/sections/{quote(name, safe='')}")


def shown_items(edition: Edition, language: str) -> list[Item]:
    """Those of `edition` that a front page in `language` is made of."""
    chosen = _main_language(edition.items, language)
    left = Counter({chosen: FIRST_STORIES + MORE_STORIES})
    left.update(dict.fromkeys(_other_languages(edition.items, chosen), A_LANGUAGE))
    shown = []
    for item in edition.items:
        if left[item.language] > 0:
            left[item.language] -= 1
            shown.append(item)
    return shown


def _main_language(items: Sequence[Item], wanted: str) -> str:
    counts = Counter(item.language for item in items)
    if wanted in counts or not counts:
        return wanted
    return counts.most_common(1)[0][0]


def _other_languages(items: Iterable[Item], main: str) -> list[str]:
    counts = Counter(item.language for item in items if item.language != main)
    return [language for language, _ in counts.most_common(LANGUAGES)]


def _others(
    items: Sequence[Item], speech: Speech, *, main_language: str
) -> Iterator[OtherLanguage]:
    for language in _other_languages(items, main_language):
        written = [item for item in items if item.language == language]
        yield OtherLanguage(
            name=speech.language_name(language),
            direction=direction_of(language),
            teasers=[Teaser.of(item, speech) for item in written[:A_LANGUAGE]],
        )


def _sections(items: Iterable[Item]) -> list[Section]:
    counts = Counter(item.section for item in items if item.section)
    return [section_link(name) for name, _ in counts.most_common(SECTIONS)]
