"""`qonys study` with `qonys study diff`, and `qonys claims`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from qonys import words
from qonys.cli.help import new_app
from qonys.cli.options import settings
from qonys.cli.ranges import Within

if TYPE_CHECKING:
    from qonys.catalog import Pack
    from qonys.study.plan import Plan
    from qonys.study.runs.results import Results

app = new_app("study", "cli.command.study")
DIFFERENT = 1


def _tell(key: str, **values: object) -> None:
    print(words.text(key, settings().language, **values), file=sys.stderr, flush=True)


@app.default
def study(
    *,
    out: Annotated[Path, Parameter(help="cli.study.out")] = Path("study-output"),
    formats: Annotated[str, Parameter(name="--format", help="cli.study.format")] = "pdf,html",
    file: Annotated[Path | None, Parameter(name="--study", help="cli.study.file", negative=())] = None,
    plan: Annotated[bool, Parameter(help="cli.study.plan", negative=())] = False,
    jobs: Annotated[int, Parameter(help="cli.study.jobs", validator=Within(0, 1024))] = 0,
) -> int:
    """Write the reports into `out`/<language>, or print the resolved plan."""
    from qonys.catalog import open_pack
    from qonys.report.writing import chosen_formats

    pack = open_pack(settings().pack)
    chosen = chosen_formats(formats)
    found = _plan(pack, file)
    if plan:
        print(_plan_page(pack, found))
        return 0
    return _written(pack, found, chosen, out, jobs)


def _plan(pack: Pack, file: Path | None) -> Plan:
    """The resolved plan; a file that names no languages means the language of the command."""
    from dataclasses import replace

    from qonys.study.plan import resolve, written_plan

    found = resolve(pack, written_plan(file) if file else {}, str(file or ""))
    return found if found.languages else replace(found, languages=(settings().language,))


def _plan_page(pack: Pack, plan: Plan) -> str:
    """The plan as a study file; in its comments the chapters, and those left out with the reason."""
    from qonys.report.absences import reason_text
    from qonys.study.chapters.registry import absences, in_order
    from qonys.study.plan import plan_text
    from qonys.study.runs.run import run_key

    language = settings().language
    left_out = absences(pack)
    lines = [plan_text(plan), f"# {words.text('study.plan.run', language, run=run_key(pack, plan))}"]
    lines.append(f"# {words.text('study.plan.chapters', language)}")
    for chapter in in_order():
        name = words.text(f"chapter.{chapter.id}", language)
        if chapter.id not in left_out:
            lines.append(f"#   {chapter.id}: {name}")
    if left_out:
        lines.append(f"# {words.text('report.absent.title', language)}")
        lines += [f"#   {name}: {reason_text(pack, one, language)}" for name, one in left_out.items()]
    return "\n".join(lines)


def _written(pack: Pack, plan: Plan, formats: tuple[str, ...], out: Path, jobs: int) -> int:
    from qonys.cli.progress import run_shown
    from qonys.report.writing import check_folder, check_open, is_current, report_key, write_report
    from qonys.study.chapters.registry import CHAPTERS
    from qonys.study.runs.folders import runs_folder
    from qonys.study.runs.run import run_key, study_results

    waiting = []
    for language in plan.languages:
        folder = out / language
        check_folder(folder)
        if is_current(folder, report_key(pack, plan, language, formats)):
            _tell("study.unchanged", folder=str(folder))
        else:
            check_open(folder)
            waiting.append(language)
    stored = runs_folder() / run_key(pack, plan)
    if not waiting:
        if stored.is_dir():
            _tell("study.stored", folder=str(stored))
        return 0
    with run_shown(len(CHAPTERS)) as tell:
        results = study_results(pack, tell, plan, jobs or None)
    _warn(results)
    for language in waiting:
        _tell("study.progress.page", language=language)
        write_report(pack, results, language, formats, out / language)
        _tell("study.done", folder=str(out / language))
    _tell("study.stored", folder=str(stored))
    return 0


def _warn(results: Results) -> None:
    """Say on stderr which estimates rest on chains that have not converged."""
    from qonys.study.runs.convergence import LIMIT, unconverged

    language = settings().language
    for one in unconverged(results):
        shown = {"value": words.number(one.rhat, language, 2), "limit": words.number(LIMIT, language, 2)}
        _tell("study.rhat", chapter=words.text(f"chapter.{one.chapter}", language), section=one.section, **shown)


@app.command(help="cli.command.study.diff")
def diff(
    a: Annotated[str, Parameter(help="cli.study.diff.a")],
    b: Annotated[str, Parameter(help="cli.study.diff.b")],
    *,
    tolerance: Annotated[float, Parameter(help="cli.study.diff.tolerance", validator=Within(0, 1e12))] = 1e-12,
    exit_code: Annotated[bool, Parameter(name="--exit-code", help="cli.study.diff.exit", negative=())] = False,
) -> int:
    """Numbers and tables that moved between two stored runs or reports."""
    import polars as pl

    from qonys.cli.printing import print_frame
    from qonys.study.runs.diff import compared, stored_at

    found = compared(stored_at(a), stored_at(b), tolerance)
    numbers = found.filter(found["kind"] == "number")["name"].n_unique()
    tables = found.filter(found["kind"] == "table")["name"].n_unique()
    footer = (words.text("study.diff.sum", settings().language, numbers=numbers, tables=tables),)
    if settings().format == "table":
        shown = [None if part is None else f"{part:+.2g}" for part in found["relative"]]
        found = found.with_columns(relative=pl.Series(shown, dtype=pl.String))
    label = lambda column, code: _word(f"study.diff.{column}.{code}")  # noqa: E731
    print_frame(found, label=label, footer=footer)
    return DIFFERENT if exit_code and found.height else 0


def _word(key: str) -> str | None:
    return words.text(key, settings().language) if words.has(key, settings().language) else None


def claims() -> int:
    """Verdict on each statement, with every source's answer in JSON and CSV."""
    import polars as pl

    from qonys.catalog import open_pack
    from qonys.cli.printing import print_frame
    from qonys.report.chapters.claims import verdict_text
    from qonys.study.chapters.claims import answer_frame, claim_frame
    from qonys.study.claims import check_claims

    checked = check_claims(open_pack(settings().pack))
    wordings = [item.claim.said(settings().language) for item in checked]
    if not checked:
        print_frame(pl.DataFrame(schema={"id": pl.String}))
        return 0
    frame = claim_frame(checked).with_columns(words=pl.Series(wordings, dtype=pl.String))
    if settings().format == "table":
        language = settings().language
        rows = list(frame.iter_rows(named=True))
        verdicts = [verdict_text(row, language) for row in rows]
        today = [verdict_text(row, language, "_now") if row["verdict_now"] else None for row in rows]
        claimed = pl.col("claimed").cast(pl.Float64, strict=False)  # a direction is in the wording
        shown = frame.with_columns(claimed, verdict=pl.Series(verdicts), verdict_now=pl.Series(today, dtype=pl.String))
        columns = ("id", "verdict", *(("verdict_now",) if any(today) else ()), "claimed", "low", "high", "words")
        shown = shown.select(columns)
        print_frame(shown, label=lambda column, code: None, footer=())
        return 0
    answers = frame.join(answer_frame(checked), on="id", how="left", suffix="_answer")
    print_frame(answers, label=lambda column, code: None, footer=())
    return 0
