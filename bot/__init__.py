"""The two faces of citebot. ``settings.py`` holds what can be set, by environment, ``.env`` and flags.

``terminal`` is the command line: what can be typed, and the conversation; one command a file in ``commands``.
``terminal/rendering`` shows answers and passages to people, styled or plain; JSON is in ``answer_json.py``.
``telegram`` is the bot: ``handlers`` take updates, ``views`` make messages of answers, ``outgoing`` sends them.
``telegram/state`` holds who is let in, limits, conversations and the store; ``texts`` what is said, in four languages.
``telegram/operations`` runs it: polling and webhook, threads, indexing, logs, health and metrics.
"""
