"""What both legs find for a question: every language by itself, so that none crowds another out."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.language import UNKNOWN
from core.ports import IndexStore
from core.types import FoundPassage, Match, PassageFilter, SparseVector, VectorQuery
from retrieval.kept import Kept
from retrieval.query import SearchMode
from retrieval.scales import QuestionScales

MAX_LANGUAGES = 12
"""Languages drawn from apart; the passages of all rarer ones are drawn together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """The matches of both legs, best first by the score of the leg, and their languages by id.

    `numbers` are matches of the lexical leg for the numbers of the question, in other languages.
    """

    dense: Sequence[Match]
    lexical: Sequence[Match]
    languages: dict[str, str]
    numbers: Sequence[Match] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is drawn: `depth` from the lexical leg, and from the dense leg for each language.

    `terms` are all of the question, `numbers` those that are the same in every language.
    `language` is that of the question, `indexed` are those of the index, most passages first: the
    passages of one that is missing are found all the same, with those of rare languages.
    """

    scales: QuestionScales
    indexed: tuple[str, ...]
    terms: SparseVector
    numbers: SparseVector
    language: str
    where: PassageFilter
    mode: SearchMode
    depth: int


class Drawer:
    """Draws from a store."""

    def __init__(self, store: IndexStore, passages: Kept[FoundPassage]) -> None:
        self._store = store
        self._passages = passages

    async def draw(self, wanted: Wanted) -> Drawn:
        """All matches of both legs, asked for at once."""
        parts = _dense_parts(wanted)
        lexical = _lexical_parts(wanted)
        queries = [
            VectorQuery(vector=wanted.scales.vector(_one_of(where)), where=where, k=wanted.depth)
            for where in parts
        ]
        queries += [
            VectorQuery(vector=wanted.terms, where=where, k=wanted.depth) for where in lexical
        ]
        queries += [
            VectorQuery(vector=wanted.numbers, where=where, k=wanted.depth)
            for where in _number_parts(wanted)
        ]
        found = await self._store.search(queries)
        languages = {
            match.passage_id: query.where.languages[0]
            for query, matches in zip(queries, found, strict=True)
            if len(query.where.languages) == 1
            for match in matches
        }
        drawn = Drawn(
            dense=_merged(found[: len(parts)]),
            lexical=_merged(found[len(parts) : len(parts) + len(lexical)]),
            numbers=_merged(found[len(parts) + len(lexical) :]),
            languages=languages,
        )
        await self._learn_languages(drawn)
        return drawn

    async def _learn_languages(self, drawn: Drawn) -> None:
        """Read the passages whose language the filter they were found by did not tell."""
        matches = (*drawn.dense, *drawn.lexical, *drawn.numbers)
        unknown = [one.passage_id for one in matches if one.passage_id not in drawn.languages]
        for key, found in (await self._passages.get(unknown)).items():
            drawn.languages[key] = found.passage.language


def _dense_parts(wanted: Wanted) -> list[PassageFilter]:
    """Filters that part the passages by language: raw cosines favour the question's own."""
    if wanted.mode is SearchMode.LEXICAL:
        return []
    where = wanted.where
    apart = (where.languages or wanted.indexed)[:MAX_LANGUAGES]
    parts = [replace(where, languages=(language,)) for language in apart]
    if not where.languages:
        parts.append(replace(where, except_languages=apart))
    elif len(where.languages) > MAX_LANGUAGES:
        parts.append(replace(where, languages=where.languages[MAX_LANGUAGES:]))
    return parts


def _one_of(where: PassageFilter) -> str:
    """The language that `where` asks for alone; "und" if it asks for several."""
    return where.languages[0] if len(where.languages) == 1 else UNKNOWN


def _lexical_parts(wanted: Wanted) -> list[PassageFilter]:
    """Beside the dense leg, words count in the question's own language only: see fusion."""
    where = wanted.where
    if wanted.mode is SearchMode.LEXICAL:
        return [where]
    if wanted.mode is SearchMode.DENSE:
        return []
    if where.languages and wanted.language not in where.languages:
        return []
    return [replace(where, languages=(wanted.language,))]


def _number_parts(wanted: Wanted) -> list[PassageFilter]:
    """Other languages than the question's, in which its words say nothing."""
    where = wanted.where
    if wanted.mode is not SearchMode.HYBRID or not wanted.numbers.indices:
        return []
    if not where.languages:
        return [replace(where, except_languages=(*where.except_languages, wanted.language))]
    others = tuple(one for one in where.languages if one != wanted.language)
    return [replace(where, languages=others)] if others else []


def _merged(lists: Sequence[Sequence[Match]]) -> list[Match]:
    matches = [match for matches in lists for match in matches]
    return sorted(matches, key=lambda match: (-match.score, match.passage_id))
