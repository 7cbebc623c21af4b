"""A BERT encoder as a graph of onnxruntime's fused operators, from the published weights themselves.

Nothing has to be converted or downloaded. The operators are those of onnxruntime's "com.microsoft"
domain (ContribOperators.md). What onnxruntime reads, the graph without its weights, lies beside this file
as written by `python -m vectorstore.write_graphs`, since importing onnx to write it takes as long as all
the rest of loading the model.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.generic]

IDS, MASK, OUTPUT = "ids", "mask", "states"
HIDDEN = 384
FUSED = "com.microsoft"
_LAYERS = 6
_HEADS = 12
_EPSILON = 1e-12


class Node(NamedTuple):
    operator: str
    inputs: list[str]
    outputs: list[str]
    domain: str
    attributes: Mapping[str, Any]


@dataclass
class Graph:
    """Its operators in order, and the weights they name."""

    nodes: list[Node] = field(default_factory=list)
    weights: dict[str, Array] = field(default_factory=dict)

    def weight(self, name: str, values: Array) -> str:
        self.weights[name] = np.ascontiguousarray(values)
        return name

    def node(
        self, operator: str, inputs: list[str], *outputs: str, domain: str = FUSED, **attributes: int | float
    ) -> str:
        self.nodes.append(Node(operator, inputs, list(outputs), domain, attributes))
        return outputs[0]


def written_graph(int8: bool) -> Path:
    """The file of the graph, an ONNX model that names its weights and holds none."""
    return Path(__file__).with_name("minilm-int8.onnx" if int8 else "minilm.onnx")


def bert_graph(given: Mapping[str, Array], int8: bool = False) -> Graph:
    """The encoder for weights named as in Hugging Face's BertModel.

    Inputs `ids` and `mask`, int32 of shape (batch, length), padded on the right; output `states`, float32
    of shape (batch, length, 384). With `int8` the weights of every matrix product are rounded to eight
    bits, each output channel with a scale of its own, and activations as they come.
    """
    graph = Graph()
    names = "embeddings."
    positions = given[f"{names}position_embeddings.weight"] + given[f"{names}token_type_embeddings.weight"][0]
    state = graph.node(
        "EmbedLayerNormalization",
        [
            IDS,
            "",
            graph.weight("words", given[f"{names}word_embeddings.weight"]),
            graph.weight("positions", positions),
            "",
            graph.weight("embedding scale", given[f"{names}LayerNorm.weight"]),
            graph.weight("embedding shift", given[f"{names}LayerNorm.bias"]),
            MASK,
        ],
        "embedded",
        "lengths",
        epsilon=_EPSILON,
    )
    for layer in range(_LAYERS):
        state = _layer(graph, given, layer, state, int8)
    graph.node("Identity", [state], OUTPUT, domain="")
    return graph


def _layer(graph: Graph, given: Mapping[str, Array], layer: int, state: str, int8: bool) -> str:
    names = f"encoder.layer.{layer}."
    parts = [f"{names}attention.self.{part}" for part in ("query", "key", "value")]
    joint = np.concatenate([given[f"{part}.weight"].T for part in parts], axis=1)
    joint_bias = graph.weight(f"{names}joint bias", np.concatenate([given[f"{part}.bias"] for part in parts]))
    if int8:
        projected = _product(graph, state, f"{names}joint", joint, int8)
        split = [f"{names}{part}" for part in ("q", "k", "v")]
        graph.node("Split", [projected], *split, domain="", axis=2)
        attended = graph.node(
            "MultiHeadAttention", [*split, joint_bias, "lengths"], f"{names}attended", num_heads=_HEADS
        )
    else:
        weight = graph.weight(f"{names}joint", joint)
        attended = graph.node(
            "Attention", [state, weight, joint_bias, "lengths"], f"{names}attended", num_heads=_HEADS
        )
    mixed = _dense(graph, given, attended, f"{names}attention.output", state, int8)
    inner = _product(graph, mixed, f"{names}inner", given[f"{names}intermediate.dense.weight"].T, int8)
    bias = graph.weight(f"{names}inner bias", given[f"{names}intermediate.dense.bias"])
    active = graph.node("BiasGelu", [inner, bias], f"{names}active")
    return _dense(graph, given, active, f"{names}output", mixed, int8)


def _dense(graph: Graph, given: Mapping[str, Array], state: str, names: str, skip: str, int8: bool) -> str:
    """A matrix product with its bias, added to what skips it and normalised."""
    product = _product(graph, state, f"{names} weight", given[f"{names}.dense.weight"].T, int8)
    inputs = [
        product,
        skip,
        graph.weight(f"{names} scale", given[f"{names}.LayerNorm.weight"]),
        graph.weight(f"{names} shift", given[f"{names}.LayerNorm.bias"]),
        graph.weight(f"{names} bias", given[f"{names}.dense.bias"]),
    ]
    return graph.node("SkipLayerNormalization", inputs, f"{names} normalised", epsilon=_EPSILON)


def _product(graph: Graph, state: str, name: str, weight: Array, int8: bool) -> str:
    if not int8:
        return graph.node("MatMul", [state, graph.weight(name, weight)], f"{name} product", domain="")
    scales = (np.abs(weight).max(axis=0) / 127).astype(np.float32)
    rounded = np.clip(np.rint(weight / scales), -127, 127).astype(np.int8)
    inputs = [state, graph.weight(name, rounded), graph.weight(f"{name} scales", scales)]
    return graph.node("DynamicQuantizeMatMul", inputs, f"{name} product")
