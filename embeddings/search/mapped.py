"""A derived file, mapped and not read: pages that no question needs are never loaded, and processes share the others.

The SHA-256 of each block of 16 KiB stands behind the data; the SHA-256 of all of these, the root, is kept elsewhere.
A block is checked when it is looked at for the first time, so that opening costs the same however large a file is, and
a flipped bit is found before anything is answered from it. A question reads single rows here and there: with larger
blocks its first look at them would hash most of the file.
"""

import hashlib
import mmap
import os
from pathlib import Path

import numpy as np

BLOCK_BYTES = 1 << 14
SUM_BYTES = 32


class Damaged(Exception):
    """A file is not what was written: ``state`` is "missing" or "damaged"."""

    def __init__(self, path: Path, state: str):
        super().__init__(f"{path} is {state}")
        self.path = path
        self.state = state


def sum_blocks(data: bytes | np.ndarray) -> bytes:
    """Return the SHA-256 of each block, one after another."""
    view = memoryview(data)
    return b"".join(
        hashlib.sha256(view[start : start + BLOCK_BYTES]).digest() for start in range(0, len(view), BLOCK_BYTES)
    )


def root_of(sums: bytes) -> str:
    """Return the SHA-256 of blocks' sums in hexadecimal."""
    return hashlib.sha256(sums).hexdigest()


class Mapped:
    """The bytes of a file, checked block by block; or bytes in memory, which need no check."""

    def __init__(self, path: Path, data: np.ndarray, sums: bytes | None):
        self.path = path
        self.data = data
        self.in_memory = sums is None
        self._sums = sums
        self._unchecked = bytearray() if sums is None else bytearray(b"\1") * (len(sums) // SUM_BYTES)
        self._is_unchecked = np.frombuffer(self._unchecked, bool)
        """bool (blocks,): the same bytes."""

    def check(self, start: int, stop: int) -> None:
        """Make sure of the bytes from ``start`` to ``stop``.

        Raises:
            Damaged: they are not what was written.
        """
        if self._has_unchecked(start, stop):
            first = start // BLOCK_BYTES
            self._check(first + np.flatnonzero(self._is_unchecked[first : -(-stop // BLOCK_BYTES)]))

    def check_runs(self, starts: np.ndarray, stops: np.ndarray) -> None:
        """Make sure of several runs of bytes, int64 each.

        Raises:
            Damaged: they are not what was written.
        """
        if len(starts) and self._has_unchecked(int(starts.min()), int(stops.max())):
            first = starts // BLOCK_BYTES
            blocks = take_runs(np.arange(len(self._unchecked)), first, (stops - 1) // BLOCK_BYTES - first + 1)
            self._check(np.unique(blocks[self._is_unchecked[blocks]]))

    def _has_unchecked(self, start: int, stop: int) -> bool:
        return 1 in self._unchecked[start // BLOCK_BYTES : -(-stop // BLOCK_BYTES)]

    def _check(self, blocks: np.ndarray) -> None:
        for block in blocks.tolist():
            found = hashlib.sha256(self.data[block * BLOCK_BYTES : (block + 1) * BLOCK_BYTES]).digest()
            if found != self._sums[block * SUM_BYTES : (block + 1) * SUM_BYTES]:
                raise Damaged(self.path, "damaged")
            self._unchecked[block] = 0


def map_file(path: Path, size: int, root: str) -> Mapped:
    """Map a file of ``size`` bytes of data with their sums behind them, of which the root is known.

    Raises:
        Damaged: it is missing, of another size, or its sums are not those.
    """
    try:
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_size != whole_size(size):
                raise Damaged(path, "damaged")
            pages = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except (OSError, ValueError) as error:
        raise Damaged(path, "missing") from error
    sums = pages[size:]
    if root_of(sums) != root:
        raise Damaged(path, "damaged")
    return Mapped(path, np.frombuffer(pages, np.uint8, size), sums)


def whole_size(size: int) -> int:
    """Return how large a file of ``size`` bytes of data is with their sums."""
    return size + SUM_BYTES * -(-size // BLOCK_BYTES)


class Column:
    """An array inside a mapped file of which only slices and single rows are read, each checked before."""

    def __init__(self, mapped: Mapped, array: np.ndarray, start: int):
        self._mapped = mapped
        self._array = array
        self._start = start

    def __len__(self) -> int:
        return len(self._array)

    def __getitem__(self, part: slice) -> np.ndarray:
        size = self._array.strides[0]
        first, last, _ = part.indices(len(self._array))
        self._mapped.check(self._start + first * size, self._start + last * size)
        return self._array[part]

    def take(self, rows: np.ndarray) -> np.ndarray:
        """Return the rows of these numbers."""
        return self._checked(rows, rows + 1)[rows]

    def take_runs(self, starts: np.ndarray, lengths: np.ndarray) -> np.ndarray:
        """Return runs of rows, one after another."""
        return take_runs(self._checked(starts, starts + lengths), starts, lengths)

    def _checked(self, starts: np.ndarray, stops: np.ndarray) -> np.ndarray:
        """Return the array, of which the rows of these runs are checked."""
        size = self._array.strides[0]
        self._mapped.check_runs(self._start + starts * size, self._start + stops * size)
        return self._array


def take_runs(array: np.ndarray | Column, starts: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """Return runs of an array's rows, one after another.

    >>> take_runs(np.arange(10), np.array([7, 2]), np.array([2, 3])).tolist()
    [7, 8, 2, 3, 4]
    """
    if isinstance(array, Column):
        return array.take_runs(starts, lengths)
    places = np.repeat(starts - np.cumsum(lengths) + lengths, lengths)
    places += np.arange(len(places))
    return array[places]


def in_memory(array: np.ndarray) -> Column:
    """Return an array that was never in a file as a column."""
    return Column(Mapped(Path(), array, None), array, 0)
