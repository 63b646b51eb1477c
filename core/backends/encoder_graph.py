"""Writes a BERT-shaped encoder as an ONNX graph, in float32 or with int8 matrices.

Input `embeddings` (1, tokens, hidden): word, position and type embeddings, summed; output
`tokens` (1, tokens, hidden). One text at a time: no padding, so no attention mask.

Activations of int8 graphs are quantised to uint8 by ranges measured beforehand, so that a vector
never depends on what else is embedded with it; `matrix_quantiser` makes the integers.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from core.backends.encoder_folder import EncoderShape
from core.backends.matrix_quantiser import MatrixInput, quantise, smoothing_scales
from core.types import Vectors

_SMOOTHED = frozenset({"qkv", "fi", "fo"})
"""The inputs of the attention's output are even: smoothing them gained nothing."""

_FUSED = "com.microsoft"


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
        inputs: Mapping[str, MatrixInput] | None,
    ) -> None:
        self.graph = _Graph()
        self.matrix_inputs: dict[str, str] = {}
        self._shape = shape
        self._tensors = tensors
        self._inputs = inputs

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
        if self._inputs is not None:
            return self._int8_dense(name, source, weight, bias, self._inputs[name])
        product = self.graph.node(
            "MatMul", [source, self.graph.constant(name + ".weight", weight)], name + ".product"
        )
        return self.graph.node("Add", [product, self.graph.constant(name + ".bias", bias)], name)

    def _int8_dense(
        self, name: str, source: str, weight: Vectors, bias: Vectors, given: MatrixInput
    ) -> str:
        graph = self.graph
        if name.rsplit(".", 1)[-1] in _SMOOTHED:
            smooth = smoothing_scales(weight, given)
            weight, given = weight * smooth[:, None], given.divided(smooth)
            inverse = graph.constant(name + ".smooth", (1 / smooth).astype(np.float32))
            source = graph.node("Mul", [source, inverse], name + ".smoothed")
        made = quantise(weight, bias, given)
        scale = graph.constant(name + ".scale", np.array(made.step, np.float32))
        zero = graph.constant(name + ".zero", np.array(made.zero, np.uint8))
        return graph.node(
            "MatMulIntegerToFloat",
            [
                graph.node("QuantizeLinear", [source, scale, zero], name + ".input"),
                graph.constant(name + ".weight", made.weight),
                scale,
                graph.constant(name + ".weight_scale", made.weight_scale),
                zero,
                "",
                graph.constant(name + ".bias", made.bias),
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


def write_encoder(
    shape: EncoderShape,
    tensors: Mapping[str, Vectors],
    *,
    inputs: Mapping[str, MatrixInput] | None = None,
) -> bytes:
    """The graph: float32, or int8 with the `inputs` of `encoder_calibration.measure_inputs`."""
    writer = _EncoderWriter(shape, tensors, inputs)
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
