"""Options under the names that they had before: taken for one release, with a warning on the error stream."""

from __future__ import annotations

from collections.abc import Callable, Sequence

# first command -> former name of an option -> its present one
FORMER: dict[str, dict[str, str]] = {
    "survey": {"--in-all": "--fpc", "--in-all-second": "--fpc-second", "--lonely": "--single-psu"},
    "flows": {"--gap": "--imbalance"},
}


def with_present_names(arguments: Sequence[str], warn: Callable[[str, str], None]) -> list[str]:
    """The arguments of a command with the present names of options; `warn` takes each former name and the present one.

    What follows `--` is no option and stays.

    Examples
    --------
    >>> with_present_names(["survey", "table", "f.csv", "--lonely=centre"], print)
    --lonely --single-psu
    ['survey', 'table', 'f.csv', '--single-psu=centre']

    """
    known = FORMER.get(arguments[0], {}) if arguments else {}
    found: list[str] = []
    for place, argument in enumerate(arguments):
        if argument == "--":
            return [*found, *arguments[place:]]
        name, equals, value = argument.partition("=")
        if name in known:
            warn(name, known[name])
            argument = known[name] + equals + value
        found.append(argument)
    return found
