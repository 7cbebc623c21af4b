"""Write the files of the encoder's graphs, which `bert_graph` describes.

python -m vectorstore.write_graphs
"""

import numpy as np
from onnx import TensorProto, helper

from vectorstore.bert_graph import FUSED, HIDDEN, IDS, MASK, OUTPUT, Array, Graph, bert_graph, written_graph
from vectorstore.packaged_model import packaged_weights

_TYPES = {
    np.dtype(np.float32): TensorProto.FLOAT,
    np.dtype(np.int8): TensorProto.INT8,
}


def as_onnx(graph: Graph) -> bytes:
    """A serialised ModelProto that names the graph's weights, to be given to the session beside it."""
    given = [
        helper.make_tensor_value_info(name, TensorProto.INT32, ["batch", "length"]) for name in (IDS, MASK)
    ]
    made = helper.make_tensor_value_info(OUTPUT, TensorProto.FLOAT, ["batch", "length", HIDDEN])
    nodes = [
        helper.make_node(node.operator, node.inputs, node.outputs, None, None, node.domain, **node.attributes)
        for node in graph.nodes
    ]
    beside = [_beside(name, values) for name, values in graph.weights.items()]
    versions = [helper.make_opsetid("", 17), helper.make_opsetid(FUSED, 1)]
    whole = helper.make_graph(nodes, "bert", given, [made], beside)
    serialised: bytes = helper.make_model(whole, opset_imports=versions, ir_version=9).SerializeToString()
    return serialised


def _beside(name: str, values: Array) -> TensorProto:
    """A weight that the model only names."""
    told = TensorProto(name=name, data_type=_TYPES[values.dtype], dims=values.shape)
    told.data_location = TensorProto.EXTERNAL
    told.external_data.add(key="location", value="beside the model")
    return told


if __name__ == "__main__":
    weights = packaged_weights()
    for int8 in (False, True):
        written_graph(int8).write_bytes(as_onnx(bert_graph(weights, int8)))
