"""Writes a BERT-shaped encoder as an ONNX graph, in float32 or with int8 matrices.

Input `embeddings` (1, tokens, hidden): word, position and type embeddings, summed; output
`tokens` (1, tokens, hidden). One text at a time: no padding, so no attention mask.

Int8 follows SmoothQuant (Xiao et al. 2023, https://arxiv.org/abs/2211.10438): activations of a
few channels are hundreds of times larger than the rest, so each input channel is divided by a
scale that its weights are multiplied with. Activations are quantised to uint8 by ranges measured
beforehand, so that a vector never depends on what else is embedded with it. Weights take 7 bits:
AVX2 adds two products in 16 bits, which 8-bit weights overflow; so the integers, and with
them the vectors up to rounding, are the same on every CPU. Biases are corrected for what rounding
the weights adds on average.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from core.backends.encoder_folder import EncoderShape
from core.types import Vectors

WEIGHT_LIMIT = 63
SMOOTHING = 0.7
"""Share of an outlier that goes to the weights; of .5, .6, .7, .85 it gave the best cosines."""

_SMOOTHED = frozenset({"qkv", "fi", "fo"})
"""The inputs of the attention's output are even: smoothing them gained nothing."""

_FUSED = "com.microsoft"


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivationRange:
    """Least, greatest and mean value by channel of a matrix's input, (channels,) each."""

    low: Vectors
    high: Vectors
    mean: Vectors


