"""What every sentence must be, and how many examples each tier draws."""

import re

SHORT, LONG = 20, 600
OF_PYTHON = re.compile(r"Traceback|\bNoneType\b|\b\w+Error\b|\bfloat\b|\bndarray\b|Errno|numpy|polars|<class|\bNone\b(?! of)")
QUOTED = re.compile("“.*?”|«.*?»|'.*?'")


def without_python(sentence):
    """Whether a sentence, without what it quotes, has no words of the language of the program."""
    return sentence and "\n" not in sentence and not OF_PYTHON.search(QUOTED.sub("", sentence))
