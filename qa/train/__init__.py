"""Training of citebot's own reader: data, fit, export. Needs torch, as indexing does; asking never comes here."""
