"""Chapters that the pack cannot carry, and why: in the report, on the site and in the plan of a study."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from qonys import inputs, words
from qonys.catalog import Pack
from qonys.report.chapters import CHAPTERS, needed
from qonys.report.context import Context
from qonys.report.document import Section, Table
from qonys.study.chapters.registry import CHAPTERS as STUDY
from qonys.study.chapters.registry import EVERY, Absence, absent
from qonys.study.runs.results import Results


@dataclass(frozen=True)
class MissingPage:
    """A chapter without a page: figures that the pack lacks, chapters left out that it uses, or results not stored."""

    chapter: str
    figures: tuple[str, ...] = ()
    chapters: tuple[str, ...] = ()
    results: tuple[str, ...] = ()


def missing_pages(results: Results) -> tuple[MissingPage, ...]:
    """Chapters of the study that were left out, then pages whose results are not all stored."""
    found = {
        one["chapter"]: MissingPage(one["chapter"], tuple(one["figures"]), tuple(one["chapters"]))
        for one in results.about.get("absent", ())
    }
    for name in CHAPTERS:
        lacking = tuple(table for table in needed(name) if not results.has_table(table))
        if lacking and name not in found:
            found[name] = MissingPage(name, results=lacking)
    return tuple(found.values())


def chapter_text(pack: Pack, chapter: str, language: str) -> str:
    """Title of a chapter, as it is said of the pack's country."""
    return inputs.said(pack, f"chapter.{chapter}", language)


def reason_text(pack: Pack, missing: MissingPage | Absence, language: str) -> str:
    """Why a chapter is left out, as a sentence.

    A page whose chapter was computed without its tables rests on figures that the chapter would take.
    """
    parts, figures = [], [one for one in missing.figures if one != EVERY]
    results = missing.results if isinstance(missing, MissingPage) else ()
    if results and not figures:
        figures = [one for chapter in STUDY if chapter.id == missing.chapter for one in absent(pack, chapter.wants)]
    if figures:
        named = "; ".join(inputs.figure_name(pack, one, language) for one in figures)
        parts.append(words.text("report.absent.figures", language, figures=named))
    if missing.chapters:
        named = "; ".join(chapter_text(pack, one, language) for one in missing.chapters)
        parts.append(words.text("report.absent.chapters", language, chapters=named))
    if not parts:
        parts.append(words.text("report.absent.results", language))
    return " ".join(parts)


def section(context: Context, missing: Sequence[MissingPage]) -> Section:
    """What this pack cannot answer: chapter and reason."""
    rows = tuple(
        (chapter_text(context.pack, one.chapter, context.language), reason_text(context.pack, one, context.language))
        for one in missing
    )
    head = tuple(context.say(f"report.absent.column.{name}") for name in ("chapter", "reason"))
    caption = context.say("report.absent.table")
    table = Table("absent_chapters", head, rows, "ll", caption, "")
    return Section("absent", context.say("report.absent.title"), (context.paragraph("report.absent.intro"), table))
