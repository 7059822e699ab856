"""Documents become sentences, chunks, vectors and words, and those become the index that finds passages."""
