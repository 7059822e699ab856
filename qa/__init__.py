"""A question becomes passages, spans, and an answer whose quotes are proven against the files; ``engine.py`` runs it.

``question`` tidies what was asked, completes follow-ups, and spells names as the articles do.
``reading`` runs the reader, which judges passages and points at answers in them; ``models`` holds the packaged one.
``answering`` ranks candidates, says how sure they are, quotes whole sentences, and proves them on disk.
``conversation`` recognises what is no question about the articles, and lists what the articles are about.
``evaluation`` measures answers on labelled questions; ``train`` prepares readers (needs torch).
"""
