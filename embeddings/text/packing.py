"""Packing: which neighbouring sentences share a chunk. It knows token counts and paragraphs, not the text.

Ranges are (first, one past last) indices into the list of sentences.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate

Range = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes in tokens. No chunk is larger than ``window`` unless a single sentence is."""

    window: int
    """What the encoder can see after the title."""
    target: int
    """Neighbouring paragraphs are merged as long as they are no larger together."""
    minimum: int
    """A smaller chunk is merged with a neighbour up to the window: alone it says too little to be found."""
    overlap: int
    """A longer sentence is not repeated where a paragraph has to be split."""


def pack(
    tokens: Sequence[int], paragraphs: Sequence[Sequence[Range]], is_heading: Callable[[Range], bool], limits: Limits
) -> list[Range]:
    """Return the range of sentences of each chunk, in order, every sentence in one at least.

    ``tokens`` is the size of each sentence, ``paragraphs`` the lines of each paragraph as ranges of sentences.
    A paragraph that fits the window stays whole, and a heading stays with what it leads to; neighbours are merged
    up to the target; a paragraph too large is split between lines, else between sentences, one of them repeated.
    """
    return _Packer([0, *accumulate(tokens)], limits).pack(paragraphs, is_heading)


@dataclass(frozen=True, slots=True)
class _Packer:
    before: list[int]
    """How many tokens come before each sentence."""
    limits: Limits

    def pack(self, paragraphs: Sequence[Sequence[Range]], is_heading: Callable[[Range], bool]) -> list[Range]:
        blocks = [block for lines in paragraphs for block in self.blocks(lines)]
        whole = self.attach_headings(blocks, [block[1] - block[0] == 1 and is_heading(block) for block in blocks])
        return self.merge([unit for block in whole for unit in self.units(block)])

    def size(self, first: int, last: int) -> int:
        return self.before[last] - self.before[first]

    def fits(self, first: int, last: int) -> bool:
        return self.size(first, last) <= self.limits.window

    def blocks(self, lines: Sequence[Range]) -> Sequence[Range]:
        """Keep a paragraph whole if it fits; its lines take its place if it does not."""
        whole = (lines[0][0], lines[-1][1])
        return [whole] if self.fits(*whole) else lines

    def attach_headings(self, blocks: Sequence[Range], headings: Sequence[bool]) -> list[Range]:
        """Join each heading to the block after it, unless that block fits the window only alone."""
        joined: list[Range] = []
        pending: Range | None = None
        for block, heading in zip(blocks, headings, strict=True):
            if pending is not None:
                together = (pending[0], block[1])
                if heading or (self.fits(*block) and not self.fits(*together)):
                    joined.append(pending)
                else:
                    block = together
            pending = block if heading else None
            if not heading:
                joined.append(block)
        return joined if pending is None else [*joined, pending]

    def units(self, block: Range) -> list[Range]:
        return [block] if self.fits(*block) else self.windows(*block)

    def windows(self, first: int, last: int) -> list[Range]:
        """Split what is too large into windows of about equal size, one sentence repeated if it is short enough."""
        windows: list[Range] = []
        start, stop = first, first
        while stop < last:
            if not self.fits(start, stop + 1):
                start = stop
            rest = self.size(start, last)
            even = rest / max(1, math.ceil(rest / self.limits.window))
            stop += 1
            while stop < last and self.size(start, stop) < even and self.fits(start, stop + 1):
                stop += 1
            windows.append((start, stop))
            repeats = stop - start > 1 and self.size(stop - 1, stop) <= self.limits.overlap
            start = stop - 1 if repeats else stop
        return windows

    def merge(self, units: Sequence[Range]) -> list[Range]:
        """Merge neighbours up to the target, and what is below the minimum with the one after it, else before it."""
        merged: list[Range] = []
        for unit in units:
            if merged and self.belong_together(merged[-1], unit):
                merged[-1] = (merged[-1][0], unit[1])
            else:
                self.merge_back(merged)
                merged.append(unit)
        self.merge_back(merged)
        return merged

    def belong_together(self, group: Range, unit: Range) -> bool:
        together = self.size(group[0], unit[1])
        small = self.size(*group) < self.limits.minimum
        return together <= self.limits.target or (small and together <= self.limits.window)

    def merge_back(self, merged: list[Range]) -> None:
        """Merge the last group with the one before it if it is small and they fit the window together."""
        if len(merged) > 1 and self.size(*merged[-1]) < self.limits.minimum and self.fits(merged[-2][0], merged[-1][1]):
            _, last = merged.pop()
            merged[-1] = (merged[-1][0], last)
