"""Two readers in a row: a quick one looks at many passages, a better one reads the few that the first ranks best."""

from collections.abc import Sequence
from dataclasses import dataclass

from embeddings.search.passage import Passage
from qa.reading.reader import Reader, Reading


@dataclass(frozen=True, slots=True)
class CascadeReader:
    """Reads as the better reader does, at little more than the cost of the few passages that this one reads."""

    quick: Reader
    better: Reader
    kept: int
    """How many passages the better one reads."""
    passages: int
    """How many the quick one looks at."""

    @property
    def name(self) -> str:
        """The better one's name."""
        return self.better.name

    def read(self, question: str, passages: Sequence[Passage]) -> list[Reading]:
        """Read each passage; those not kept have no spans. All scores are the better reader's."""
        kept = set(range(len(passages)))
        if len(passages) > self.kept:
            verdicts = [_verdict(reading) for reading in self.quick.read(question, passages)]
            kept = set(sorted(kept, key=lambda number: (-verdicts[number], number))[: self.kept])
        order = sorted(kept)
        read = dict(zip(order, self.better.read(question, [passages[number] for number in order]), strict=True))
        return [read.get(number) or Reading(passage, (), 0.0) for number, passage in enumerate(passages)]


def _verdict(reading: Reading) -> float:
    """How sure the quick reader is that a passage answers: its best span over "not here"."""
    return max((span.score for span in reading.spans), default=float("-inf")) - reading.no_answer
