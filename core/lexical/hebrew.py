"""Hebrew words without the conjunctions, prepositions and article written together with them."""

_PREFIXES = frozenset("והבלמשכ")
_QUOTES = str.maketrans("", "", "\"'\u05f3\u05f4\u2019\u201d")
_ROOT = 3
"""Letters of most roots: of a longer word, a first letter of these seven may be a prefix."""


def hebrew_terms(word: str) -> tuple[str, ...]:
    """The term of a word, or two where one letter may be a prefix or belong to the root.

    Prefixes combine, and roots begin with the same letters, so all are taken off, as far as one
    letter more than a root: whichever of them a word carries, the same rest is left.

    >>> hebrew_terms("ושהממשלה"), hebrew_terms("ממשלה")
    (('משלה', 'שלה'), ('משלה', 'שלה'))
    >>> hebrew_terms("בספר"), hebrew_terms("ספר"), hebrew_terms('צה"ל')
    (('בספר', 'ספר'), ('ספר',), ('צהל',))
    """
    word = word.translate(_QUOTES)
    while len(word) > _ROOT + 1 and word[0] in _PREFIXES:
        word = word[1:]
    if len(word) == _ROOT + 1 and word[0] in _PREFIXES:
        return word, word[1:]
    return (word,)
