"""Chapters that the pack cannot carry, and why: in the report, on the site and in the plan of a study."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from qonys import words
from qonys.report.chapters import CHAPTERS, needed
from qonys.report.context import Context
from qonys.report.document import Section, Table
from qonys.study.chapters.registry import EVERY
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


def figure_text(figure: str, language: str) -> str:
    """Name of a figure in words; its id where there are none."""
    key = f"figure.name.{figure}"
    return words.text(key, language) if words.has(key, language) else figure


def chapter_text(chapter: str, language: str) -> str:
    """Title of a chapter."""
    return words.text(f"chapter.{chapter}", language)


def reason_text(figures: Sequence[str], chapters: Sequence[str], language: str, results: Sequence[str] = ()) -> str:
    """Why a chapter is left out, as a sentence."""
    parts = []
    if figures:
        named = "; ".join(figure_text(one, language) for one in figures if one != EVERY)
        parts.append(words.text("report.absent.figures", language, figures=named))
    if chapters:
        named = "; ".join(chapter_text(one, language) for one in chapters)
        parts.append(words.text("report.absent.chapters", language, chapters=named))
    if results:
        parts.append(words.text("report.absent.results", language, results=", ".join(results)))
    return " ".join(parts)


def section(context: Context, missing: Sequence[MissingPage]) -> Section:
    """What this pack cannot answer: chapter and reason."""
    rows = tuple(
        (
            chapter_text(one.chapter, context.language),
            reason_text(one.figures, one.chapters, context.language, one.results),
        )
        for one in missing
    )
    head = tuple(context.say(f"report.absent.column.{name}") for name in ("chapter", "reason"))
    caption = context.say("report.absent.table")
    table = Table("absent_chapters", head, rows, "ll", caption, "")
    return Section("absent", context.say("report.absent.title"), (context.paragraph("report.absent.intro"), table))
