"""What `course.yaml` of a pack names: chapters, results and commands that there are not."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from qonys.catalog import Pack
from qonys.catalog.course import course, unknown
from qonys.catalog.rules.findings import Finding
from qonys.errors import QonysError
from qonys.report.chapters import CHAPTERS
from qonys.study.notions.register import register


def name_findings(pack: Pack, is_command: Callable[[str], bool]) -> Iterator[Finding]:
    """Names that nothing bears: chapters of the report, results, commands.

    A result is known when the register of notions places it: every stored number and table has a place there.
    """
    try:
        statements = course(pack).statements
    except QonysError:
        return  # the check of the file itself says so
    for one in statements:
        for kind, is_known in (("chapters", CHAPTERS.__contains__), ("results", is_result), ("commands", is_command)):
            known = CHAPTERS if kind == "chapters" else ()
            yield from (unknown(one.id, kind, name, known) for name in one.names[kind] if not is_known(name))


def is_result(name: str) -> bool:
    """Whether a name is that of a stored number or table."""
    known = register()
    number = known.of_number(name) is not None or known.is_apart(name)
    return number or bool(known.of_table(name)) or known.is_table_apart(name)
