"""The weights that training starts from; of an exported reader, int8 matrices and tables become float32 again."""

from pathlib import Path

import numpy as np
import torch

from qa.reading.model_files import MODEL_NAME


def read_weights(start: Path) -> dict[str, torch.Tensor]:
    """Return the weights in an exported reader's folder, or in a safetensors file, under their stored names.

    See ``network.py`` for the names.

    Raises:
        FileNotFoundError: there is no such folder or file.
    """
    if start.is_dir():
        return {name: torch.from_numpy(values) for name, values in _from_onnx(start / MODEL_NAME).items()}
    from safetensors.torch import load_file

    return {name: values.float() for name, values in load_file(start).items()}


def _from_onnx(model: Path) -> dict[str, np.ndarray]:
    import onnx
    from onnx import TensorProto, numpy_helper

    graph = onnx.load(model).graph
    arrays = {one.name: numpy_helper.to_array(one) for one in graph.initializer}
    weights = {
        item.name: arrays[item.name]
        for item in graph.initializer
        if item.data_type == TensorProto.FLOAT and not item.name.endswith(("_scale", ".scales"))
    }
    for name in arrays:
        if name.endswith(".rows"):  # an embedding table: int8 rows, a scale each
            table = name.removesuffix(".rows")
            weights[table] = arrays[name].astype(np.float32) * arrays[f"{table}.scales"]
    read_by: dict[str, list] = {}
    for node in graph.node:
        for name in node.input:
            read_by.setdefault(name, []).append(node)
    for node in graph.node:
        if node.op_type == "MatMulInteger":
            stem = node.input[1].removesuffix("_quantized")
            whole = arrays[node.input[1]].astype(np.float32) - arrays[node.input[3]].astype(np.float32)
            bias = _bias_behind(node.output[0], read_by, arrays)
            weights[bias.removesuffix("bias") + "weight"] = np.ascontiguousarray((whole * arrays[f"{stem}_scale"]).T)
    return {name.removeprefix("body."): values.astype(np.float32) for name, values in weights.items()}


def _bias_behind(result: str, read_by: dict[str, list], arrays: dict[str, np.ndarray]) -> str:
    """Return the name of the bias that is added to a matrix product: the product's own matrix has no telling name."""
    while True:
        node = read_by[result][0]
        if node.op_type == "Add" and (names := [name for name in node.input if name in arrays]):
            return names[0]
        result = node.output[0]
