"""A person's corpus of coded texts: codebook, agreement of coders, frames by year, frames beside a flow."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from qonys.catalog.reading.choices import FileChoices
from qonys.catalog.reading.long_tables import AS_FOUND, LongTable, read_long
from qonys.catalog.reading.numbers.bounds import AMOUNT
from qonys.catalog.reading.times.dates import DAY_FIRST, date_of, looks_like_date
from qonys.catalog.reading.times.years import possible_year
from qonys.catalog.reading.wanted import Wanted
from qonys.errors import BadInput, RefusedCells
from qonys.measurement.coded_texts import (
    LEAST_YEARS,
    Corpus,
    LagOptions,
    agreement,
    code_table,
    coded_once,
    coder_pairs,
    coder_table,
    corpus_of,
    frames_and_flow,
    frames_by_year,
    several_codes,
)

Note = tuple[str, dict[str, object]]
LABELS = ("document", "coder", "code")
CODINGS = Wanted(
    labels=LABELS, numbers=(), optional_labels=("date",), apart=(*LABELS, "date"), codes=(*LABELS, "date"),
    also={
        "document": ("doc", "text", "article", "документ", "текст", "публикация", "құжат", "мәтін"),
        "coder": ("rater", "annotator", "кодировщик", "эксперт", "кодтаушы", "сарапшы"),
        "code": ("frame", "category", "код", "фрейм", "категория", "санат"),
        "date": ("year", "дата", "год", "күні", "жыл"),
    },
)  # fmt: skip
CODEBOOK = Wanted(
    labels=("code",), numbers=(), optional_labels=("label",), apart=("code", "label"), codes=("code", "label"),
    also={"code": ("frame", "category", "код", "фрейм", "категория", "санат")},
)  # fmt: skip
FLOW = Wanted(whole=("time",), kinds={"value": AMOUNT})
MONTH = re.compile(r"(\d{4})-(?:0?[1-9]|1[0-2])")
CODE_TABLES, AGREE_TABLES, FRAME_TABLES = ("codes", "coders", "single"), ("alpha", "pairs"), ("years", "lags")


@dataclass(frozen=True)
class TextsResult:
    """A table and what must be said with it (keys of the catalogues and values)."""

    frame: pl.DataFrame
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True)
class TextsFile:
    """A file of codings, its codebook, how they are written."""

    path: Path
    codebook: Path | None = None
    choices: FileChoices = AS_FOUND

    def corpus(self, dated: bool = False) -> tuple[Corpus, tuple[Note, ...]]:
        """The corpus, and whether it is made up. `dated`: with the years of its dates, which are not looked at else.

        Raises
        ------
        BadInput
            As `read_long` and `corpus_of`; if `dated`, a date without a year.
        """
        table = read_long(self.path, CODINGS, self.choices)
        codes = (
            ()
            if self.codebook is None
            else codes_of(read_long(self.codebook, CODEBOOK, self.choices.for_companions()).frame)
        )
        made_up = "simulated" in table.columns
        rows = with_year(table.frame, _Place(self.path, table)) if dated else table.frame.select(LABELS)
        return corpus_of(rows, codes), (("surveys.note.made_up", {}),) if made_up else ()


def codes_of(rows: pl.DataFrame) -> tuple[str, ...]:
    """Codes of a codebook (column code), in its order."""
    return tuple(rows["code"])


@dataclass(frozen=True)
class _Place:
    """Where rows stand: the file and what was read of it."""

    path: Path
    table: LongTable

    def refusal(self, wrong: list[str | None], texts: list[str | None]) -> BadInput:
        """The first date that has no year, with its file, row and column, and the next few."""
        cells = [(row, text) for row, text in zip(self.table.rows, texts, strict=True) if text in wrong]
        row, text = cells[0]
        day = text is not None and looks_like_date(text)
        key = "texts.no_day_in_file" if day else "texts.no_year_in_file"
        values = {"path": str(self.path), "column": self.table.used["date"], "row": row, "text": text}
        return RefusedCells(key, cells[1:], **values)


def with_year(rows: pl.DataFrame, place: _Place | None = None) -> pl.DataFrame:
    """Codings (column date, if there is one) with the year of each date.

    Raises
    ------
    BadInput
        A date of which no year is known.
    """
    if "date" not in rows.columns:
        return rows
    texts = rows["date"].cast(pl.String)
    years = {text: year_in(text) for text in texts.unique() if text is not None and text.strip()}
    wrong = [text for text, year in years.items() if year is None]
    if wrong and place is not None:
        raise place.refusal(wrong, texts.to_list())
    if wrong:
        row = rows.filter(texts == wrong[0]).row(0, named=True)
        raise BadInput("texts.no_year", text=wrong[0], document=row["document"], n=len(wrong))
    return rows.with_columns(texts.replace_strict(years, default=None, return_dtype=pl.Int64).alias("year"))


def year_in(text: str) -> int | None:
    """The year of a date, a month or a year; None where there is none.

    Examples
    --------
    >>> [year_in(text) for text in ("2014-03-01", "01.03.2014", "2014-03", "2014", "spring")]
    [2014, 2014, 2014, 2014, None]
    """
    month = MONTH.fullmatch(text.strip())
    day = date_of(text, DAY_FIRST)
    return int(month[1]) if month else day.year if day else possible_year(text)


def codebook_check(file: TextsFile, shown: str) -> TextsResult:
    """Codes with their numbers, coders with theirs, or documents that one coder alone read.

    Raises
    ------
    BadInput
        No such table; as `TextsFile.corpus`.
    """
    _one_of("--table", shown, CODE_TABLES)
    corpus, notes = file.corpus()
    once = coded_once(corpus)
    if once and shown != "single":
        notes += (("texts.note.single", {"n": len(once), "of": len(corpus.documents)}),)
    several = several_codes(corpus)
    if several:
        notes += (("texts.note.several", {"n": several}),)
    if shown == "single":
        return TextsResult(pl.DataFrame({"document": once}, schema={"document": pl.String}), notes)
    return TextsResult(code_table(corpus) if shown == "codes" else coder_table(corpus), notes)


def coder_agreement(file: TextsFile, shown: str, level: str, draws: int, seed: int) -> TextsResult:
    """Krippendorff's alpha, or Cohen's kappa of pairs of coders.

    Raises
    ------
    BadInput
        No such table; no pair of coders has a kappa; as `agreement` and `coder_pairs`.
    """
    _one_of("--table", shown, AGREE_TABLES)
    corpus, notes = file.corpus()
    several = several_codes(corpus)
    if several and shown == "alpha":
        notes += (("texts.note.each_code", {"n": several}),)
    once = coded_once(corpus)
    if once:
        notes += (("texts.note.single", {"n": len(once), "of": len(corpus.documents)}),)
    notes += (("texts.note.alpha", {}),) if shown == "alpha" else ()
    found = (agreement if shown == "alpha" else coder_pairs)(corpus, level, draws, seed)
    unknown = found["krippendorff" if shown == "alpha" else "kappa"].null_count()
    if unknown == found.height:
        raise BadInput("texts.alike", n=len(corpus.documents) - len(once))
    return TextsResult(found, (*notes, ("texts.note.alike", {"n": unknown})) if unknown else notes)


def lag_options(lags: int, block: int, draws: int, seed: int) -> LagOptions:
    """How frames are set beside a flow."""
    return LagOptions(lags, block, draws, seed)


def frames(file: TextsFile, shown: str, flows: Path | None, options: LagOptions) -> TextsResult:
    """Frames by year, or their rank correlation with a flow.

    Raises
    ------
    BadInput
        No such table; no file of flows for the lags; as `frames_by_year` and `frames_and_flow`.
    """
    _one_of("--table", shown, FRAME_TABLES)
    if shown == "lags" and flows is None:
        raise BadInput("surveys.need", option="--flows")
    corpus, notes = file.corpus(dated=True)
    found = frames_by_year(corpus)
    undated = len(corpus.documents) - len(corpus.years)
    if undated:
        notes += (("texts.note.undated", {"n": undated}),)
    if shown == "years" or flows is None:
        return TextsResult(found, notes)
    series = read_long(flows, FLOW, file.choices.for_companions()).frame
    table = frames_and_flow(found, dict(series.select("time", "value").rows()), options)
    if table["rho"].is_null().all():
        most = int(str(table["years"].max() or 0))
        return TextsResult(table, (*notes, ("texts.note.few_years", {"n": most, "least": LEAST_YEARS})))
    return TextsResult(table, (*notes, ("texts.note.lags", {"n": 2 * options.lags + 1})))


def _one_of(option: str, value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        raise BadInput("estimation.choice", option=option, value=value, known=", ".join(known))
