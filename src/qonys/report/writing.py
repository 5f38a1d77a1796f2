"""Writing a report folder: all of it or nothing, and nothing again when nothing has changed."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from platform import python_version
from tempfile import TemporaryDirectory

from qonys import __version__, inputs, words
from qonys.catalog import Pack
from qonys.catalog.bibliography import references
from qonys.catalog.drafts import draft_folder
from qonys.errors import BadInput, UnknownName
from qonys.report import details, origins
from qonys.report.absences import MissingPage, missing_pages
from qonys.report.absences import section as absent_section
from qonys.report.chapters import APART, APPENDICES, CHAPTERS, section_of
from qonys.report.context import Context
from qonys.report.details import gathered
from qonys.report.document import Document, Section
from qonys.report.notions import with_other_values
from qonys.report.references import numbered, placed
from qonys.study.plan import Plan
from qonys.study.runs.code import code_digest
from qonys.study.runs.commit import commit
from qonys.study.runs.results import Results
from qonys.study.runs.run import run_key, versions
from qonys.study.runs.stored_runs import MANIFEST

FORMATS = ("pdf", "html")
LAYING_OUT = ("typst", "vl-convert-python", "babel", "jinja2")  # packages that lay out, not compute
DETAILS_AFTER = "skill"  # the appendix that the details follow
EPOCH = 719163  # day of 1 January of the first year that computers count: sources without a year
LABELS = (
    "contents", "figure_list", "table_list", "figure", "table", "source", "data", "description", "skip", "note",
    "legend",
)  # fmt: skip


def build_document(pack: Pack, results: Results, language: str) -> Document:
    """The report of all chapters in one language."""
    context, span = Context(results, pack, language), inputs.country(pack).span or ("–", "–")
    laid = _laid_out(context)
    sections = gathered(context, laid, DETAILS_AFTER, _order_of_details(context, laid))
    day = release_date(pack)
    chapters = numbered(_with_appendices(context, sections), language)
    labels = {name: words.text(f"report.{name}", language) for name in LABELS}
    labels |= {name: words.text(f"why.{name}", language) for name in ("title", "intro", "figures", "results")}
    return Document(
        title=context.say("report.title"),
        subtitle=context.say("report.subtitle", first=span[0], last=span[1]),
        language=language,
        date=day,
        imprint=_imprint(context, day),
        labels=labels,
        sections=chapters,
        origins=origins.notes(context, chapters),
        origin_head=origins.head(context),
        shown=origins.shown_tables(results, chapters),
    )


def _imprint(context: Context, day: str) -> str:
    """Version of the program, and release of the data with its day where the pack states one."""
    values = {"version": __version__, "release": context.results.release[:12]}
    if not _created(context.pack):
        return context.say("report.imprint.undated", **values)
    return context.say("report.imprint", **values, date=words.date_text(date.fromisoformat(day), context.language))


def _laid_out(context: Context) -> list[Section]:
    """The pages of all chapters that the pack carries, with the reasons of their values, and the page of the others."""
    missing = {one.chapter: one for one in missing_pages(context.results)}
    sections: list[Section] = []
    for name in CHAPTERS:
        if name == APPENDICES[0] and missing:
            sections.append(absent_section(context, tuple(missing.values())))
        if name not in missing:
            try:
                sections.append(section_of(name, context))
            except UnknownName as error:
                if error.key != "study.no_result":
                    raise
                missing[name] = MissingPage(name, results=(str(error.values["name"]),))
    return [placed(one) for one in with_other_values(context, sections)]


def _order_of_details(context: Context, laid: Sequence[Section]) -> tuple[str, ...]:
    """The order of the details that fills pages in the first language: numbers are the same in all of them."""
    first = words.LANGUAGES[0]
    if context.language == first:
        return details.order(laid)
    key = f"details:{run_key(context.pack, context.results.plan)}"
    return context.pack.cached(key, lambda: details.order(_laid_out(replace(context, language=first))))


def _with_appendices(context: Context, sections: list[Section]) -> tuple[Section, ...]:
    """The sections, those that are appendices numbered as such; these and what stands by itself share no page."""
    appended = (*APPENDICES, *details.KEYS)
    numbers = {one.key: number for number, one in enumerate((s for s in sections if s.key in appended), 1)}
    return tuple(
        replace(one, title=context.say("report.appendix", number=numbers[one.key], title=one.title), apart=True)
        if one.key in numbers
        else replace(one, apart=one.key in APART)
        for one in sections
    )


def release_date(pack: Pack) -> str:
    """Day on which the pack was released, ISO; the report bears it, so that a rerun gives the same bytes.

    A pack that states none (one made from published files) bears the first day of the year of its newest source.
    """
    created = _created(pack)
    if created:
        return created
    years = [int(year) for year in pack.sources()["year"].drop_nulls() if str(year).isdigit()]
    return f"{max(years)}-01-01" if years else date.fromordinal(EPOCH).isoformat()


def _created(pack: Pack) -> str:
    """Day on which the pack was made as it states it; nothing where it does not."""
    document = json.loads((pack.path / "datapackage.json").read_text(encoding="utf-8"))
    return str(document.get("created", ""))[:10]


def report_key(pack: Pack, plan: Plan, language: str, formats: tuple[str, ...]) -> str:
    """Hash of all that a report depends on."""
    parts = (run_key(pack, plan), code_digest(("figures", "report", "words")), language, *sorted(formats))
    return hashlib.sha256(" ".join(parts).encode()).hexdigest()


def is_current(folder: Path, key: str) -> bool:
    """Whether `folder` holds the report of `key`, every file as it was written."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, json.JSONDecodeError):
        return False
    return bool(manifest.get("key") == key) and all(
        (folder / name).is_file() and _hash(folder / name) == digest
        for name, digest in manifest["files"].items()
    )


