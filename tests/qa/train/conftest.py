"""A small reader to export, and a small set of labelled questions in the published formats."""

import gzip
import json
from pathlib import Path

import pytest

PLACES = (
    "Baku",
    "Basel",
    "Brno",
    "Gdansk",
    "Ghent",
    "Graz",
    "Lima",
    "Lyon",
    "Oslo",
    "Riga",
    "Split",
    "Turin",
    "Vaduz",
    "Zagreb",
)


@pytest.fixture(scope="session")
def weights(tmp_path_factory) -> Path:
    """The safetensors file of a small reader that nobody trained."""
    import torch
    from safetensors.torch import save_file
    from transformers import BertConfig, BertModel

    torch.manual_seed(0)
    shape = {"hidden_size": 64, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 128}
    parts = dict(BertModel(BertConfig(vocab_size=30522, initializer_range=0.2, **shape)).state_dict())
    for name, rows in (("span", 2), ("relevance", 1)):
        parts |= {f"{name}.weight": torch.randn(rows, 64), f"{name}.bias": torch.zeros(rows)}
    path = tmp_path_factory.mktemp("weights") / "reader.safetensors"
    save_file({name: part.contiguous() for name, part in parts.items()}, path)
    return path


def article(place: str) -> dict:
    """One article in SQuAD's format: a paragraph of four sentences, three questions."""
    context = (
        f"The fire in {place} broke out on Monday. Forty firefighters from {place} and two helicopters put it out."
        f" The mayor thanked them. Repairs will cost {len(place)} million euros, said Anna Keller."
    )
    asked = {
        f"When did the fire in {place} break out?": "Monday",
        f"Who put the fire in {place} out?": "Forty firefighters",
        f"What will the repairs in {place} cost?": f"{len(place)} million euros",
    }
    questions = [
        {"id": f"{place}{n}", "question": question, "answers": [{"text": text, "answer_start": context.index(text)}]}
        for n, (question, text) in enumerate(asked.items())
    ]
    return {"title": place, "paragraphs": [{"context": context, "qas": questions}]}


@pytest.fixture(scope="session")
def data(tmp_path_factory) -> Path:
    """A folder with a small new_wiki of fourteen titles: the last twelve are for development."""
    folder = tmp_path_factory.mktemp("data")
    with gzip.open(folder / "squadshifts_new_wiki.json.gz", "wt", encoding="utf-8") as file:
        json.dump({"data": [article(place) for place in PLACES]}, file)
    return folder


@pytest.fixture(scope="session")
def tokenizer():
    """The packaged reader's, without padding or truncation."""
    from tokenizers import Tokenizer

    from qa.reading.reader import PACKAGED

    loaded = Tokenizer.from_file(str(PACKAGED / "tokenizer.json"))
    loaded.no_padding()
    loaded.no_truncation()
    return loaded
