"""A section says what its intervals are at the first of them, and again only where another kind comes between."""

from __future__ import annotations

from dataclasses import replace

from qonys.report.document import Link, Paragraph, Section, See, Value


def told_once(section: Section) -> Section:
    """The section, its intervals without their name once it has been said.

    Examples
    --------
    >>> first, second = (Value(f"{n} (95% interval 0 to 9)", "n", "", f"{n} (0 to 9)", "interval") for n in (4, 5))
    >>> told = told_once(Section("s", "S", (Paragraph((first, " and ", second)),)))
    >>> [run if isinstance(run, str) else run.shown for run in told.blocks[0].runs]
    ['4 (95% interval 0 to 9)', ' and ', '5 (0 to 9)']
    """
    last, blocks = "", []
    for block in section.blocks:
        if isinstance(block, Paragraph):
            runs: list[str | Value | See | Link] = []
            for run in block.runs:
                if isinstance(run, Value) and run.told:
                    run, last = (replace(run, shown=run.brief) if run.told == last else run), run.told
                runs.append(run)
            block = replace(block, runs=tuple(runs))
        blocks.append(block)
    return replace(section, blocks=tuple(blocks))
