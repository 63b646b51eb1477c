"""Two ranked lists become one: normalised dense scores plus lexical scores where they count.

The lexical leg can only judge passages in the query's language; elsewhere it matches words by
accident and would bury the right answers (blind fusion costs a third of nDCG@10 from English to
Arabic). So across languages its weight is 0, but for numbers, which are written alike in all.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from core.types import Match
from retrieval.drawing import Drawn
from retrieval.parameters import DEFAULT_PARAMETERS, RankingParameters
from retrieval.query import Contribution, Explanation, SearchMode
from retrieval.scales import QuestionScales
from retrieval.token_leg import TokenScore


@dataclass(frozen=True, slots=True)
class Ranked:
    """An unread passage with its fused score, comparable within one ranking only."""

    passage_id: str
    score: float


class Fused:
    """Every passage of both legs once, best first, ties by passage id.

    The dense score is the cosine in deviations above unrelated passages of the language; the
    lexical score is divided by the best one. A passage that the dense leg did not return is
    given the lowest dense score returned for its language: it cannot have more. Passages whose
    language is not known were withdrawn meanwhile: they are left out.

    Numbers of the question count in passages of other languages, words in those of its own.

    Token matches are read for the first passages of each language only; the others are given
    the lowest one that was read for their language.
    """

    def __init__(
        self,
        drawn: Drawn,
        *,
        scales: QuestionScales,
        language: str,
        mode: SearchMode,
        parameters: RankingParameters = DEFAULT_PARAMETERS,
    ) -> None:
        self._language = language
        self._mode = mode
        self._parameters = parameters
        self._languages = drawn.languages
        self._dense = _by_id(drawn.dense)
        self._lexical = _by_id(drawn.lexical)
        self._numbers = {match.passage_id: match.score for match in drawn.numbers}
        self._normalised = {
            match.passage_id: scales.normalise(
                match.score, language=drawn.languages[match.passage_id]
            )
            for match in drawn.dense
            if match.passage_id in drawn.languages
        }
        self._floors = _floors(self._normalised, drawn.languages)
        self._best_lexical = max((match.score for match in drawn.lexical), default=1.0)
        self._tokens: Mapping[str, TokenScore] = {}
        self._token_floors: dict[str, float] = {}
        self._offsets: dict[str, float] = {}
        found = {**self._lexical, **self._dense, **self._numbers}
        self._without_tokens = {
            key: self._score_without_tokens(key) for key in found if key in drawn.languages
        }
        self._rank()

    def to_be_matched(self) -> dict[str, str]:
        """The language by id of the first passages of each language: see `token_depth`."""
        total, least = self._parameters.token_depth, self._parameters.least_token_depth
        count = max(least, total // max(1, len(set(self._languages.values()))))
        taken: dict[str, int] = {}
        chosen: dict[str, str] = {}
        for one in self.ranked:
            language = self._languages[one.passage_id]
            taken[language] = taken.get(language, 0) + 1
            if taken[language] <= count:
                chosen[one.passage_id] = language
        return chosen

    def add_tokens(self, scores: Mapping[str, TokenScore]) -> None:
        """Rank anew with the token matches of the passages that were read for them."""
        self._tokens = scores
        self._token_floors = _floors(
            {key: score.normalised for key, score in scores.items()}, self._languages
        )
        self._offsets = self._meeting_offsets()
        self._rank()

    def explain(self, passage_id: str) -> Explanation:
        """What each leg says of a ranked passage, and what that adds to its score."""
        dense_score, dense_rank = self._dense.get(passage_id, (None, None))
        lexical_score, lexical_rank = self._lexical.get(passage_id, (None, None))
        return Explanation(
            dense_score=dense_score,
            dense_rank=dense_rank,
            lexical_score=lexical_score,
            lexical_rank=lexical_rank,
            dense_normalised=self._dense_part(passage_id),
            lexical_normalised=self._lexical_part(passage_id),
            lexical_weight=self._weight(passage_id),
            question_language=self._language,
            fused_rank=self._places[passage_id],
            contributions=tuple(self._contributions(passage_id)),
        )

    def _contributions(self, passage_id: str) -> Iterator[Contribution]:
        """Of the legs that take part in this mode."""
        if self._mode is not SearchMode.LEXICAL:
            yield Contribution(
                name="dense",
                value=self._dense_part(passage_id),
                weight=1.0,
                note=self._dense_note(passage_id),
            )
        if self._mode is not SearchMode.DENSE:
            yield Contribution(
                name="lexical",
                value=self._lexical_part(passage_id) - self._parameters.lexical_neutral,
                weight=self._weight(passage_id),
                note=self._lexical_note(passage_id),
            )
        if passage_id in self._numbers:
            yield Contribution(
                name="numbers",
                value=self._numbers[passage_id],
                weight=self._parameters.numbers,
                note="numbers of the question, in another language",
            )
        if self._tokens:
            yield Contribution(
                name="tokens",
                value=self._token_part(passage_id),
                weight=self._parameters.tokens,
                note=self._token_note(passage_id),
            )
            language, met = self._languages[passage_id], self._parameters.meeting
            yield Contribution(
                name="meeting",
                value=self._offsets[language],
                weight=1.0,
                note=f"the best in {language} stands as if tokens weighed {met:g}",
            )

    def _meeting_offsets(self) -> dict[str, float]:
        """What every passage of a language is moved by, once tokens are weighed in."""
        weights = self._parameters
        within: dict[str, float] = {}
        meeting: dict[str, float] = {}
        for key, score in self._without_tokens.items():
            language, token = self._languages[key], self._token_part(key)
            own, met = score + weights.tokens * token, score + weights.meeting * token
            within[language] = max(own, within.get(language, own))
            meeting[language] = max(met, meeting.get(language, met))
        return {language: meeting[language] - within[language] for language in within}

    def _rank(self) -> None:
        ranked = [Ranked(key, self._score(key)) for key in self._without_tokens]
        ranked.sort(key=lambda one: (-one.score, one.passage_id))
        self.ranked: Sequence[Ranked] = ranked
        self._places = {one.passage_id: place for place, one in enumerate(ranked, 1)}

    def _dense_note(self, passage_id: str) -> str:
        if passage_id not in self._dense:
            return f"not found by meaning: lowest found in {self._languages[passage_id]}"
        score, rank = self._dense[passage_id]
        return f"place {rank} by meaning, cosine {score:.3f}"

    def _lexical_note(self, passage_id: str) -> str:
        if not self._weight(passage_id):
            return f"words count in {self._language} only"
        score, rank = self._lexical.get(passage_id, (0.0, None))
        place = "not found by words" if rank is None else f"place {rank} by words"
        share = self._lexical_part(passage_id)
        return f"{place}, {score:.2f}: {share:.2f} of best - {self._parameters.lexical_neutral:g}"

    def _token_note(self, passage_id: str) -> str:
        if passage_id not in self._tokens:
            return f"not read: lowest read in {self._languages[passage_id]}"
        return f"its words meet the question's by {self._tokens[passage_id].match:.3f}"

    def _score(self, passage_id: str) -> float:
        score = self._without_tokens[passage_id]
        if not self._tokens:
            return score
        tokens = self._parameters.tokens * self._token_part(passage_id)
        return score + tokens + self._offsets[self._languages[passage_id]]

    def _score_without_tokens(self, passage_id: str) -> float:
        weight = self._weight(passage_id)
        above = self._lexical_part(passage_id) - self._parameters.lexical_neutral
        lexical = weight * above if weight else 0.0
        numbers = self._parameters.numbers * self._numbers.get(passage_id, 0.0)
        return self._dense_part(passage_id) + lexical + numbers

    def _token_part(self, passage_id: str) -> float:
        own = self._tokens.get(passage_id)
        if own is not None:
            return own.normalised
        return self._token_floors.get(self._languages[passage_id], 0.0)

    def _weight(self, passage_id: str) -> float:
        """Of the lexical part."""
        if self._mode is not SearchMode.HYBRID:
            return float(self._mode is SearchMode.LEXICAL)
        return self._parameters.lexical if self._languages[passage_id] == self._language else 0.0

    def _dense_part(self, passage_id: str) -> float:
        own = self._normalised.get(passage_id)
        return self._floors.get(self._languages[passage_id], 0.0) if own is None else own

    def _lexical_part(self, passage_id: str) -> float:
        found = self._lexical.get(passage_id)
        return 0.0 if found is None else found[0] / self._best_lexical


def _by_id(matches: Sequence[Match]) -> dict[str, tuple[float, int]]:
    return {match.passage_id: (match.score, rank) for rank, match in enumerate(matches, 1)}


def _floors(normalised: dict[str, float], languages: dict[str, str]) -> dict[str, float]:
    floors: dict[str, float] = {}
    for key, score in normalised.items():
        language = languages[key]
        floors[language] = min(score, floors.get(language, score))
    return floors
