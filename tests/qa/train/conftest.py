"""A small encoder to fit, and a small set of labelled questions in the published formats."""

import gzip
import json
from pathlib import Path

import pytest

from embeddings.encoder.model_source import find_source

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
def body(tmp_path_factory) -> Path:
    """A folder with a small encoder that nobody trained, and the tokenizer of the packaged one."""
    import torch
    from tokenizers import Tokenizer
    from transformers import BertConfig, BertModel

    torch.manual_seed(0)
    folder = tmp_path_factory.mktemp("body")
    tokenizer = Tokenizer.from_file(str(find_source().folder / "tokenizer.json"))
    tokenizer.save(str(folder / "tokenizer.json"))
    shape = {"hidden_size": 32, "num_hidden_layers": 5, "num_attention_heads": 2, "intermediate_size": 64}
    BertModel(BertConfig(vocab_size=tokenizer.get_vocab_size(), **shape)).save_pretrained(folder)
    return folder


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


@pytest.fixture
def fitted(body):
    """A network whose weights are nobody's first ones: what is alike is written but once into an export."""
    import torch

    from qa.train.model import SpanModel

    model, source = SpanModel(body, attention="eager"), torch.Generator().manual_seed(1)
    with torch.no_grad():
        for weights in model.learnt().values():
            weights += 0.05 * torch.randn(weights.shape, generator=source)
    return model.eval()
