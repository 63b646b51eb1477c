"""Writes a Unigram tokenizer.json in the form that `PieceTokenizer` reads."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sentencepiece import sentencepiece_model_pb2

from core.backends.encoder_calibration import parity_texts
from core.backends.encoder_folder import UnsupportedModel
from core.backends.json_tokenizer import JsonTokenizer, load_tokenizer
from core.backends.piece_tokenizer import FRAME_FILE, PIECES_FILE, PieceTokenizer

_CHARACTER_CLASS = re.compile(r"\[(?:\\x\{[0-9A-F]{4,6}\})+\]")
_CHARACTER = re.compile(r"\\x\{([0-9A-F]{4,6})\}")
_RUNS_OF_SPACES: Mapping[str, Any] = {
    "type": "Replace",
    "pattern": {"Regex": " {2,}"},
    "content": " ",
}
_WORDS: Mapping[str, Any] = {
    "type": "Metaspace",
    "replacement": "▁",
    "prepend_scheme": "always",
    "split": True,
}


def write_pieces(model_folder: Path, folder: Path) -> None:
    """Fill `folder` from the tokenizer.json in `model_folder`, and prove that both read alike.

    Raises:
        UnsupportedModel: it is no Unigram tokenizer of the bundled model's kind (a map of single
            characters, NFKC, words by Metaspace, one begin and one end token), or reads
            otherwise.
        ModelUnavailable: it looks like one, but `tokenizers` cannot read it.
    """
    try:
        content = json.loads((model_folder / "tokenizer.json").read_text(encoding="utf-8"))
        frame = {
            "characters": _character_map(content["normalizer"]),
            **_begin_and_end(content["post_processor"]),
        }
        _require_words(content["pre_tokenizer"])
        model = _piece_model(content)
    # What another kind of tokenizer.json lacks, or has in another shape.
    except (KeyError, IndexError, TypeError, ValueError, AttributeError) as exc:
        raise UnsupportedModel(f"its tokenizer is of another kind ({type(exc).__name__})") from exc
    (folder / PIECES_FILE).write_bytes(model)
    (folder / FRAME_FILE).write_text(json.dumps(frame, ensure_ascii=True) + "\n", encoding="utf-8")
    _require_equal(PieceTokenizer(folder), load_tokenizer(model_folder))


def _character_map(normalizer: Mapping[str, Any]) -> dict[str, str]:
    """Replacement by code point, from the steps that `bundled_tokenizer` writes."""
    *replaced, composed, collapsed = normalizer["normalizers"]
    if composed != {"type": "NFKC"} or collapsed != _RUNS_OF_SPACES:
        raise UnsupportedModel("its tokenizer normalises otherwise")
    found: dict[str, str] = {}
    for step in replaced:
        pattern = step["pattern"]["Regex"]
        if step["type"] != "Replace" or not _CHARACTER_CLASS.fullmatch(pattern):
            raise UnsupportedModel("its tokenizer replaces more than characters")
        # The first step that knows a character decides; what it gives is not replaced again.
        characters = {str(int(code, 16)) for code in _CHARACTER.findall(pattern)}
        found |= dict.fromkeys(characters - set(found), str(step["content"]))
    return found


def _require_words(pre_tokenizer: Mapping[str, Any]) -> None:
    if pre_tokenizer != _WORDS:
        raise UnsupportedModel("its tokenizer parts words otherwise")


def _begin_and_end(processor: Mapping[str, Any]) -> dict[str, int]:
    """Ids of the tokens around a text."""
    begin, text, end = processor["single"]
    if processor["type"] != "TemplateProcessing" or "Sequence" not in text:
        raise UnsupportedModel("its tokenizer frames texts otherwise")
    tokens = processor["special_tokens"]
    (first,) = tokens[begin["SpecialToken"]["id"]]["ids"]
    (last,) = tokens[end["SpecialToken"]["id"]]["ids"]
    return {"begin": int(first), "end": int(last)}


def _piece_model(content: Mapping[str, Any]) -> bytes:
    """The vocabulary as sentencepiece stores it; texts come normalised, with `▁` for spaces.

    Format: sentencepiece_model.proto of https://github.com/google/sentencepiece.
    """
    model = content["model"]
    if model["type"] != "Unigram" or model.get("byte_fallback"):
        raise UnsupportedModel("its tokenizer is no Unigram without byte fallback")
    specials = {token["id"]: token["content"] for token in content["added_tokens"]}
    proto: Any = sentencepiece_model_pb2.ModelProto()  # type: ignore[attr-defined]  # made at import
    kinds = proto.SentencePiece.Type
    for position, (piece, score) in enumerate(model["vocab"]):
        if specials.get(position, piece) != piece:
            raise UnsupportedModel("its added tokens are not those of its vocabulary")
        kind = kinds.Value("CONTROL" if position in specials else "NORMAL")
        if position == model["unk_id"]:
            kind = kinds.Value("UNKNOWN")
        proto.pieces.add(piece=piece, score=score, type=kind)
    if any(position >= len(proto.pieces) for position in specials):
        raise UnsupportedModel("its added tokens are not those of its vocabulary")
    trainer, normalizer = proto.trainer_spec, proto.normalizer_spec
    trainer.model_type = trainer.ModelType.Value("UNIGRAM")
    trainer.unk_id = model["unk_id"]
    trainer.bos_id = trainer.eos_id = trainer.pad_id = -1
    normalizer.name = "identity"
    normalizer.add_dummy_prefix = False
    normalizer.remove_extra_whitespaces = False
    normalizer.escape_whitespaces = False
    return bytes(proto.SerializeToString())


def _require_equal(pieces: PieceTokenizer, reference: JsonTokenizer) -> None:
    for text in parity_texts():
        for prompt in ("", "query: "):
            ours, theirs = pieces.read(text, prompt=prompt), reference.read(text, prompt=prompt)
            if ours.ids != theirs.ids or list(ours.of_text) != list(theirs.of_text):
                raise UnsupportedModel("its tokenizer reads otherwise in pieces")
