"""An exported reader's weights back as a network's: who has the repository alone can go on training from it.

Of an int8 export the weights come back as they were rounded; a run that begins with them forgets that in minutes.
"""

from pathlib import Path

import torch

from embeddings.errors import CitebotError
from qa.reading.reader_files import MODEL_NAME, read_checked, read_facts

ADDS = "Add"
PRODUCTS = ("MatMul", "MatMulInteger", "MatMulNBits")
"""Operators that multiply by a matrix, their second input."""
MIDDLE = 128
"""What a number that is nothing is written as, in a matrix of one byte a number with a scale a block."""
MOST_STEPS = 4
"""From a bias back to its matrix: an addition, two scalings, a cast."""


def restore(folder: Path) -> dict[str, torch.Tensor]:
    """Return the weights of the reader that ``python -m qa.train.export`` wrote into a folder, float32, by name.

    Raises:
        CitebotError: a file is missing or damaged, or the network was exported otherwise.
    """
    import onnx

    graph = onnx.load_from_string(read_checked(folder, MODEL_NAME, read_facts(folder))).graph
    arrays = {one.name: torch.from_numpy(onnx.numpy_helper.to_array(one).copy()) for one in graph.initializer}
    maker = {output: node for node in graph.node for output in node.output}
    weights = {name: array for name, array in arrays.items() if name.startswith(("body.", "head."))}
    for name in [name for name in weights if name.endswith(".rows")]:
        table = name.removesuffix(".rows")
        weights[table] = weights.pop(name).float() * weights.pop(f"{table}.scales")
    for node in graph.node:
        bias = next((name for name in node.input if name.endswith(".bias") and name in weights), None)
        if node.op_type == ADDS and bias:
            weights[bias.removesuffix("bias") + "weight"] = _matrix(node, maker, arrays)
    if not weights:
        raise CitebotError(f"the reader in {folder} names no weights: it was not fitted with `python -m qa.train.fit`")
    return weights


def _matrix(node, maker, arrays: dict[str, torch.Tensor]) -> torch.Tensor:
    """Return the matrix (outputs, inputs) that stands before the addition of a bias."""
    for _ in range(MOST_STEPS):
        node = next(maker[name] for name in node.input if name in maker and maker[name].op_type != "Shape")
        if node.op_type in PRODUCTS:
            break
    else:
        raise CitebotError(f"the matrix before {node.name} is not found: the export is of another kind")
    name = node.input[1]
    if node.op_type == "MatMul":
        return arrays[name].T.contiguous()
    if node.op_type == "MatMulInteger":
        stem = name.removesuffix("_quantized")
        centred = arrays[name].float() - arrays[f"{stem}_zero_point"].float()
        return (centred * arrays[f"{stem}_scale"]).T.contiguous()
    scaled = (arrays[name].float() - MIDDLE) * arrays[name.removesuffix("_Q8") + "_scales"].unsqueeze(-1)
    inputs = next(one.i for one in node.attribute if one.name == "K")
    return scaled.reshape(len(scaled), -1)[:, :inputs].contiguous()  # the last block is filled up
