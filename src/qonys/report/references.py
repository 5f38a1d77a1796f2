"""Every figure and table is referred to in the text: where a sentence says so, or at the paragraph before it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from qonys import words
from qonys.errors import RenderFailed
from qonys.report.document import CHAPTER, Block, Figure, Link, Paragraph, Section, See, Table, Value, numbers

Run = str | Value | See | Link
LEAST_SPAN = 3  # numbers in a row that are written as a span: 4–6
ENDS = (".", "!", "?", "…", ":")


def placed(section: Section) -> Section:
    """The section, each of its figures and tables named by a place of its text.

    One that no sentence names is named at the end of the nearest paragraph before it.

    Raises
    ------
    RenderFailed
        No paragraph stands before a figure or a table.

    """
    named = {key for block in section.blocks for key in _keys(block)}
    blocks: list[Block] = []
    last: int | None = None
    for block in section.blocks:
        if isinstance(block, Figure | Table) and block.key not in named:
            if last is None:
                raise RenderFailed("report.no_reference", block=block.key, section=section.key)
            paragraph = blocks[last]
            assert isinstance(paragraph, Paragraph)
            blocks[last] = _referring(paragraph, block.key)
        last = len(blocks) if isinstance(block, Paragraph) else last
        blocks.append(block)
    return replace(section, blocks=tuple(blocks))


def _keys(block: Block) -> tuple[str, ...]:
    runs = block.runs if isinstance(block, Paragraph) else ()
    return tuple(key for run in runs if isinstance(run, See) for key in run.keys)


def _referring(paragraph: Paragraph, key: str) -> Paragraph:
    """The paragraph with one more key in the reference before its last full stop."""
    *before, last = paragraph.runs
    end = last if isinstance(last, str) and last in ENDS else ""
    if end and before and isinstance(before[-1], See) and before[-1].keys:
        return Paragraph((*before[:-1], See((*before[-1].keys, key)), end))
    if isinstance(last, str) and last.endswith(ENDS):
        if words.abbreviated(last):
            return Paragraph((*before, last, See((key,)), "."))
        return Paragraph((*before, *filter(None, (last[:-1],)), See((key,)), last[-1]))
    return Paragraph((*paragraph.runs, See((key,))))


def numbered(sections: Sequence[Section], language: str) -> tuple[Section, ...]:
    """The sections, words and links in the place of each reference, with the numbers of the captions.

    A key that the report does not hold is passed over: what a chapter leaves out, its text does not refer to.

    Raises
    ------
    RenderFailed
        Two figures or tables have one key.

    """
    blocks: dict[str, Figure | Table] = {}
    for block in (block for section in sections for block in section.blocks if isinstance(block, Figure | Table)):
        if block.key in blocks:
            raise RenderFailed("report.key_twice", block=block.key)
        blocks[block.key] = block
    count, chapters = numbers(sections), {CHAPTER + section.key for section in sections}
    return tuple(
        replace(
            section,
            blocks=tuple(
                Paragraph(_written(_reachable(block.runs, chapters), blocks, count, language))
                if isinstance(block, Paragraph)
                else block
                for block in section.blocks
            ),
        )
        for section in sections
    )


def _reachable(runs: Iterable[Run], chapters: Collection[str]) -> Iterator[Run]:
    """The runs, a link to a chapter that is not there as its words."""
    for run in runs:
        lost = isinstance(run, Link) and run.key.startswith(CHAPTER) and run.key not in chapters
        yield run.shown if lost else run  # type: ignore[union-attr]


def _written(
    runs: Iterable[Run], blocks: Mapping[str, Figure | Table], count: Mapping[str, int], language: str
) -> tuple[Run, ...]:
    """Runs of a paragraph, its references in words; one behind a bracket stands within it."""
    found: list[Run] = []
    for run in runs:
        if not isinstance(run, See):
            found.append(run)
            continue
        parts = _listed([blocks[key] for key in run.keys if key in blocks], count, language)
        if not parts:
            continue
        last = found[-1] if found else ""
        if isinstance(last, str) and last.endswith(")"):
            found[-1:] = [last[:-1] + "; ", *parts, ")"]
        else:
            found += [" (", *parts, ")"]
    return tuple(found)


def _listed(blocks: Sequence[Figure | Table], count: Mapping[str, int], language: str) -> list[Run]:
    """`fig. 4–6, table 2; details in fig. 60, tables 40 and 41` as words and links."""
    found = _by_kind([block for block in blocks if not block.detail], count, language)
    details = _by_kind([block for block in blocks if block.detail], count, language)
    if not details:
        return found
    before, after = words.template("report.see.details", language).split("{list}")
    return [*found, *(("; ",) if found else ()), *filter(None, (before,)), *details, *filter(None, (after,))]


def _by_kind(blocks: Sequence[Figure | Table], count: Mapping[str, int], language: str) -> list[Run]:
    """Figures, then tables, as words and links."""
    found: list[Run] = []
    for kind, own in (("figure", Figure), ("table", Table)):
        members = [(count[block.key], block.key) for block in blocks if isinstance(block, own)]
        if members:
            found += [*((", ",) if found else ()), *_counted(kind, members, language)]
    return found


def _counted(kind: str, members: Sequence[tuple[int, str]], language: str) -> list[Run]:
    """The word and the numbers: each end of a span and each number is a link, the word is part of the one beside it."""
    ordered = sorted(members)
    pieces: list[Run] = []
    spans = _spans([number for number, _ in ordered])
    keys = dict(ordered)
    for place, span in enumerate(spans):
        if place:
            pieces.append(words.text("report.see.and", language) if place == len(spans) - 1 else ", ")
        for end in dict.fromkeys((span[0], span[-1])):
            if end != span[0]:
                pieces.append("–")
            pieces.append(Link(str(end), keys[end]))
    key = f"report.see.{kind}" + ("s" if len(ordered) > 1 else "")
    before, after = words.template(key, language).split("{list}")
    first, last = pieces[0], pieces[-1]
    assert isinstance(first, Link)
    pieces[0] = replace(first, shown=before + first.shown)
    last = pieces[-1]
    assert isinstance(last, Link)
    pieces[-1] = replace(last, shown=last.shown + after)
    return pieces


def _spans(ordered: Sequence[int]) -> list[list[int]]:
    """Numbers in their order; those in a row together where they are three or more.

    Examples
    --------
    >>> _spans([1, 2, 4, 5, 6])
    [[1], [2], [4, 5, 6]]

    """
    rows: list[list[int]] = []
    for number in ordered:
        if rows and rows[-1][-1] == number - 1:
            rows[-1].append(number)
        else:
            rows.append([number])
    return [part for row in rows for part in ([row] if len(row) >= LEAST_SPAN else [[one] for one in row])]
