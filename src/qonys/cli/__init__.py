"""The command line: ``qonys``."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence

from qonys.cli.stopping import INTERRUPTED, TERMINATED, Terminated, obeying, returned

BAD_INPUT = 1
USAGE = 2
FAULT = 3
# New objects after which Python looks for cycles to free: most are modules and tables that stay to the end, and looking
# through them again and again takes a tenth of the time of a short command.
COLLECTED = (100_000, 20, 50)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code.

    0 is success, 1 bad input (one sentence on the error stream), 2 usage, 3 a fault of the program (one sentence,
    the details in a file; ``QONYS_DEBUG=1`` shows them instead), 130 an interruption, 143 an end by the system.
    """
    given = sys.argv[1:] if arguments is None else list(arguments)
    if arguments is None:
        gc.set_threshold(*COLLECTED)
    _open_streams()
    _speak_utf8()
    try:
        with obeying(own=arguments is None):
            return returned(_run(given))
    except Terminated:
        return returned(TERMINATED)
    except KeyboardInterrupt:
        return returned(INTERRUPTED)
    except BrokenPipeError:
        _mute()
        return 0
    except Exception as error:
        return _fault(error, given)


def _open_streams() -> None:
    """A stream that was closed before the start swallows what is written to it."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115


def _mute() -> None:
    """Whatever is written from now on goes nowhere: the reader is gone or the disk is full."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (OSError, ValueError):
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115


def _fault(error: Exception, arguments: Sequence[str]) -> int:
    """The sentence of a fault of the program."""
    from qonys.cli.faults import DEBUG_VARIABLE, fault_sentence
    from qonys.cli.options import settings

    if os.environ.get(DEBUG_VARIABLE):
        raise error
    return _refused(fault_sentence(error, arguments, settings().language), FAULT)


def _run(arguments: Sequence[str]) -> int:
    """The common options, then the root's own pages, then a command."""
    from qonys.cli.hyphens import with_joined_values
    from qonys.cli.options import UsageError, settings, split_arguments, use_settings

    try:
        chosen, rest = split_arguments(with_joined_values(arguments))
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
    from qonys.catalog.drafts import sweep_own
    from qonys.cli.app import build_app
    from qonys.cli.deprecated import with_present_names
    from qonys.cli.notes import hear, say
    from qonys.cli.options import UsageError, settings
    from qonys.cli.usage import refuse_empty, usage_sentence
    from qonys.errors import QonysError
    from qonys.words.notes import listening

    language = settings().language

    def warn(former: str, present: str) -> None:
        print(words.text("cli.deprecated", language, former=former, present=present), file=sys.stderr)

    try:
        sweep_own()
        refuse_empty(arguments)
        with listening(hear):
            try:
                result = build_app()(with_present_names(arguments, warn), exit_on_error=False, print_error=False)
            finally:
                say()
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
        return _refused(_file_sentence(error, language), BAD_INPUT)
    return result if isinstance(result, int) else 0


def _file_sentence(error: OSError, language: str) -> str:
    """Which file the system refused; one without a name is the output."""
    from qonys import words
    from qonys.words.system import system_reason

    reason = system_reason(error)
    if error.filename:
        return words.text("cli.error.file", language, path=error.filename, reason=reason)
    _mute()
    return words.text("cli.error.output", language, reason=reason)


def _without(error: ModuleNotFoundError, language: str) -> int:
    """One sentence where the module belongs to an extra; any other is a fault of ours and stays an error."""
    from qonys import words
    from qonys.cli.installed.extras import MODULES

    module = (error.name or "").partition(".")[0]
    if module not in MODULES:
        raise error
    return _refused(words.text("cli.error.no_library", language, module=module, extra=MODULES[module]), BAD_INPUT)


def _refused(sentence: str, code: int) -> int:
    try:
        sys.stdout.flush()
    except OSError:
        _mute()
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
