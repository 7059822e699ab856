"""Makes an exported model small: matrices and embedding tables in int8.

Matrices: one scale a column, and weights of 7 bits (``reduce_range``), since processors without VNNI add two 8-bit
products in 16 bits and would saturate: with 7 bits the sums are the same on every machine. Activations are quantised at
run time, over one text alone, so a text's vector does not depend on its neighbours.
Tables: one scale a row. Measured by benchmarks/index/encode.py.
"""

from pathlib import Path

TABLE_FLOATS = 100_000
"""A looked-up initializer of at least this many numbers is an embedding table worth quantising."""

INT8_LIMIT = 127


def quantise(model: Path, target: Path) -> None:
    """Write an int8 copy of the float32 ONNX file ``model`` to ``target``."""
    import onnx
    from onnxruntime.quantization import QuantType, quantize_dynamic

    quantize_dynamic(
        model,
        target,
        per_channel=True,
        reduce_range=True,
        weight_type=QuantType.QInt8,
        op_types_to_quantize=["MatMul"],
        extra_options={"MatMulConstBOnly": True},
    )
    quantised = onnx.load(target)
    _quantise_tables(quantised.graph)
    onnx.checker.check_model(quantised)
    onnx.save(quantised, target)


def _quantise_tables(graph) -> None:
    """Replace each float table that a Gather reads by int8 rows and a scale for each: row = int8 row x scale."""
    import numpy as np
    from onnx import TensorProto, helper, numpy_helper

    floats = {item.name: item for item in graph.initializer if item.data_type == TensorProto.FLOAT}
    tables = {node.input[0] for node in graph.node if node.op_type == "Gather" and node.input[0] in floats}
    tables = {name for name in tables if len(floats[name].dims) == 2 and np.prod(floats[name].dims) >= TABLE_FLOATS}
    read_otherwise = {name for node in graph.node if node.op_type != "Gather" for name in node.input}
    tables -= read_otherwise
    for name in sorted(tables):
        rows = numpy_helper.to_array(floats[name])
        scales = np.abs(rows).max(axis=1, keepdims=True) / INT8_LIMIT
        scales[scales == 0] = 1
        graph.initializer.append(numpy_helper.from_array(np.rint(rows / scales).astype(np.int8), f"{name}.rows"))
        graph.initializer.append(numpy_helper.from_array(scales.astype(np.float32), f"{name}.scales"))
        graph.initializer.remove(floats[name])
    nodes = list(graph.node)
    del graph.node[:]
    for node in nodes:
        if node.op_type != "Gather" or node.input[0] not in tables:
            graph.node.append(node)
            continue
        table, positions, result = node.input[0], node.input[1], node.output[0]
        graph.node.extend(
            [
                helper.make_node("Gather", [f"{table}.rows", positions], [f"{result}.rows"], axis=0),
                helper.make_node("Gather", [f"{table}.scales", positions], [f"{result}.scales"], axis=0),
                helper.make_node("Cast", [f"{result}.rows"], [f"{result}.floats"], to=TensorProto.FLOAT),
                helper.make_node("Mul", [f"{result}.floats", f"{result}.scales"], [result]),
            ]
        )
