"""The conversation of ``qonys catalog add``: how the file was understood, what is asked, what was added."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from qonys import words
from qonys.catalog.importing.add import ImportRefused, PreparedTable, add_file, prepared
from qonys.catalog.importing.understand import ReadingOptions, Understanding
from qonys.catalog.pack import Pack
from qonys.catalog.ranks import STATUSES
from qonys.cli.catalog.add_options import AddOptions
from qonys.cli.options import UsageError, settings
from qonys.cli.printing import heading
from qonys.errors import BadInput

FINDINGS_SHOWN = 50
RELEASES = "flow_releases"
_WANTED = {
    "catalog.add.no_source_status": "source_title", "catalog.add.no_source": "source_title",
    "catalog.add.no_status": "status",
}  # fmt: skip


def add_to_table(pack: Pack, file: Path, table: str, given: AddOptions, dry_run: bool) -> int:
    """Read a file, show how it was understood, and add it unless it is a dry run.

    Returns
    -------
    The exit code: 1 when rows were found that cannot be taken.

    """
    if table == RELEASES:
        raise BadInput("monitor.by_monitor", table=table)
    options = _options(given)
    ready, options = _completed(pack, file, table, options)
    if settings().format == "table":
        print("\n".join(understanding_lines(ready.understood)))
    if dry_run:
        return _show_findings(ready)
    if ready.findings:
        raise ImportRefused(str(file), ready.findings)
    added = add_file(pack, file, table, options, ready)
    language = settings().language
    if settings().format == "json":
        print(json.dumps({"id": added.id, "table": table, "rows": added.rows, "sources": dict(added.sources)}))
    else:
        print(words.plural("cli.add.done", added.rows, language, table=table, id=added.id))
    return 0


def _options(given: AddOptions) -> ReadingOptions:
    if given.status is not None and given.status not in STATUSES:
        raise BadInput("catalog.add.bad_status", value=given.status, known=", ".join(STATUSES))
    return ReadingOptions(
        mapping=_pairs(given.map, "--map"),
        constants=_pairs(given.set, "--set"),
        source=given.source,
        source_title=given.source_title,
        status=given.status,
        file=replace(given.writing.choices(), where=given.where),
    )


def _pairs(written: Iterable[str], option: str) -> dict[str, str]:
    found = {}
    for item in written:
        left, sign, right = item.rpartition("=") if option == "--map" else item.partition("=")
        if not sign or not left or not right:
            raise UsageError("cli.usage.pair", option=option, value=item)
        found[left.strip()] = right.strip()
    return found


def _completed(pack: Pack, file: Path, table: str, options: ReadingOptions) -> tuple[PreparedTable, ReadingOptions]:
    """The prepared file; on a terminal, the source and status are asked for when they are not given."""
    while True:
        try:
            return prepared(pack, file, table, options), options
        except BadInput as error:
            field = _WANTED.get(error.key)
            if field is None or not sys.stdin.isatty():
                raise
            answer = input(words.text(f"cli.add.ask_{field}", settings().language) + " ").strip()
            if not answer:
                raise
            if field == "status" and answer not in STATUSES:
                raise BadInput("catalog.add.bad_status", value=answer, known=", ".join(STATUSES)) from None
            options = (
                replace(options, source_title=answer) if field == "source_title" else replace(options, status=answer)
            )


def understanding_lines(understood: Understanding) -> list[str]:
    """How a file was understood, line by line."""
    language = settings().language

    def line(key: str, **values: object) -> str:
        return words.text(f"cli.add.{key}", language, **values)

    signs = {"\t": "tab", None: "–"}
    lines = [
        line(
            "file",
            path=understood.path,
            format=understood.format,
            encoding=understood.encoding or "–",
            delimiter=signs.get(understood.delimiter, understood.delimiter),
            decimal=understood.decimal,
            rows=words.integer(understood.rows, language),
            header=understood.header_row,
        )
    ]
    if understood.sheet:
        lines.append(line("sheet", sheet=understood.sheet))
    for guess in understood.mapping:
        reason = words.text(f"catalog.add.reason.{guess.reason}", language)
        column = f"{guess.column} ({heading(guess.column, language)})"
        lines.append(line("column", file=guess.file_column, column=column, reason=reason))
    for column, value in understood.constants.items():
        lines.append(line("constant", column=f"{column} ({heading(column, language)})", value=value))
    if understood.ignored:
        lines.append(line("ignored", columns=", ".join(understood.ignored)))
    if understood.left_out:
        lines.append(line("left_out", text=" | ".join(understood.left_out)))
    return lines


def _show_findings(ready: PreparedTable) -> int:
    language = settings().language
    if settings().format == "json":
        found = [finding.sentence(language) for finding in ready.findings]
        print(json.dumps({"rows": ready.frame.height, "findings": found}, ensure_ascii=False, indent=1))
    else:
        for finding in ready.findings[:FINDINGS_SHOWN]:
            print(finding.sentence(language))
        print(words.plural("cli.add.dry_run", len(ready.findings), language))
    return 1 if ready.findings else 0