class _Graph:
    """Nodes and constants, named as they come."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def constant(self, name: str, values: np.ndarray[tuple[int, ...], np.dtype[np.generic]]) -> str:
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def node(
        self,
        kind: str,
        inputs: list[str],
        name: str,
        *,
        domain: str = "",
        **more: Any,  # noqa: ANN401  # attributes
    ) -> str:
        self.nodes.append(helper.make_node(kind, inputs, [name], name=name, domain=domain, **more))
        return name

    def split(self, source: str, names: list[str]) -> list[str]:
        count = len(names)
        self.nodes.append(helper.make_node("Split", [source], names, axis=-1, num_outputs=count))
        return names


class _EncoderWriter:
    """Builds the graph of one encoder, layer by layer."""

    def __init__(
        self,
        shape: EncoderShape,
        tensors: Mapping[str, Vectors],
        ranges: Mapping[str, ActivationRange] | None,
    ) -> None:
        self.graph = _Graph()
        self.matrix_inputs: dict[str, str] = {}
        self._shape = shape
        self._tensors = tensors
        self._ranges = ranges

    def write(self) -> None:
        hidden = self._norm("embeddings", "embeddings.LayerNorm")
        for layer in range(self._shape.layers):
            hidden = self._layer(f"encoder.layer.{layer}.", hidden)
        self.graph.node("Identity", [hidden], "tokens")

    def _layer(self, prefix: str, hidden: str) -> str:
        attended = self._attention(prefix, hidden)
        output = self._dense(prefix + "ao", attended, [prefix + "attention.output.dense"])
        hidden = self._residual(output, hidden, prefix + "attention.output.LayerNorm")
        inner = self._dense(prefix + "fi", hidden, [prefix + "intermediate.dense"])
        inner = self.graph.node("Gelu", [inner], prefix + "gelu")
        output = self._dense(prefix + "fo", inner, [prefix + "output.dense"])
        return self._residual(output, hidden, prefix + "output.LayerNorm")

    def _attention(self, prefix: str, hidden: str) -> str:
        parts = [f"{prefix}attention.self.{part}" for part in ("query", "key", "value")]
        joined = self._dense(prefix + "qkv", hidden, parts)
        return self.graph.node(
            "MultiHeadAttention",
            self.graph.split(joined, [prefix + "q", prefix + "k", prefix + "v"]),
            prefix + "attended",
            domain=_FUSED,
            num_heads=self._shape.heads,
        )

    def _dense(self, name: str, source: str, parts: list[str]) -> str:
        self.matrix_inputs[name] = source
        weight = np.concatenate([self._tensors[part + ".weight"].T for part in parts], axis=1)
        bias = np.concatenate([self._tensors[part + ".bias"] for part in parts])
        if self._ranges is not None:
            return self._int8_dense(name, source, weight, bias, self._ranges[name])
        product = self.graph.node(
            "MatMul", [source, self.graph.constant(name + ".weight", weight)], name + ".product"
        )
        return self.graph.node("Add", [product, self.graph.constant(name + ".bias", bias)], name)

    def _int8_dense(
        self, name: str, source: str, weight: Vectors, bias: Vectors, measured: ActivationRange
    ) -> str:
        graph = self.graph
        low, high, mean = measured.low, measured.high, measured.mean
        if name.rsplit(".", 1)[-1] in _SMOOTHED:
            smooth = smoothing_scales(measured, weight)
            weight, mean = weight * smooth[:, None], mean / smooth
            low, high = low / smooth, high / smooth
            inverse = graph.constant(name + ".smooth", (1 / smooth).astype(np.float32))
            source = graph.node("Mul", [source, inverse], name + ".smoothed")
        bottom, top = min(0.0, float(low.min())), max(0.0, float(high.max()))
        step = max(top - bottom, 1e-6) / 255
        scale = graph.constant(name + ".scale", np.array(step, np.float32))
        zero = graph.constant(name + ".zero", np.array(round(-bottom / step), np.uint8))
        quantised, weight_scale = quantise_weight(weight)
        # What rounding the weights adds to every output on average; a mean over the tokens of a
        # text would keep it, while it levels out all else (Nagel et al. 2019, section 4.2).
        bias = bias + mean @ (weight - quantised * weight_scale)
        return graph.node(
            "MatMulIntegerToFloat",
            [
                graph.node("QuantizeLinear", [source, scale, zero], name + ".input"),
                graph.constant(name + ".weight", quantised),
                scale,
                graph.constant(name + ".weight_scale", weight_scale),
                zero,
                "",
                graph.constant(name + ".bias", bias.astype(np.float32)),
            ],
            name,
            domain=_FUSED,
        )

    def _residual(self, output: str, hidden: str, norm: str) -> str:
        return self._norm(self.graph.node("Add", [output, hidden], norm + ".sum"), norm)

    def _norm(self, source: str, name: str) -> str:
        constants = [
            self.graph.constant(f"{name}.{part}", self._tensors[f"{name}.{part}"])
            for part in ("weight", "bias")
        ]
        return self.graph.node(
            "LayerNormalization", [source, *constants], name, epsilon=self._shape.epsilon, axis=-1
        )


def smoothing_scales(measured: ActivationRange, weight: Vectors) -> Vectors:
    """(channels,): what each input channel is divided by; SmoothQuant, equation 4."""
    activations = np.maximum(np.maximum(np.abs(measured.low), np.abs(measured.high)), 1e-5)
    weights = np.maximum(np.abs(weight).max(axis=1), 1e-5)
    scales = activations**SMOOTHING / weights ** (1 - SMOOTHING)
    return np.asarray(scales / np.exp(np.log(scales).mean()), dtype=np.float32)


def quantise_weight(
    weight: Vectors,
) -> tuple[np.ndarray[tuple[int, ...], np.dtype[np.int8]], Vectors]:
    """`weight` (in, out) as int8 within +-63, and the (out,) scales that it was divided by."""
    scales = np.abs(weight).max(axis=0) / WEIGHT_LIMIT
    scales = np.where(scales == 0, 1, scales).astype(np.float32)
    rounded = np.clip(np.round(weight / scales), -WEIGHT_LIMIT, WEIGHT_LIMIT)
    return rounded.astype(np.int8), scales


def write_encoder(
    shape: EncoderShape,
    tensors: Mapping[str, Vectors],
    *,
    ranges: Mapping[str, ActivationRange] | None = None,
) -> bytes:
    """The graph: int8 with `ranges` (those of `calibration.measure_ranges`), else float32."""
    writer = _EncoderWriter(shape, tensors, ranges)
    writer.write()
    return _serialised(writer.graph, shape, extra=[])


def write_probed_encoder(
    shape: EncoderShape, tensors: Mapping[str, Vectors]
) -> tuple[bytes, list[str]]:
    """The float32 graph that also gives each matrix's input, and the matrices' names in order."""
    writer = _EncoderWriter(shape, tensors, None)
    writer.write()
    return (
        _serialised(writer.graph, shape, extra=list(writer.matrix_inputs.values())),
        list(writer.matrix_inputs),
    )


def _serialised(graph: _Graph, shape: EncoderShape, *, extra: list[str]) -> bytes:
    sizes: list[str | int | None] = [1, "tokens", shape.hidden]
    given = helper.make_tensor_value_info("embeddings", TensorProto.FLOAT, sizes)
    outputs = [helper.make_tensor_value_info("tokens", TensorProto.FLOAT, sizes)]
    # Attention, first matrices: one tensor may feed two; an output is listed once.
    outputs += [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, None)
        for name in dict.fromkeys(extra)
    ]
    model = helper.make_model(
        helper.make_graph(graph.nodes, "encoder", [given], outputs, graph.constants),
        opset_imports=[helper.make_opsetid("", 20), helper.make_opsetid(_FUSED, 1)],
        ir_version=9,
    )
    return bytes(model.SerializeToString())
