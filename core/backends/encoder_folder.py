"""Reads what a sentence-transformers folder says of a BERT-shaped model, without loading it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from safetensors import SafetensorError, safe_open

from core.types import Vectors


class UnsupportedModel(Exception):  # noqa: N818  # a finding, caught and told beside the fallback
    """The folder holds a model of another shape; the message says what does not fit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EncoderShape:
    """What the encoder graph and its callers need to know."""

    layers: int
    heads: int
    hidden: int
    feed_forward: int
    epsilon: float
    first_position: int
    max_tokens: int
    pooling: Literal["mean", "cls"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DenseLayer:
    """A layer after pooling: `weight` (out, in), `bias` (out,) or None, then tanh if `squashed`."""

    weight: Vectors
    bias: Vectors | None
    squashed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class EncoderFolder:
    """A model that the CPU runtime can prepare."""

    folder: Path
    shape: EncoderShape
    dense: tuple[DenseLayer, ...]
    prompts: Mapping[str, str]

    def tensors(self) -> dict[str, Vectors]:
        """Every weight of the encoder as float32, by its name without a model prefix.

        Raises:
            UnsupportedModel: the file is damaged.
        """
        return {
            name.removeprefix("bert.").removeprefix("roberta."): values
            for name, values in _read_tensors(self.folder / "model.safetensors").items()
        }


_BERT_MODELS = frozenset({"bert", "xlm-roberta", "roberta"})
_POOLED = frozenset({"Transformer", "Pooling", "Dense", "Normalize"})


def read_encoder_folder(folder: Path) -> EncoderFolder:
    """What `folder` holds.

    Raises:
        UnsupportedModel: it is no BERT or XLM-R encoder with mean or CLS pooling in safetensors.
    """
    config = _json(folder / "config.json")
    _require_bert(config)
    if not (folder / "model.safetensors").is_file():
        raise UnsupportedModel("its weights are not in one model.safetensors")
    if not (folder / "tokenizer.json").is_file():
        raise UnsupportedModel("it has no tokenizer.json")
    modules = _modules(folder)
    limits = _json(folder / "sentence_bert_config.json", default={})
    if limits.get("do_lower_case"):
        raise UnsupportedModel("it lower-cases its texts outside of its tokenizer")
    first = int(config.get("pad_token_id", 1)) + 1 if config["model_type"] != "bert" else 0
    shape = EncoderShape(
        layers=int(config["num_hidden_layers"]),
        heads=int(config["num_attention_heads"]),
        hidden=int(config["hidden_size"]),
        feed_forward=int(config["intermediate_size"]),
        epsilon=float(config["layer_norm_eps"]),
        first_position=first,
        max_tokens=_max_tokens(folder, config, limits, first_position=first),
        pooling=_pooling(folder, modules),
    )
    prompts = _json(folder / "config_sentence_transformers.json", default={}).get("prompts") or {}
    dense = tuple(_dense(folder / path) for kind, path in modules if kind == "Dense")
    widths = [shape.hidden, *(layer.weight.shape[0] for layer in dense)]
    for layer, width in zip(dense, widths[:-1], strict=True):
        if layer.weight.shape[1] != width:
            raise UnsupportedModel(f"a dense layer takes {layer.weight.shape[1]} values of {width}")
    return EncoderFolder(folder=folder, shape=shape, dense=dense, prompts=prompts)


def _require_bert(config: Mapping[str, Any]) -> None:
    kind = config.get("model_type")
    if kind not in _BERT_MODELS:
        raise UnsupportedModel(f"its model_type is {kind!r}, not one of {sorted(_BERT_MODELS)}")
    if config.get("hidden_act") != "gelu":
        raise UnsupportedModel(f"its hidden_act is {config.get('hidden_act')!r}, not 'gelu'")
    if config.get("position_embedding_type", "absolute") != "absolute":
        raise UnsupportedModel("its positions are not absolute")
    needed = (
        "num_hidden_layers",
        "num_attention_heads",
        "hidden_size",
        "intermediate_size",
        "layer_norm_eps",
        "max_position_embeddings",
    )
    missing = [name for name in needed if name not in config]
    if missing:
        raise UnsupportedModel(f"its config.json lacks {', '.join(missing)}")


def _modules(folder: Path) -> list[tuple[str, str]]:
    """Kind and path of each module, in order; a bare transformers model is pooled by its mean."""
    listed = _json(folder / "modules.json", default=None)
    if listed is None:
        return [("Transformer", "")]
    try:
        modules = [(str(one["type"]).rsplit(".", 1)[-1], str(one["path"])) for one in listed]
    except (TypeError, KeyError) as exc:
        raise UnsupportedModel("its modules.json is damaged") from exc
    kinds = [kind for kind, _ in modules]
    others = sorted(set(kinds) - _POOLED)
    if others:
        raise UnsupportedModel(f"it has modules of kind {', '.join(others)}")
    if kinds[:2] != ["Transformer", "Pooling"] or modules[0][1]:
        raise UnsupportedModel(f"its modules are {', '.join(kinds)}")
    return modules


def _pooling(folder: Path, modules: list[tuple[str, str]]) -> Literal["mean", "cls"]:
    paths = [path for kind, path in modules if kind == "Pooling"]
    if not paths:
        return "mean"
    config = _json(folder / paths[0] / "config.json")
    if config.get("include_prompt", True) is False:
        raise UnsupportedModel("it leaves the prompt out of the pooling")
    old = {"pooling_mode_mean_tokens": "mean", "pooling_mode_cls_token": "cls"}
    flags = [name for name, value in config.items() if name.startswith("pooling_mode_") and value]
    mode = config.get("pooling_mode") or "+".join(old.get(flag, flag) for flag in flags)
    if mode == "mean":
        return "mean"
    if mode == "cls":
        return "cls"
    raise UnsupportedModel(f"it pools by {mode!r}, not by mean or cls")


def _dense(folder: Path) -> DenseLayer:
    config = _json(folder / "config.json")
    activation = str(config.get("activation_function", "")).rsplit(".", 1)[-1]
    if activation not in {"Tanh", "Identity"}:
        raise UnsupportedModel(f"a dense layer has the activation {activation!r}")
    tensors = _read_tensors(folder / "model.safetensors")
    if "linear.weight" not in tensors:
        raise UnsupportedModel("a dense layer has no linear.weight")
    return DenseLayer(
        weight=tensors["linear.weight"],
        bias=tensors.get("linear.bias"),
        squashed=activation == "Tanh",
    )


def _max_tokens(
    folder: Path, config: Mapping[str, Any], limits: Mapping[str, Any], *, first_position: int
) -> int:
    positions = int(config["max_position_embeddings"]) - first_position
    stated = limits.get("max_seq_length")
    if stated is None:
        stated = _json(folder / "tokenizer_config.json", default={}).get("model_max_length")
    return positions if stated is None else min(int(stated), positions)


def _read_tensors(path: Path) -> dict[str, Vectors]:
    try:
        with safe_open(path, framework="numpy") as file:
            return {name: file.get_tensor(name).astype(np.float32) for name in file.keys()}  # noqa: SIM118  # no mapping
    except (OSError, SafetensorError, TypeError) as exc:
        raise UnsupportedModel(f"{path.name} cannot be read ({type(exc).__name__})") from exc


_REQUIRED: Any = object()


def _json(path: Path, *, default: Any = _REQUIRED) -> Any:  # noqa: ANN401  # theirs
    if not path.is_file() and default is not _REQUIRED:
        return default
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as exc:
        raise UnsupportedModel(f"its {path.name} cannot be read") from exc
