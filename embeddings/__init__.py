"""A folder of documents becomes an index, and a question the passages that may answer it.

``documents`` reads the folder: what a file is, its text, title, date and structure; ``loaders`` has one format a file.
``text`` works by offsets in that text: paragraphs, sentences, words, and the chunks that the encoder sees whole.
``encoder`` makes vectors of texts: a sentence-transformers model, exported once to ONNX.
``index`` keeps it all: the catalogue, builds, generations, and the snapshot that questions are asked of.
``postgres`` keeps the same in a database, for many machines.
``passage_index`` is what an engine asks of an index, wherever that is kept.
``search`` finds passages by meaning, by words and by look-alikes of names, and adds up what the three say.
"""
