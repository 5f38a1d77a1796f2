"""``qonys catalog check`` and ``qonys pack check``, one command under two names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from qonys import words
from qonys.cli.options import settings
from qonys.cli.printing import print_frame

if TYPE_CHECKING:
    import polars as pl

    from qonys.catalog import Pack
    from qonys.catalog.checks import Result

FINDINGS_SHOWN = 20


@dataclass(frozen=True)
class Carried:
    """Chapters of the study that a pack carries, and those it does not with what is missing for each."""

    carried: tuple[str, ...]
    lacking: Mapping[str, tuple[str, ...]]


def check(folder: Annotated[str | None, Parameter(help="cli.pack.option.folder")] = None) -> int:
    """Check a pack by all rules and say which chapters of the study it can carry."""
    from qonys.catalog import open_pack
    from qonys.catalog.checks import run_checks

    pack = open_pack(folder or settings().pack)
    results = (*run_checks(pack), *_names(pack), *_law(pack), *_releases(pack))
    if settings().format == "table":
        _say(pack, results)
    else:
        print_frame(_frame(results))
    return 0 if all(item.passed for item in results) else 1


def _names(pack: Pack) -> Iterator[Result]:
    """The check of the names in `course.yaml`: chapters and results of the study, commands."""
    from qonys.catalog.checks import Result
    from qonys.catalog.course import FILE
    from qonys.cli.app import has_command
    from qonys.report.answers import name_findings

    if (pack.path / FILE).is_file():
        yield Result("names", FILE, 1, tuple(name_findings(pack, has_command)))


def _law(pack: Pack) -> Iterator[Result]:
    """The check of the law register; none where the pack has none."""
    from qonys.catalog.checks import Result
    from qonys.catalog.rules.findings import Finding
    from qonys.errors import QonysError
    from qonys.law import law_findings, law_register
    from qonys.law.files import FOLDER

    if not (pack.path / FOLDER).is_dir():
        return
    try:
        found = tuple(law_findings(law_register(pack)))
    except QonysError as error:
        found = (Finding(error.key, error.values),)
    yield Result("law", FOLDER, 1, found)


def _releases(pack: Pack) -> Iterator[Result]:
    """The check of releases: their order, figures that do not fall, editions; none where the pack has none."""
    from qonys.catalog.checks import Result
    from qonys.catalog.rules.findings import Finding
    from qonys.errors import QonysError
    from qonys.study.analyses.release_files import TABLE, faults_of_releases

    if TABLE not in pack.tables():
        return
    try:
        rows, faults = faults_of_releases(pack)
        found = tuple(Finding(error.key, error.values) for error in faults)
    except QonysError as error:
        rows, found = 1, (Finding(error.key, error.values),)
    yield Result("releases", TABLE, rows, found)


def carried_chapters(pack: Pack) -> Carried | None:
    """Which chapters a pack carries, by the figures that each declares; None where they cannot be told.

    They cannot be told when a file that declares the figures cannot be read; the checks say so.
    """
    from qonys.errors import QonysError
    from qonys.study.chapters.registry import CHAPTERS, absences

    try:
        found = absences(pack)
    except QonysError:
        return None
    lacking = {name: (*absence.figures, *absence.chapters) for name, absence in found.items()}
    return Carried(tuple(chapter.id for chapter in CHAPTERS if chapter.id not in lacking), lacking)


def _say(pack: Pack, results: Sequence[Result]) -> None:
    """The checks, the faults with their places, figures that do not agree, the sum, the chapters."""
    language = settings().language
    print_frame(_by_check(_frame(results), language))
    findings = [(item.where, finding) for item in results for finding in item.findings]
    for where, finding in findings[:FINDINGS_SHOWN]:
        sentence = finding.sentence(language)
        print(sentence if where in sentence else f"{where}, {sentence}")
    notes = [note.sentence(language) for item in results for note in item.notes]
    if notes:
        print(words.text("cli.check.notes", language, count=words.integer(len(notes), language)))
    for note in notes[:FINDINGS_SHOWN]:
        print(f"- {note}")
    found = words.integer(len(findings), language)
    print(words.text("cli.check.sum", language, checks=len(results), found=found))
    chapters = carried_chapters(pack)
    if chapters is None:
        return
    names = ", ".join(_title(name, language) for name in chapters.carried) or "–"
    print(words.text("cli.pack.chapters", language, names=names))
    for name, missing in chapters.lacking.items():
        print(words.text("cli.pack.chapter_lacks", language, name=_title(name, language), missing=", ".join(missing)))


def _title(chapter: str, language: str) -> str:
    """Title and id of a chapter."""
    return f"{words.text(f'chapter.{chapter}', language)} ({chapter})"


def _frame(results: Sequence[Result]) -> pl.DataFrame:
    """One row per check and place: check, where, tested, found, notes, result."""
    import polars as pl

    rows = [
        {
            "check": item.check,
            "where": item.where,
            "tested": item.tested,
            "found": len(item.findings),
            "notes": len(item.notes),
        }
        for item in results
    ]
    return pl.DataFrame(rows).with_columns(
        pl.when(pl.col("found") == 0).then(pl.lit("passed")).otherwise(pl.lit("failed")).alias("result")
    )


def _by_check(frame: pl.DataFrame, language: str) -> pl.DataFrame:
    """One row per check with words instead of codes."""
    import polars as pl

    names = {name: words.text(f"catalog.check.{name}", language) for name in frame["check"].unique()}
    results = {name: words.text(f"cli.check.{name}", language) for name in ("passed", "failed")}
    return (
        frame.group_by("check", maintain_order=True)
        .agg(
            pl.len().cast(pl.Int64).alias("places"),
            pl.col("tested").sum(),
            pl.col("found").sum(),
            pl.when(pl.col("found").sum() == 0).then(pl.lit("passed")).otherwise(pl.lit("failed")).alias("result"),
        )
        .with_columns(pl.col("check").replace_strict(names), pl.col("result").replace_strict(results))
    )
