"""Training batches, packed by several processes: groups of the windows of one question, sorted by length."""

import os
import queue
import threading
from collections.abc import Iterator
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch

CLS, SEP = 101, 102
SEED = 1
LINE_SHARE = 0.55
"""How often a group whose context lines are known is shown with them."""
FIRST_WORDING_SHARE = 0.75
NEGATIVE_COUNTS, NEGATIVE_SHARES = (0, 1, 3), (0.25, 0.42, 0.33)
LABELLED = frozenset({"new_wiki", "reddit", "amazon", "qamr", "nq", "qed", "tydi", "fairytale", "timeqa", "policyqa"})
CHUNK = 4000
"""Groups that are sorted by length together."""
FILL_SHARE, FILL_BELOW, FILL_TO = 0.35, 150, (150, 256)
"""How often a window of fewer tokens is filled up with other passages to a length such as a product's passages have."""
NEAR_FILL_SHARE = 0.6
Stretch = tuple[int, int, int]
"""Passage, first token, last."""


class Window(NamedTuple):
    """One input of the network: places of question, passage and context line in the packed arrays; -1: none."""

    question: int
    passage: int
    low: int
    high: int
    start: int
    end: int
    line: int
    before: tuple[Stretch, ...] = ()
    behind: tuple[Stretch, ...] = ()


class Features:
    """The packed training questions."""

    def __init__(self, path: Path) -> None:
        loaded = np.load(path)
        for name in ("ci", "cp", "qi", "qp", "ti", "tp", "vq", "vp", "var", "varp", "neg", "negp", "need", "src"):
            setattr(self, name, loaded[name])
        self.names = loaded["names"]
        self.count = len(self.src)
        labelled = np.array([str(name) in LABELLED for name in self.names])[self.src]
        self.fillers = np.flatnonzero(labelled) if labelled.any() else np.arange(self.count)
        """Records whose passages fill up short windows: labelled ones, where there are any."""

    def of_kinds(self, kinds: set[str]) -> np.ndarray:
        """Return which records are of these kinds.

        Raises:
            SystemExit: none is.
        """
        chosen = np.array([str(name) in kinds for name in self.names])[self.src]
        if not chosen.any():
            raise SystemExit(f"none of the kinds {sorted(kinds)} is in train.npz: {sorted(map(str, self.names))}")
        return chosen

    def repeated(self, kinds: set[str], share: float) -> np.ndarray:
        """Return all record numbers, those of these kinds so often that they make up this share."""
        chosen = self.of_kinds(kinds)
        rows, others = np.flatnonzero(chosen), np.flatnonzero(~chosen)
        wanted = max(len(rows), round(len(others) * share / (1 - share)))
        return np.concatenate([others, np.resize(rows, wanted)])

    def group(self, number: int, r: np.random.Generator) -> list[Window]:
        """Draw one record's windows: one that holds the answer, or none, and negatives."""
        chance = r.random(5)
        first, behind = self.vp[number], self.vp[number + 1]
        many = behind - first > 1 and chance[0] >= FIRST_WORDING_SHARE
        question = int(self.vq[first + (1 + int(chance[1] * (behind - first - 1)) if many else 0)])
        first, behind = self.varp[number], self.varp[number + 1]
        shown = bool(self.need[number]) or chance[2] < LINE_SHARE
        passage, low, high, start, end, line = self.var[first + int(chance[3] * (behind - first))].tolist()
        windows = [Window(question, passage, low, high, start, end, line if shown else -1)]
        first, behind = self.negp[number], self.negp[number + 1]
        rows = self.neg[first:behind]
        if len(rows):
            most = NEGATIVE_COUNTS[
                0 if chance[4] < NEGATIVE_SHARES[0] else 1 if chance[4] < 1 - NEGATIVE_SHARES[2] else 2
            ]
            for passage, low, high, line in rows[r.permutation(len(rows))[:most]].tolist():
                windows.append(Window(question, passage, low, high, -1, -1, line if shown else -1))
        return [self.filled(window, rows, bool(self.need[number]), r) for window in windows]

    def filled(self, window: Window, rows: np.ndarray, made: bool, r: np.random.Generator) -> Window:
        """Set some short windows between stretches that do not answer: near ones of the same question, or any."""
        size = window.high - window.low
        if size >= FILL_BELOW or r.random() >= FILL_SHARE:
            return window
        sides: tuple[list[Stretch], list[Stretch]] = ([], [])
        room = int(r.integers(*FILL_TO)) - size
        for _ in range(4):
            if room < 12:
                break
            if len(rows) and not made and r.random() < NEAR_FILL_SHARE:
                passage, low, high, _ = rows[r.integers(len(rows))].tolist()
            else:
                passage, low, high = self.any_stretch(r)
            if passage == window.passage or any(passage == one[0] for side in sides for one in side):
                continue
            side = sides[int(r.random() < 0.5)]
            side.append((passage, low, min(high, low + room)))
            room -= min(high, low + room) - low
        return window._replace(before=tuple(sides[0]), behind=tuple(sides[1]))

    def any_stretch(self, r: np.random.Generator) -> Stretch:
        """Return a window of some record that may fill others up."""
        number = self.fillers[int(r.integers(len(self.fillers)))]
        return tuple(self.var[self.varp[number + 1] - 1, :3].tolist())

    def length(self, window: Window) -> int:
        """Return how many tokens the window has."""
        asked = int(self.qp[window.question + 1] - self.qp[window.question])
        line = int(self.tp[window.line + 1] - self.tp[window.line]) + 1 if window.line >= 0 else 0
        fill = sum(high - low for _, low, high in (*window.before, *window.behind))
        return asked + 3 + window.high - window.low + line + fill

    def pack(self, groups: list[list[Window]]) -> dict[str, np.ndarray]:
        """Return the arrays of one batch."""
        windows = [window for group in groups for window in group]
        length = (max(map(self.length, windows)) + 15) // 16 * 16
        ids = np.zeros((len(windows), length), np.uint16)
        places = np.zeros((len(windows), 5), np.int64)
        for row, window in enumerate(windows):
            places[row] = self._fill_row(ids[row], window)
        of_group = np.repeat(np.arange(len(groups)), [len(group) for group in groups])
        return {"ids": ids, "places": places, "group": of_group}

    def _fill_row(self, into: np.ndarray, window: Window) -> tuple[int, int, int, int, int]:
        """Write one window; return where token type 1 begins, the passage begins, all ends, and the answer's ends."""
        asked = self.qi[self.qp[window.question] : self.qp[window.question + 1]]
        at = len(asked) + 1
        into[0], into[1:at], into[at] = CLS, asked, SEP
        second = at = at + 1
        if window.line >= 0:
            context = self.ti[self.tp[window.line] : self.tp[window.line + 1]]
            into[at : at + len(context)] = context
            into[at + len(context)] = SEP
            at += len(context) + 1
        first = own = at
        for place, (passage, low, high) in enumerate(
            (*window.before, (window.passage, window.low, window.high), *window.behind)
        ):
            if place == len(window.before):
                own = at
            base = self.cp[passage]
            into[at : at + high - low] = self.ci[base + low : base + high]
            at += high - low
        into[at] = SEP
        if window.start < 0:
            return second, first, at + 1, 0, 0
        shift = own - window.low
        return second, first, at + 1, window.start + shift, window.end + shift

    def batches(self, numbers: np.ndarray, tokens: int, r: np.random.Generator) -> Iterator[dict[str, np.ndarray]]:
        """Yield batches of about so many tokens over these records, again and again."""
        while True:
            order = r.permutation(numbers)
            for begin in range(0, len(order), CHUNK):
                groups = [self.group(int(number), r) for number in order[begin : begin + CHUNK]]
                longest = [max(map(self.length, group)) for group in groups]
                places = np.argsort(np.array(longest) + r.random(len(groups)) * 8)
                cut, size, longest_here = [[]], 0, 0
                for place in places:
                    longest_here = max(longest_here, longest[place])
                    if cut[-1] and (size + len(groups[place])) * longest_here > tokens:
                        cut.append([])
                        size, longest_here = 0, longest[place]
                    cut[-1].append(groups[place])
                    size += len(groups[place])
                for place in r.permutation(len(cut)):
                    yield self.pack(cut[place])


