"""`qonys why NAME`: where a number or table of the study comes from."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from qonys.cli.options import settings
from qonys.cli.printing import print_frame


def why(
    name: Annotated[str, Parameter(help="cli.why.name")],
    *,
    rows: Annotated[bool, Parameter(help="cli.why.rows", negative=())] = False,
    results: Annotated[Path | None, Parameter(help="cli.why.results", negative=())] = None,
) -> int:
    """Value, unit, rows of tables, function, parameters, seed and versions of a result."""
    from qonys import words
    from qonys.catalog import open_pack
    from qonys.report import origins
    from qonys.report.context import Context
    from qonys.study.runs.stored_runs import stored_run
    from qonys.study.runs.why import explained

    pack, language = open_pack(settings().pack), settings().language
    stored = stored_run(pack, results)
    found = explained(pack, stored, name)
    if settings().format == "json":
        document = found.document()
        if rows:
            document["rows"] = {
                one.figure: found.rows(pack, one.figure).to_dicts() for one in found.figures
            }
        print(json.dumps(document, ensure_ascii=False, indent=1, default=str))
        return 0
    context = Context(stored, pack, language)
    print(name)
    for label, text in origins.facts(context, found):
        print(f"  {label}: {text}")
    if found.others:
        print(f"  {words.text('why.results', language)}: {', '.join(found.others)}")
    if found.figures:
        print(f"  {words.text('why.figures', language)}:")
    for one in found.figures:
        print(f"    {' · '.join(origins.figure_row(context, one))}")
        if rows:
            print_frame(found.rows(pack, one.figure), label=lambda column, code: None)
            print()
    return 0
