"""Eight bits where eight bits hurt: matrices whose inputs have outliers are quantised block by block.

The second matrix of each feed-forward layer sees a few numbers a hundred times as large as the rest. One scale for all
of them, as in the other matrices, cost 2.4 points of exact match; a scale for every 128 numbers costs none, and 7% of
a passage's time (500 development questions with their paragraph given).
"""

import logging
from pathlib import Path

BLOCK = 128
NARROWING = 2
"""A feed-forward layer's second matrix has at least so many times as many inputs as outputs."""
MIN_OUTPUTS = 16
"""Fewer have the two logits at the end, which stay as they are to the last."""


def quantise_blocks(model: Path, target: Path, *, everywhere: bool) -> None:
    """Write a copy of the float32 ONNX file whose narrowing matrices, or all, are in int8, one scale a block.

    ``quantise`` of embeddings then finds the other matrices and leaves these alone.
    """
    import onnx
    from onnxruntime.quantization.matmul_nbits_quantizer import MatMulNBitsQuantizer

    logging.getLogger().setLevel(logging.WARNING)  # importing it makes the root logger tell of every node
    logging.getLogger(MatMulNBitsQuantizer.__module__).setLevel(logging.WARNING)
    graph = onnx.load(model)
    shapes = {one.name: tuple(one.dims) for one in graph.graph.initializer}
    others = [
        node.name
        for node in graph.graph.node
        if node.op_type == "MatMul" and not _is_meant(shapes.get(node.input[1], ()), everywhere=everywhere)
    ]
    quantiser = MatMulNBitsQuantizer(
        graph, block_size=BLOCK, is_symmetric=True, bits=8, accuracy_level=4, nodes_to_exclude=others
    )
    quantiser.process()
    onnx.save(quantiser.model.model, target)


def _is_meant(shape: tuple[int, ...], *, everywhere: bool) -> bool:
    return len(shape) == 2 and shape[1] >= MIN_OUTPUTS and (everywhere or shape[0] >= NARROWING * shape[1])
