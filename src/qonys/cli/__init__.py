"""The command line: ``qonys``."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

BAD_INPUT = 1
USAGE = 2
INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code.

    0 is success, 1 bad input (one sentence on the error stream), 2 usage, 130 an interruption.
    """
    _speak_utf8()
    try:
        return _run(sys.argv[1:] if arguments is None else list(arguments))
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _run(arguments: Sequence[str]) -> int:
    """The common options, then the root's own pages, then a command."""
    from qonys.cli.options import UsageError, settings, split_arguments, use_settings

    try:
        chosen, rest = split_arguments(arguments)
    except UsageError as error:
        return _refused(error.sentence(settings().language), USAGE)
    use_settings(chosen)
    if rest in ([], ["--help"], ["-h"]):
        from qonys.cli.app import COMMANDS
        from qonys.cli.pages import root_page

        print(root_page([(command.name, command.help_key) for command in COMMANDS]))
        return 0
    if rest == ["--version"]:
        from qonys import __version__

        print(__version__)
        return 0
    return _command(rest)


def _command(arguments: Sequence[str]) -> int:
    """Run a command; every error a person can cause becomes one sentence."""
    from cyclopts import CycloptsError

    from qonys import words
    from qonys.cli.app import build_app
    from qonys.cli.deprecated import with_present_names
    from qonys.cli.options import UsageError, settings
    from qonys.cli.printing import note
    from qonys.cli.usage import usage_sentence
    from qonys.errors import QonysError
    from qonys.words.notes import listening

    language = settings().language

    def warn(former: str, present: str) -> None:
        print(words.text("cli.deprecated", language, former=former, present=present), file=sys.stderr)

    try:
        with listening(note):
            result = build_app()(with_present_names(arguments, warn), exit_on_error=False, print_error=False)
        sys.stdout.flush()
    except CycloptsError as error:
        return _refused(usage_sentence(error, language), USAGE)
    except UsageError as error:
        return _refused(error.sentence(language), USAGE)
    except QonysError as error:
        return _refused(error.sentence(language), BAD_INPUT)
    except ModuleNotFoundError as error:
        return _without(error, language)
    except BrokenPipeError:
        raise
    except OSError as error:
        values = {"path": error.filename or "", "reason": error.strerror or str(error)}
        return _refused(words.text("cli.error.file", language, **values), BAD_INPUT)
    return result if isinstance(result, int) else 0


def _without(error: ModuleNotFoundError, language: str) -> int:
    """One sentence where the module belongs to an extra; any other is a fault of ours and stays an error."""
    from qonys import words
    from qonys.cli.installed.extras import MODULES

    module = (error.name or "").partition(".")[0]
    if module not in MODULES:
        raise error
    return _refused(words.text("cli.error.no_library", language, module=module, extra=MODULES[module]), BAD_INPUT)


def _refused(sentence: str, code: int) -> int:
    sys.stdout.flush()
    print(" ".join(sentence.split("\n")), file=sys.stderr)
    return code


def _speak_utf8() -> None:
    """Kazakh letters must print whatever the locale says."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None and (getattr(stream, "encoding", "") or "").lower() not in (
            "utf-8",
            "utf8",
        ):
            reconfigure(encoding="utf-8", errors="replace")
