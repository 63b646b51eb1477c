"""Writes the bundled model as a folder that sentence-transformers loads."""

import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save_file

from core.backends.bundled_tokenizer import build_tokenizer
from core.backends.bundled_weights import BundledWeights, EncoderShape, UnigramTable

_LAYER_PARTS = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}


def write_model_folder(weights: BundledWeights, folder: Path) -> None:
    """Fill the existing `folder`; about 480 MB, at most 1 GB of memory on the way."""
    shape = weights.shape
    _write_json(folder / "config.json", _encoder_config(shape, weights.unigram))
    _write_json(folder / "tokenizer_config.json", _tokenizer_config(shape, weights.unigram))
    _write_json(folder / "special_tokens_map.json", _special_tokens(weights.unigram))
    build_tokenizer(weights.unigram).save(str(folder / "tokenizer.json"), pretty=False)
    _write_sentence_transformers_parts(folder, shape)
    # The metadata is what transformers itself writes and checks for.
    save_file(_state(weights), folder / "model.safetensors", metadata={"format": "pt"})


def _write_sentence_transformers_parts(folder: Path, shape: EncoderShape) -> None:
    package = "sentence_transformers.sentence_transformer.modules"
    base = "sentence_transformers.base.modules"
    modules = [
        ("", f"{base}.transformer.Transformer"),
        ("1_Pooling", f"{package}.pooling.Pooling"),
        ("2_Normalize", f"{base}.normalize.Normalize"),
    ]
    _write_json(
        folder / "modules.json",
        [
            {"idx": index, "name": str(index), "path": path, "type": kind}
            for index, (path, kind) in enumerate(modules)
        ],
    )
    _write_json(folder / "sentence_bert_config.json", {"max_seq_length": shape.positions})
    _write_json(
        folder / "config_sentence_transformers.json",
        {
            "model_type": "SentenceTransformer",
            "prompts": {"query": "query: ", "passage": "passage: "},
            "default_prompt_name": None,
            "similarity_fn_name": "cosine",
        },
    )
    (folder / "1_Pooling").mkdir()
    _write_json(
        folder / "1_Pooling" / "config.json",
        {"embedding_dimension": shape.hidden, "pooling_mode": "mean", "include_prompt": True},
    )
    (folder / "2_Normalize").mkdir()
    _write_json(folder / "2_Normalize" / "config.json", {})


def _encoder_config(shape: EncoderShape, table: UnigramTable) -> dict[str, object]:
    return {
        "architectures": ["BertModel"],
        "model_type": "bert",
        "dtype": "float32",
        "hidden_size": shape.hidden,
        "num_hidden_layers": shape.layers,
        "num_attention_heads": shape.heads,
        "intermediate_size": shape.feed_forward,
        "vocab_size": shape.vocabulary,
        "max_position_embeddings": shape.positions,
        "type_vocab_size": shape.token_types,
        "layer_norm_eps": round(shape.epsilon, 15),
        "hidden_act": "gelu",
        "pad_token_id": table.padding_id,
        "attention_probs_dropout_prob": 0.1,
        "hidden_dropout_prob": 0.1,
    }


def _special_tokens(table: UnigramTable) -> dict[str, str]:
    ids = {
        "bos_token": table.begin_id,
        "cls_token": table.begin_id,
        "eos_token": table.end_id,
        "sep_token": table.end_id,
        "pad_token": table.padding_id,
        "unk_token": table.unknown_id,
    }
    return {name: table.pieces[piece][0] for name, piece in ids.items()}


def _tokenizer_config(shape: EncoderShape, table: UnigramTable) -> dict[str, object]:
    return {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "model_max_length": shape.positions,
        "model_input_names": ["input_ids", "attention_mask"],
        **_special_tokens(table),
    }


def _state(weights: BundledWeights) -> dict[str, NDArray[np.float32]]:
    shape = weights.shape
    hidden = shape.hidden
    state = {
        "embeddings.word_embeddings.weight": weights.tensor("emb.word", (shape.vocabulary, hidden)),
        "embeddings.position_embeddings.weight": weights.tensor(
            "emb.pos", (shape.positions, hidden)
        ),
        "embeddings.token_type_embeddings.weight": weights.tensor(
            "emb.type", (shape.token_types, hidden)
        ),
        "embeddings.LayerNorm.weight": weights.tensor("emb.ln.w", (hidden,)),
        "embeddings.LayerNorm.bias": weights.tensor("emb.ln.b", (hidden,)),
        # BertModel has a pooler, which mean pooling leaves unused and which the file therefore
        # lacks; without values it would be initialised at random, with a warning.
        "pooler.dense.weight": np.zeros((hidden, hidden), np.float32),
        "pooler.dense.bias": np.zeros(hidden, np.float32),
    }
    for layer in range(shape.layers):
        for short, name in _LAYER_PARTS.items():
            bias, weight = _part_shapes(short, shape)
            target = f"encoder.layer.{layer}.{name}"
            state[f"{target}.weight"] = weights.tensor(f"l{layer}.{short}.w", weight)
            state[f"{target}.bias"] = weights.tensor(f"l{layer}.{short}.b", bias)
    return state


def _part_shapes(short: str, shape: EncoderShape) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Shapes of bias and weight; weights are (outputs, inputs)."""
    if short in {"aln", "oln"}:
        return (shape.hidden,), (shape.hidden,)
    outputs = shape.feed_forward if short == "fi" else shape.hidden
    inputs = shape.feed_forward if short == "fo" else shape.hidden
    return (outputs,), (outputs, inputs)


def _write_json(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
