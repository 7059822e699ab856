"""Bags of term ids as the catalogue keeps them: so many bytes for each id as the largest of a bag needs."""

import numpy as np


def pack_bag(ids: np.ndarray) -> bytes:
    """Pack term ids (uint32), repeats and order kept.

    >>> unpack_bag(pack_bag(np.array([3, 70_000, 3], np.uint32))).tolist()
    [3, 70000, 3]
    """
    width = max((int(ids.max(initial=0)).bit_length() + 7) // 8, 1)
    return bytes([width]) + ids.astype("<u4").view(np.uint8).reshape(-1, 4)[:, :width].tobytes()


def unpack_bag(packed: bytes) -> np.ndarray:
    """Return the term ids (uint32) of a packed bag."""
    width = packed[0]
    if width == 4:
        return np.frombuffer(packed, "<u4", offset=1)
    ids = np.zeros(((len(packed) - 1) // width, 4), np.uint8)
    ids[:, :width] = np.frombuffer(packed, np.uint8, offset=1).reshape(-1, width)
    return ids.view("<u4").ravel()
