"""Pieces read as tokenizer.json does: the two forms of the bundled model's tokenizer, compared."""

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.backends.bundled_tokenizer import build_tokenizer
from core.backends.bundled_weights import BundledWeights
from core.backends.encoder_folder import UnsupportedModel
from core.backends.json_tokenizer import JsonTokenizer, load_tokenizer
from core.backends.piece_model import write_pieces
from core.backends.piece_tokenizer import PieceTokenizer
from core.backends.text_tokenizer import TokenIds, open_tokenizer
from core.errors import ModelUnavailable
from tests.core.backends.multilingual import articles, disturbed
from tests.core.backends.real_model import bundled_parts
from tests.core.backends.tiny_weights import LETTERS, TinyWeights

PROMPT = "query: "


@pytest.fixture(scope="module")
def model_folder() -> Path:
    return bundled_parts().folder


@pytest.fixture(scope="module")
def pieces(model_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> PieceTokenizer:
    folder = tmp_path_factory.mktemp("pieces")
    write_pieces(model_folder, folder)
    return PieceTokenizer(folder)


@pytest.fixture(scope="module")
def reference(model_folder: Path) -> JsonTokenizer:
    return load_tokenizer(model_folder)


def same(ours: TokenIds, theirs: TokenIds) -> bool:
    """Whether ids are equal, and which are of the text, but for the blank between both.

    A blank that begins a text and the one that ends the prompt are one token, which `tokenizers`
    counts to the text and pieces to the prompt.
    """
    blanks = len(theirs.of_text) - len(ours.of_text)
    return (
        ours.ids == theirs.ids
        and blanks in {0, 1}
        and list(ours.of_text) == list(theirs.of_text)[blanks:]
    )


def test_disturbed_texts_in_seventeen_languages_are_read_alike(
    pieces: PieceTokenizer, reference: JsonTokenizer
) -> None:
    texts = [(name, text) for name, text in disturbed() if name != "special tokens"]

    assert len(texts) > 1_600
    for prompt in (PROMPT, ""):
        for name, text in texts:
            ours, theirs = pieces.read(text, prompt=prompt), reference.read(text, prompt=prompt)
            assert same(ours, theirs), (name, text)


def test_whole_articles_are_read_and_counted_alike(
    pieces: PieceTokenizer, reference: JsonTokenizer
) -> None:
    texts = articles()

    assert pieces.count_tokens(texts) == reference.count_tokens(texts)
    for text in texts:
        assert same(pieces.read(text, prompt=PROMPT), reference.read(text, prompt=PROMPT))


def test_any_characters_are_read_alike(pieces: PieceTokenizer, reference: JsonTokenizer) -> None:
    # Blocks whose characters Unicode has known since before 14, Python's own here.
    blocks = [range(0x250), range(0x300, 0x370), range(0x600, 0x700), range(0x2000, 0x2070)]
    blocks += [range(0x3000, 0x3100), range(0xAC00, 0xAC40), range(0xFB50, 0xFC00)]
    pool = [chr(code) for block in blocks for code in block] + ["▁", "\ufeff", "🙂", "𠀀", " "]
    draw = random.Random(7)
    differing = []
    for _ in range(4_000):
        text = "".join(draw.choices(pool, k=draw.randint(0, 12)))
        ours, theirs = pieces.read(text, prompt=PROMPT), reference.read(text, prompt=PROMPT)
        if not same(ours, theirs):
            differing.append((ours.ids, theirs.ids))

    # Where they differ, two ways of parting a word are exactly as likely: the same pieces turned.
    assert len(differing) <= 4
    assert all(sorted(ours) == sorted(theirs) for ours, theirs in differing)


def test_a_special_token_that_a_text_spells_out_is_text(
    pieces: PieceTokenizer, reference: JsonTokenizer
) -> None:
    begin, end = pieces.read("", prompt="").ids[0], pieces.read("", prompt="").ids[-1]

    read = pieces.read("a </s> b", prompt=PROMPT).ids

    assert read[0] == begin
    assert read.count(end) == 1
    assert reference.read("a </s> b", prompt=PROMPT).ids.count(end) == 2


def test_no_text_has_no_tokens_of_its_own(pieces: PieceTokenizer) -> None:
    assert list(pieces.read("", prompt="").of_text) == []
    assert pieces.count_tokens(["", "\x07"]) == [0, 0]


@given(st.text(alphabet=f"{LETTERS} \t\u200f\x07①", max_size=30))
def test_a_tiny_models_texts_are_read_alike(tiny: tuple[Path, PieceTokenizer], text: str) -> None:
    folder, pieces = tiny

    assert same(pieces.read(text, prompt=""), load_tokenizer(folder).read(text, prompt=""))


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, PieceTokenizer]:
    folder, prepared = tmp_path_factory.mktemp("tiny"), tmp_path_factory.mktemp("prepared")
    weights = BundledWeights(TinyWeights().write(folder / "weights.bin"))
    build_tokenizer(weights.unigram).save(str(folder / "tokenizer.json"))
    write_pieces(folder, prepared)
    return folder, PieceTokenizer(prepared)


