"""Pack a reader's float16 weights small: int8 rows for matrices, the word embeddings as they are, the rest float16.

usage: start_weights.py READER.safetensors OUT.npz
"""

import sys

import numpy as np
from safetensors.numpy import load_file


def main() -> None:
    """Pack and print the largest error."""
    packed = {}
    for name, value in load_file(sys.argv[1]).items():
        if value.ndim == 2 and min(value.shape) > 2 and value.dtype == np.float16:
            rows = value.astype(np.float32)
            scales = np.maximum(np.abs(rows).max(1), 1e-8) / 127
            packed[name + ".rows"] = np.round(rows / scales[:, None]).astype(np.int8)
            packed[name + ".scales"] = scales.astype(np.float32)
        else:
            packed[name] = value
    np.savez_compressed(sys.argv[2], **packed)


if __name__ == "__main__":
    main()
