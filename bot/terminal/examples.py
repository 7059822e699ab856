"""What ``--help`` says beside the flags: what citebot is, and examples of every command."""

DESCRIPTION = """\
Ask a folder of articles. Answers are taken from the articles word for word, shown in their sentence,
and checked against the file before they are printed; what is not there is said to be not there."""

EXAMPLES = {
    None: """\
examples:
  citebot index --docs news                      bring the index up to date
  citebot "Who put out the fire?"                one question; short for citebot ask
  citebot chat                                   a conversation with follow-ups
  citebot ask --batch questions.jsonl --json     many questions, one JSON answer a line
  citebot help ask                               the flags of a command

exit status: 0 done (a refusal too), 1 failed (one line on stderr says why), 2 wrong usage""",
    "index": """\
examples:
  citebot index                                  index seeds/ into .citebot/
  citebot index --docs news --index news.index
  citebot index --watch                          stay, and follow every change of the folder
  citebot index --rebuild                        encode everything anew""",
    "ask": """\
examples:
  citebot ask "Who put out the fire?"
  citebot ask "Who put out the fire?" --json | jq -r .answer
  echo "Who put out the fire?" | citebot ask
  citebot ask "What was said on the police?" --in 'news/*' --since 2023-10-01
  citebot ask --batch questions.jsonl --json     lines {"id": "7", "question": "…"}; - reads stdin""",
    "chat": """\
examples:
  citebot chat                                   type /help inside
  citebot chat --in 'news/2023/*'
  citebot chat < questions.txt                   one question a line""",
    "search": """\
examples:
  citebot search "gas station in Khankendi"      ranks and scores of every channel
  citebot search fire --top 20 --json | jq '.[].document'""",
    "show": """\
examples:
  citebot show news/fire.txt                     its whole text
  citebot show report.pdf --page 12
  citebot show news/fire.txt --around 1204:1391  the quote at these offsets, and what is around it""",
    "status": """\
examples:
  citebot status
  citebot status --json | jq .documents""",
    "doctor": """\
examples:
  citebot doctor && citebot bot""",
    "eval": """\
examples:
  citebot eval questions.jsonl                   lines {"question": "…", "answers": ["…"]}; [] is unanswerable
  citebot eval dev-v2.0.json --json --plot curves.png
  citebot eval questions.json --given            the reader by itself, too, with each question's paragraph given""",
    "bot": """\
examples:
  CITEBOT_TELEGRAM_TOKEN=… citebot bot --docs news""",
}
