"""The numbers that ranking was tuned to, and what each was chosen from.

All on the open half of XQuAD: five languages in one index, or Arabic paragraphs among 35,958 news
articles ("among news").
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class RankingParameters:
    """What the score of a passage is made of, in deviations of the dense score.

    Attributes:
        lexical: Worth of the best lexical match, in passages of the question's language. One
            language, 240 paragraphs, mean of five: nDCG@10 .963 (0), .972 (3), .973 (4), .972 (5).
        lexical_neutral: Lexical score, as a share of the best, that is worth nothing. The best
            match may be a poor one, so passages in the question's language must not all gain on
            those in others. Five languages with .75 / .9 / 1: answer only in another language,
            mean of 20 pairs .711 / .728 / .735; only in one's own .955 / .945 / .933.
        numbers: Worth of the lexical score of the question's numbers in other languages. Among
            news, nDCG@10 with 0 / .2 / .4: en->ar .777 / .779 / .779, tr->ar .660 / .666 / .668.
        tokens: Worth of a deviation of the token match, within a language. Among news, nDCG@10
            with .7 / 1.5 / 2 / 3: en->ar .770 / .776 / .780 / .777, ar->ar .927 / .926 / .927 /
            .928.
        meeting: The same where languages meet: the best of each stands where this weight puts it.
            The matches of two languages are told by two scales, so they part passages of one
            language more surely than of two. Five languages, one weight of .7 for both, then as
            here: translations in the first ten .876, .908.
        dates: Most that the day of publication moves a passage against another, where the question
            names a time; 0 leaves it out. Of the questions en->ar whose right paragraph comes first
            (240 paragraphs), it leads by more than 2 in 75 of 100 (by more than 1 in 89); half of
            them by more than 3.6.
        centring: Share of the mean question of a language that is taken off its questions, for
            passages in other languages: what all questions of a language share says nothing of
            what is asked.
        by_language: Whether cosines are told by the scale of the passage's language; else by one.
        token_depth: Passages whose token vectors are read, shared by the languages that were
            found; 0 leaves token matches out.
        least_token_depth: Of each language, however many there are.
    """

    lexical: float = 4.0
    lexical_neutral: float = 0.95
    numbers: float = 0.2
    tokens: float = 2.0
    meeting: float = 0.7
    dates: float = 2.0
    centring: float = 0.6
    by_language: bool = True
    token_depth: int = 60
    least_token_depth: int = 16


DEFAULT_PARAMETERS = RankingParameters()
