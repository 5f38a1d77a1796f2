"""`qonys study` and `qonys claims`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from qonys import words
from qonys.cli.options import settings


def _tell(key: str, **values: object) -> None:
    print(words.text(key, settings().language, **values), file=sys.stderr, flush=True)


def study(
    *,
    out: Annotated[Path, Parameter(help="cli.study.out")] = Path("study-output"),
    formats: Annotated[str, Parameter(name="--format", help="cli.study.format")] = "pdf,html",
) -> int:
    """Write the report of the chosen language into `out`/<language>."""
    from qonys.catalog import open_pack
    from qonys.report.writing import check_folder, chosen_formats, is_current, report_key, write_report
    from qonys.study.runs.run import study_results

    language = settings().language
    chosen = chosen_formats(formats)
    pack = open_pack(settings().pack)
    folder = out / language
    check_folder(folder)
    if is_current(folder, report_key(pack, language, chosen)):
        _tell("study.unchanged", folder=str(folder))
        return 0
    results = study_results(pack, lambda chapter: _tell("study.progress.chapter", chapter=chapter))
    _tell("study.progress.page", language=language)
    write_report(pack, results, language, chosen, folder)
    _tell("study.done", folder=str(folder))
    return 0


def claims() -> int:
    """Verdict on each statement, with every source's answer in JSON and CSV."""
    import polars as pl

    from qonys.catalog import open_pack
    from qonys.cli.printing import print_frame
    from qonys.report.chapters.claims import verdict_text
    from qonys.study.chapters.claims import answer_frame, claim_frame
    from qonys.study.claims import check_claims

    checked = check_claims(open_pack(settings().pack))
    frame = claim_frame(checked)
    if settings().format == "table":
        language = settings().language
        verdicts = [verdict_text(row, language) for row in frame.iter_rows(named=True)]
        shown = frame.with_columns(verdict=pl.Series(verdicts)).select("id", "verdict", "low", "high", "words")
        print_frame(shown, label=lambda column, code: None, footer=())
        return 0
    answers = frame.join(answer_frame(checked), on="id", how="left", suffix="_answer")
    print_frame(answers, label=lambda column, code: None, footer=())
    return 0
