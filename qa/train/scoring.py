"""The development sets: windows read by a network, and the figures of every set."""

import gzip
import json
import time
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer

from qa.evaluation.metrics import auroc, exact_match, f1
from qa.train.batches import CLS, SEP
from qa.train.network import Reader

MOST_QUESTION, MOST_LINE, ROOM, STEP, LONGEST_SPAN = 40, 32, 320, 224, 64


class Development:
    """All development questions as windows, and the results of a network on them."""

    def __init__(self, entries: Path, tokenizer: Path, most: int = 0) -> None:
        with gzip.open(entries, "rt", encoding="utf-8") as file:
            every = json.load(file)
        taken: Counter[str] = Counter()
        self.entries = []
        for entry in every:
            taken[entry["set"]] += 1
            if not most or taken[entry["set"]] <= most:
                self.entries.append(entry)
        self._cut(Tokenizer.from_file(str(tokenizer)))

    def _cut(self, tokenizer: Tokenizer) -> None:
        tokenizer.no_padding()
        tokenizer.no_truncation()
        encode = lambda texts: dict(zip(texts, tokenizer.encode_batch(texts, add_special_tokens=False), strict=True))  # noqa: E731
        passages, questions, lines = (
            encode(sorted({entry[key] for entry in self.entries})) for key in ("p", "q", "line")
        )
        self.windows = []
        for number, entry in enumerate(self.entries):
            head = [CLS, *questions[entry["q"]].ids[:MOST_QUESTION], SEP]
            second, line = len(head), lines[entry["line"]].ids[:MOST_LINE]
            head += [*line, SEP] if line else []
            passage = passages[entry["p"]]
            for low in range(0, max(1, len(passage.ids) - ROOM + STEP), STEP):
                high = min(len(passage.ids), low + ROOM)
                self.windows.append(
                    (
                        number,
                        np.array([*head, *passage.ids[low:high], SEP]),
                        second,
                        len(head),
                        passage.offsets[low:high],
                    )
                )
        self.windows.sort(key=lambda window: -len(window[1]))

    @torch.no_grad()
    def read(self, network: Reader, device: torch.device) -> dict[int, tuple[float, float, str]]:
        """Return for each entry the margin over "not here", the relevance and the text pointed at."""
        network.eval()
        cuda, best, at = device.type == "cuda", {}, 0
        while at < len(self.windows):
            length = len(self.windows[at][1])
            part = self.windows[at : at + max(4, (100_000 if cuda else 6000) // length)]
            at += len(part)
            ids = np.zeros((len(part), (length + 15) // 16 * 16), np.int64)
            for row, window in enumerate(part):
                ids[row, : len(window[1])] = window[1]
            places = torch.tensor([[w[2], w[3], len(w[1])] for w in part], device=device)
            with torch.autocast(device.type, torch.bfloat16, enabled=cuda):
                out = network(torch.from_numpy(ids).to(device), *places.T)
            margins, starts, ends = _point(out.start, out.end)
            judged = out.relevance.float().cpu().numpy()
            for window, margin, start, end, relevance in zip(part, margins, starts, ends, judged, strict=True):
                number, _, _, first, offsets = window
                text = self.entries[number]["p"][offsets[start - first][0] : offsets[end - first][1]] if offsets else ""
                old = best.get(number, (-1e9, -1e9, ""))
                best[number] = max(old[0], margin), max(old[1], relevance), text if margin > old[0] else old[2]
        return best

    def evaluate(self, network: Reader, device: torch.device) -> dict:
        """Return the figures of every set."""
        began = time.time()
        best = self.read(network, device)
        table: dict = {}
        by_set = defaultdict(list)
        for number, read in best.items():
            by_set[self.entries[number]["set"]].append((self.entries[number], read))
        for name, members in sorted(by_set.items()):
            table[name] = _figures(members)
        for suffix in ("", "_title"):
            if "new_wiki_dev" + suffix in by_set and "new_wiki_other" + suffix in by_set:
                table["judged" + suffix] = _judged(by_set["new_wiki_dev" + suffix], by_set["new_wiki_other" + suffix])
        table["seconds"] = round(time.time() - began, 1)
        table["score"] = round(_score(table), 3)
        return table


def _point(start: torch.Tensor, end: torch.Tensor) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return for each window the best span's margin over "not here", its first token and its last."""
    count = start.shape[1] - 1
    square = torch.ones(count, count, device=start.device, dtype=torch.bool)
    allowed = square.triu() & ~square.triu(LONGEST_SPAN)
    scores = (start[:, 1:, None] + end[:, None, 1:]).masked_fill(~allowed, -1e6)
    value, place = scores.flatten(1).max(1)
    margin = value - start[:, 0] - end[:, 0]
    place = place.cpu().numpy()
    return margin.cpu().numpy(), place // count + 1, place % count + 1


def _figures(members: list) -> dict:
    yes = [(entry, read) for entry, read in members if entry["answers"]]
    no = [read for entry, read in members if not entry["answers"]]
    figures: dict = {"n": len(members)}
    if yes:
        exact = [exact_match(read[2], entry["answers"]) for entry, read in yes]
        words = [f1(read[2], entry["answers"]) for entry, read in yes]
        figures |= {
            "em": round(100 * float(np.mean(exact)), 2),
            "f1": round(100 * float(np.mean(words)), 2),
            "kept": round(float(np.mean([read[0] > 0 for _, read in yes])), 3),
        }
        figures["right"] = round(
            100 * float(np.mean([e * (read[0] > 0) for e, (_, read) in zip(exact, yes, strict=True)])), 2
        )
    if no:
        figures["false"] = round(100 * float(np.mean([read[0] > 0 for read in no])), 2)
    return figures


def _judged(given: list, other: list) -> dict:
    """Return AUROC of each judgement between given paragraphs and others, and how often each keeps the given one."""
    yes, no = (np.array([read[:2] for _, read in members]) for members in (given, other))
    names = ("span", "relevance")
    scores, positive = np.concatenate([yes, no]), [True] * len(yes) + [False] * len(no)
    figures = {name: round(auroc(scores[:, n], positive), 4) for n, name in enumerate(names)}
    figures["both"] = round(auroc(scores[:, 0] / 3 + scores[:, 1], positive), 4)
    rivals = defaultdict(list)
    for (entry, _), row in zip(other, no, strict=True):
        rivals[entry["id"]].append(row)
    for n, name in enumerate(names):
        ranks = [
            sum(row[n] >= mine[n] for row in rivals[entry["id"]])
            for (entry, _), mine in zip(given, yes, strict=True)
            if len(rivals[entry["id"]]) >= 5
        ]
        if ranks:
            figures[f"top1_{name}"], figures[f"top2_{name}"] = (
                round(100 * float(np.mean([rank < k for rank in ranks])), 2) for k in (1, 2)
            )
            figures["ranked"] = len(ranks)
    return figures


def _score(table: dict) -> float:
    """Return one figure by which networks are chosen: human-labelled sets first."""
    get = lambda name, key: table.get(name, {}).get(key, 0.0)  # noqa: E731
    wiki = 0.5 * get("new_wiki_dev", "f1") + 0.5 * get("new_wiki_dev_title", "f1")
    tydi = 0.15 * (get("tydi_dev", "f1") + get("tydi_dev_title", "f1"))
    made = sum(
        get(name, "right") - get(name, "false")
        for name in ("titles_test", "table_test", "period_test", "premise_test", "parallel_test")
    )
    return (
        wiki
        + tydi
        + 0.06 * made
        + 0.2 * (get("written_test", "right") - get("written_test", "false"))
        + 50 * (get("judged", "span") + get("judged_title", "span"))
        - 0.1 * get("new_wiki_other", "false")
    )
