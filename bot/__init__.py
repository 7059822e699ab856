"""The two faces of citebot. ``settings.py`` holds what can be set, by environment, ``.env`` and flags.

``terminal`` is the command line: what can be typed, and the conversation; one command a file in ``commands``.
``terminal/rendering`` shows answers and passages to people, styled or plain; JSON is in ``answer_json.py``.
``telegram`` is the bot: ``app.py`` starts it, ``running.py`` serves, ``wiring.py`` lists its commands and handlers.
``telegram/incoming`` fetches updates, ``handlers`` take them, ``views`` make messages, ``outgoing`` sends them.
``telegram/state`` holds who is let in, limits, the queue, conversations and the store; ``texts`` what the bot says.
``telegram/operations`` is the work beside answering: webhook and health page, indexing, changed articles, news, logs.
"""
