"""One file's bytes become text, title, date and address. One format a file; what a file is, its content says."""