def _produce(features: Features, numbers: np.ndarray, tokens: int, seed: int, into: object) -> None:
    """Pack batches until the process that reads them ends."""
    parent = os.getppid()
    for batch in features.batches(numbers, tokens, np.random.default_rng(seed)):
        while True:
            if os.getppid() != parent:
                os._exit(0)
            try:
                into.put(batch, timeout=3)
                break
            except queue.Full:
                continue


class Producers:
    """Processes that pack batches, and a thread that hands them over pinned. Start it before CUDA is touched."""

    def __init__(self, features: Features, numbers: np.ndarray, tokens: int, workers: int, pin: bool) -> None:
        self._ready: queue.Queue = queue.Queue(maxsize=12)
        order = np.random.default_rng(SEED).permutation(numbers)
        if workers:
            context = get_context("fork")
            self._packed = context.Queue(maxsize=max(8, 3 * workers))
            parts = [(features, order[n::workers], tokens, SEED + n, self._packed) for n in range(workers)]
            self._processes = [context.Process(target=_produce, args=part, daemon=True) for part in parts]
        else:  # where processes cannot be had
            self._packed, self._processes = queue.Queue(maxsize=8), []
            threading.Thread(target=_produce, args=(features, order, tokens, SEED, self._packed), daemon=True).start()
        for process in self._processes:
            process.start()
        self._pin, self._closed = pin, False
        threading.Thread(target=self._hand_over, daemon=True).start()

    def _hand_over(self) -> None:
        while not self._closed:
            try:
                batch = self._packed.get(timeout=1)
            except queue.Empty:
                continue
            tensors = {
                "ids": torch.from_numpy(batch["ids"].astype(np.int32)),
                "places": torch.from_numpy(batch["places"]),
                "group": torch.from_numpy(batch["group"]),
            }
            if self._pin:
                tensors = {name: one.pin_memory() for name, one in tensors.items()}
            self._ready.put((tensors, int(batch["group"][-1]) + 1))

    def get(self) -> tuple[dict[str, torch.Tensor], int]:
        """Return the next batch and how many groups it has."""
        return self._ready.get(timeout=120)

    def waiting(self) -> int:
        """Return how many batches are ready: 0 again and again says that packing is too slow."""
        return self._ready.qsize()

    def close(self) -> None:
        """End the processes."""
        self._closed = True
        for process in self._processes:
            process.terminate()
