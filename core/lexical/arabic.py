"""Arabic words without what is written together with them, and without endings.

First the article goes, with what may stand before it; then pronouns and endings of number, gender
and relation, as in light10 (Larkey, Ballesteros and Connell 2007); then conjunctions and
prepositions alone; and Snowball's stemmer, which knows the prefixes of verbs, has the rest.
Snowball alone and light10 alone rank worse: benchmarks/lexical.py measures what each part adds.
"""

import Stemmer

_ARTICLES = ("وبال", "وكال", "فبال", "وال", "فال", "بال", "كال", "ولل", "فلل", "ال", "لل")
"""With what may stand before the article, longest first."""

_LETTERS = ("و", "ب", "ل")
"""Conjunction and prepositions that stand alone before a word, too; ف and ك mostly belong to it."""

_LEAST_LETTERS = 3
"""Of what remains, unless an ending says otherwise."""

_PRONOUNS = ("هما", "كما", "هم", "هن", "كم", "نا")
_ENDINGS = ("ها", "ان", "ات", "ون", "ين", "يه", "ه", "ي")
"""In the order in which they are taken off, each once."""

_LEAST_BEFORE_ENDING = 2
"""One more before an ending of one letter."""


def arabic_stem(word: str) -> str:
    """The stem of a word in folded letters.

    >>> words = ("مدينه", "المدينه", "وبالمدينه", "وللمدينه", "ومدينه", "بمدينه", "ولمدينه")
    >>> len({arabic_stem(word) for word in words})
    1
    >>> arabic_stem("كتابهم") == arabic_stem("بالكتاب") == arabic_stem("وكتابنا")
    True
    """
    bare = without_clitics(without_endings(without_article(word)))
    # A stemmer keeps state between calls, so each call has its own: they are cheap.
    return str(Stemmer.Stemmer("arabic", 0).stemWord(bare)) or bare


def without_article(word: str) -> str:
    """Without the article and what is joined to it."""
    for prefix in _ARTICLES:
        if word.startswith(prefix) and len(word) - len(prefix) >= _LEAST_LETTERS:
            return word[len(prefix) :]
    return word


def without_endings(word: str) -> str:
    """Without one pronoun and without endings."""
    for pronoun in _PRONOUNS:
        if word.endswith(pronoun) and len(word) - len(pronoun) >= _LEAST_LETTERS:
            word = word[: -len(pronoun)]
            break
    for ending in _ENDINGS:
        least = _LEAST_BEFORE_ENDING + (len(ending) == 1)
        if word.endswith(ending) and len(word) - len(ending) >= least:
            word = word[: -len(ending)]
    return word


def without_clitics(word: str) -> str:
    """Without article, conjunctions and prepositions, as long as enough letters remain.

    Roots begin with the same letters, so all are taken off: whichever a word carries, the same
    rest is left.

    >>> {without_clitics(word) for word in ("برلين", "وبرلين", "ببرلين", "لبرلين")}
    {'رلين'}
    """
    shorter = _without_one_clitic(word)
    while shorter != word:
        word, shorter = shorter, _without_one_clitic(shorter)
    return word


def _without_one_clitic(word: str) -> str:
    shorter = without_article(word)
    if shorter == word and word.startswith(_LETTERS) and len(word) > _LEAST_LETTERS:
        return word[1:]
    return shorter