def changed(folder: Path, into: Path, change: Callable[[dict[str, Any]], object]) -> Path:
    content = json.loads((folder / "tokenizer.json").read_text(encoding="utf-8"))
    change(content)
    (into / "tokenizer.json").write_text(json.dumps(content), encoding="utf-8")
    return into


@pytest.mark.parametrize(
    "change",
    [
        lambda content: content["model"].update(type="BPE"),
        lambda content: content["model"].update(byte_fallback=True),
        lambda content: content["pre_tokenizer"].update(prepend_scheme="never"),
        lambda content: content.update(normalizer=None),
        lambda content: content["normalizer"]["normalizers"].append({"type": "Lowercase"}),
        lambda content: content["normalizer"]["normalizers"][0]["pattern"].update(Regex="a+"),
        lambda content: content.update(post_processor={"type": "ByteLevel"}),
        lambda content: content["added_tokens"][0].update(content="<other>"),
        lambda content: content["added_tokens"].append({
            **content["added_tokens"][0],
            "id": 9_999,
            "content": "<new>",
        }),
    ],
)
def test_another_kind_of_tokenizer_is_left_to_tokenizers(
    tiny: tuple[Path, PieceTokenizer], tmp_path: Path, change: Callable[[dict[str, Any]], object]
) -> None:
    folder = changed(tiny[0], tmp_path, change)
    (tmp_path / "prepared").mkdir()

    with pytest.raises(UnsupportedModel, match="its (added )?token"):
        write_pieces(folder, tmp_path / "prepared")


def test_which_form_a_tokenizer_has_is_found_out_once(
    tiny: tuple[Path, PieceTokenizer], tmp_path: Path
) -> None:
    other = changed(tiny[0], tmp_path, lambda content: content["pre_tokenizer"].update(split=False))

    def opened(folder: Path, revision: str) -> object:
        return open_tokenizer(
            folder, revision=revision, cache_dir=tmp_path / "cache", report=lambda _: None
        )

    for _ in range(2):
        assert isinstance(opened(tiny[0], "a"), PieceTokenizer)
        assert isinstance(opened(other, "b"), JsonTokenizer)
    assert len(list((tmp_path / "cache" / "runtime").glob("[!.]*-pieces-*"))) == 2


def test_a_cache_that_cannot_be_written_is_a_clear_error(
    tiny: tuple[Path, PieceTokenizer], tmp_path: Path
) -> None:
    (tmp_path / "runtime").write_text("a file where a folder should be")

    with pytest.raises(ModelUnavailable, match="set SANAD_CACHE_DIR"):
        open_tokenizer(tiny[0], revision="a", cache_dir=tmp_path, report=lambda _: None)


@pytest.mark.parametrize("name", ["pieces.model", "frame.json"])
def test_a_damaged_file_is_a_clear_error(
    tiny: tuple[Path, PieceTokenizer], tmp_path: Path, name: str
) -> None:
    write_pieces(tiny[0], tmp_path)
    (tmp_path / name).write_bytes(b"{")

    with pytest.raises(ModelUnavailable, match="remove that folder"):
        PieceTokenizer(tmp_path)
