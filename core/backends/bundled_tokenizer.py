"""Builds the bundled model's tokenizer as a `tokenizers` Unigram from its table of pieces."""

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping

from tokenizers import AddedToken, Regex, Tokenizer, models, normalizers, pre_tokenizers, processors

from core.backends.bundled_weights import UnigramTable


def build_tokenizer(table: UnigramTable) -> Tokenizer:
    """The tokenizer of `table`: normaliser, Metaspace, Unigram and `<s> text </s>`."""
    tokenizer = Tokenizer(models.Unigram(list(table.pieces), unk_id=table.unknown_id))
    tokenizer.normalizer = _normalizer(table.normalisation)
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always")
    begin, end = table.pieces[table.begin_id][0], table.pieces[table.end_id][0]
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{begin} $A {end}",
        pair=f"{begin} $A {end} {end} $B {end}",
        special_tokens=[(begin, table.begin_id), (end, table.end_id)],
    )
    special = (table.begin_id, table.padding_id, table.end_id, table.unknown_id)
    tokenizer.add_special_tokens([
        AddedToken(table.pieces[piece][0], normalized=False, special=True) for piece in special
    ])
    return tokenizer


def _normalizer(normalisation: Mapping[str, str]) -> normalizers.Sequence:
    """The model's map of single characters, with NFKC in the place of its bulk.

    The entries that are not NFKC (control characters dropped; tabs, direction marks and
    zero-width characters turned into spaces) come first, because NFKC keeps those characters.

    NFKC also composes and orders what the map, which sees one character at a time, leaves as it
    was typed: "e" with a combining accent, or a shadda before its vowel sign. So texts that are
    canonically equivalent get equal vectors, where the map alone would part them (cosines of 0.88
    to 0.95 between a text and itself).
    """
    steps: list[normalizers.Normalizer] = [
        normalizers.Replace(Regex(_character_class(characters)), replacement)
        for replacement, characters in _not_nfkc(normalisation).items()
    ]
    steps += [normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " ")]
    return normalizers.Sequence(steps)


def _not_nfkc(normalisation: Mapping[str, str]) -> dict[str, list[str]]:
    """The characters that the map treats otherwise than NFKC, by their replacement."""
    found: dict[str, list[str]] = defaultdict(list)
    for character, replacement in normalisation.items():
        if replacement != unicodedata.normalize("NFKC", character):
            found[replacement].append(character)
    return found


def _character_class(characters: Iterable[str]) -> str:
    return "[" + "".join(f"\\x{{{ord(character):04X}}}" for character in characters) + "]"