def write_report(pack: Pack, results: Results, language: str, formats: tuple[str, ...], folder: Path) -> None:
    """Write the report into `folder`; an interruption leaves what was there before."""
    check_folder(folder)
    started = time.time()
    document = build_document(pack, results, language)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with draft_folder(folder) as draft:
        _write_files(document, results, formats, draft)
        _write_manifest(draft, pack, document, report_key(pack, results.plan, language, formats), started, results)


def check_folder(folder: Path) -> None:
    """Refuse a folder with files that are not a report."""
    if folder.is_file() or (folder.is_dir() and any(folder.iterdir()) and not (folder / MANIFEST).is_file()):
        raise BadInput("study.foreign_folder", folder=str(folder))


def check_open(folder: Path) -> None:
    """Refuse a place where no folder can be made, by making one and removing it."""
    place = next((one for one in folder.parents if one.exists()), folder)
    try:
        with TemporaryDirectory(prefix=".draft-", dir=place):
            return
    except OSError:
        raise BadInput("study.closed_folder", folder=str(folder)) from None


def _write_files(document: Document, results: Results, formats: tuple[str, ...], draft: Path) -> None:
    (draft / "tables").mkdir()
    (draft / "figures").mkdir()
    for figure in document.figures():
        (draft / "figures" / f"{figure.key}.svg").write_text(figure.svg, encoding="utf-8")
        _write_table(figure.data, draft / "tables" / figure.key)
    for table in document.tables():
        if table.data is not None:
            _write_table(table.data, draft / "tables" / table.key)
    for name, result in results.tables.items():
        if not (draft / "tables" / f"{name}.csv").exists():
            _write_table(result.frame, draft / "tables" / name)
    (draft / "numbers.json").write_text(
        json.dumps(
            {name: vars(number) for name, number in results.numbers.items()}, ensure_ascii=False, indent=1
        ),
        encoding="utf-8",
    )
    if "html" in formats:
        from qonys.report.webpage import html_text

        (draft / "report.html").write_text(html_text(document), encoding="utf-8")
    if "pdf" in formats:
        from qonys.report.typesetting import pdf_bytes

        (draft / "report.pdf").write_bytes(pdf_bytes(document))


def _write_table(frame: object, stem: Path) -> None:
    import polars as pl

    assert isinstance(frame, pl.DataFrame)
    frame.write_csv(stem.with_suffix(".csv"), include_bom=True)
    frame.write_parquet(stem.with_suffix(".parquet"))


def _write_manifest(
    draft: Path, pack: Pack, document: Document, key: str, started: float, results: Results
) -> None:
    """What made the folder: moment (UTC), version, commit, plan, seeds, sources, times by chapter, files by hash."""
    files = {
        path.relative_to(draft).as_posix(): _hash(path) for path in sorted(draft.rglob("*")) if path.is_file()
    }
    manifest = {
        "key": key,
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "qonys": __version__,
        "commit": commit(),
        "pack": pack.name,
        "pack_digest": pack.digest(),
        "run": results.about.get("run") or run_key(pack, results.plan),
        "language": document.language,
        "plan": results.plan.document(),
        "plan_digest": results.plan.digest(),
        "seeds": results.plan.seeds(),
        "versions": {**results.about.get("versions", {}), **versions(LAYING_OUT), "python": python_version()},
        "sources": _sources(pack, results, document.language),
        "chapters": {name: one["seconds"] for name, one in results.about.get("chapters", {}).items()},
        "absent": results.about.get("absent", []),
        "seconds": round(time.time() - started, 3),
        "files": files,
    }
    (draft / MANIFEST).write_text(json.dumps(manifest, indent=1), encoding="utf-8")


def _sources(pack: Pack, results: Results, language: str) -> list[dict[str, str]]:
    """The sources of the report: id, title, years of publication, day of access, address."""
    used = results.table("sources_used").frame["id"] if results.has_table("sources_used") else ()
    known = references(pack, language)
    return [
        {"id": one.id, "title": one.title, "published": one.published, "accessed": one.accessed, "address": one.address}
        for one in (known[name] for name in used if name in known)
    ]


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def chosen_formats(given: str) -> tuple[str, ...]:
    """Formats of a comma-separated list."""
    formats = tuple(dict.fromkeys(part.strip() for part in given.split(",") if part.strip()))
    for name in formats:
        if name not in FORMATS:
            raise BadInput("study.format", format=name)
    return formats

