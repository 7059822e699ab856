"""citebot's two interfaces, terminal and Telegram. ``settings.py`` declares the settings.

``terminal`` is the command line and the terminal chat, with one command a file in ``commands``.
``terminal/rendering`` shows answers and passages to people, styled or plain; JSON is in ``answer_json.py``.
``telegram`` is the bot: ``app.py`` starts it, ``running.py`` serves, ``wiring.py`` lists its commands and handlers.
``telegram/incoming`` receives updates, ``handlers`` process them, ``views`` make messages, ``outgoing`` sends them.
``telegram/state`` has access, limits, the queue, conversations and the store; ``texts`` has what the bot says.
``telegram/operations`` does everything besides answering: webhook, health page, indexing, article files, news, logs.
"""
