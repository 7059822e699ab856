"""Answers and passages for people: styled on a terminal, plain elsewhere. For programs: ``answer_json.py``."""
