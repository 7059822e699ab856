"""The proof of a quote: before it is shown, it is compared with the file as it is on disk now."""

import hashlib
from dataclasses import dataclass, field
from pathlib import Path

from embeddings.documents import folder as corpus
from embeddings.index.snapshot import DocumentFacts
from embeddings.passage_index import View


@dataclass
class Prover:
    """Checks quotes of one answer; each file is read once.

    If a file still has the hash it was indexed with, its text is the indexed one. A file that has changed is loaded
    again, and a quote holds only if the same characters are still at the same place.
    """

    snapshot: View
    docs: Path
    changed: set[str] = field(default_factory=set)
    """Ids of files that were read and have changed since they were indexed."""
    _texts: dict[str, str | None] = field(default_factory=dict)
    _facts: dict[str, DocumentFacts | None] = field(default_factory=dict)

    def facts(self, identifier: str) -> DocumentFacts | None:
        """Return what the index knows of a document."""
        if identifier not in self._facts:
            self._facts[identifier] = self.snapshot.find(identifier)
        return self._facts[identifier]

    def holds(self, facts: DocumentFacts, start: int, end: int, text: str) -> bool:
        """Tell whether ``text`` is at ``start:end`` of the document as it is on disk now."""
        current = self.text(facts)
        return current is not None and current[start:end] == text

    def text(self, facts: DocumentFacts) -> str | None:
        """Return the document's text as it is on disk now; None where the file is gone or cannot be read."""
        if facts.id not in self._texts:
            self._texts[facts.id] = self._load(facts)
        return self._texts[facts.id]

    def _load(self, facts: DocumentFacts) -> str | None:
        if self.snapshot.serves_documents and not self.docs.is_dir():
            return self.snapshot.document(facts.id).text
        try:
            data = corpus.read(self.docs, facts.id)
            if hashlib.sha256(data).hexdigest() == facts.sha256:
                return self.snapshot.document(facts.id).text
            self.changed.add(facts.id)
            return corpus.parse(data, facts.id).text
        except corpus.Unreadable:
            self.changed.add(facts.id)
            return None
