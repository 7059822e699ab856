"""A question becomes passages, spans, and an answer whose quotes are proven against the files."""
