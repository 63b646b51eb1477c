"""Terms of scripts that are written without spaces, from the words that ICU's dictionaries find.

Unicode Standard Annex 29 leaves the words of these scripts to dictionaries; ICU carries them for
Chinese, Japanese, Thai, Lao, Khmer and Burmese. A dictionary cuts a name in one way by itself
and in another within a sentence, so Han characters are terms, too, one by one. Korean has spaces,
but its words carry particles and ICU has no dictionary of it: there, pairs of syllables, as in
Lucene's CJKAnalyzer, find the stem.
"""

import re
from collections.abc import Collection, Iterator

from icu4py.breakers import WordBreaker

_HAN = "\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
_KANA = "\u3040-\u30ff\u31f0-\u31ff"
_HANGUL = "\u1100-\u11ff\u3130-\u318f\ua960-\ua97f\uac00-\ud7ff"
_SOUTH_EAST = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\ua9e0-\ua9ff\uaa60-\uaa7f"
"""Thai, Lao, Myanmar, Khmer."""

_RUN = re.compile(f"(?P<hangul>[{_HANGUL}]+)|[{_HAN}{_KANA}{_SOUTH_EAST}]+")
_IS_HAN = re.compile(f"[{_HAN}]").match

_LOCALE = "root"
"""ICU picks a dictionary by script; "zh" and "ja" give the same words."""


def is_unspaced(word: str) -> bool:
    """Whether some of `word` is in a script without spaces."""
    return _RUN.search(word) is not None


def is_han(text: str) -> bool:
    """Whether `text` has Han characters alone, at least one."""
    return bool(text) and all(map(_IS_HAN, text))


def segmented(word: str) -> list[str]:
    """The words that ICU finds in `word`: itself, where its script has spaces."""
    return list(WordBreaker(word, _LOCALE))


def unspaced_terms(word: str, *, without: Collection[str] = ()) -> list[str]:
    """Terms of a normal word that is in part or whole of a script without spaces.

    Args:
        word: In normal form.
        without: Words that are left out, with their characters.

    >>> unspaced_terms("中国总统")
    ['中国', '中', '国', '总统', '总', '统']
    >>> unspaced_terms("부산에서"), unspaced_terms("นายกรัฐมนตรี")
    (['부산', '산에', '에서'], ['นายก', 'รัฐมนตรี'])
    """
    found: list[str] = []
    position = 0
    for run in _RUN.finditer(word):
        if run.start() > position:
            found.append(word[position : run.start()])
        found.extend(_run_terms(run, without))
        position = run.end()
    if position < len(word):
        found.append(word[position:])
    return found


def _run_terms(run: re.Match[str], without: Collection[str]) -> Iterator[str]:
    if run.lastgroup == "hangul":
        if run[0] not in without:
            yield from pairs(run[0])
        return
    for word in segmented(run[0]):
        if word in without:
            continue
        yield word
        if len(word) > 1:
            yield from filter(_IS_HAN, word)


def pairs(text: str) -> list[str]:
    """Overlapping pairs of characters; a single one stands alone."""
    if len(text) == 1:
        return [text]
    return [text[i : i + 2] for i in range(len(text) - 1)]
