"""Reading of microdata with their labels: SPSS (.sav, .zsav, .por), Stata (.dta), and CSV, Excel or Parquet.

SPSS and Stata files carry labels of variables and of values; other files may have them in a second file with the
columns ``variable``, ``code``, ``label`` (an empty code: the label of the variable itself). A value that stands in
the data and not among the declared values of its variable is refused: it may be a slip of the keyboard or a
missing code, and only the person knows.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl
import polars.selectors as cs

from qonys.catalog.reading.files import read_file
from qonys.errors import BadInput
from qonys.surveys.design import quietly

SPSS = (".sav", ".zsav", ".por")
STATA = (".dta",)
DECIMAL_COMMA = r"^[-+]?\d+(,\d+)?$"


@dataclass(frozen=True)
class Microdata:
    """Respondents as rows; `values` holds the labels of codes by variable, `titles` the labels of variables."""

    frame: pl.DataFrame
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    titles: Mapping[str, str] = field(default_factory=dict)

    def categories(self, name: str) -> pl.Series:
        """A variable as labels (as its own texts where it has none), nulls kept.

        Raises
        ------
        BadInput
            The variable is not there, or a value has no declared label though others have.

        """
        texts = as_texts(self.column(name))
        labels = self.values.get(name)
        if not labels:
            return texts
        strange = sorted(set(texts.drop_nulls().unique()) - set(labels))
        if strange:
            n = int(texts.is_in(strange).sum())
            known = ", ".join(f"{code} = {label}" for code, label in list(labels.items())[:8])
            raise BadInput("surveys.label", variable=name, value=", ".join(strange[:6]), n=n, known=known)
        return texts.replace_strict(labels, default=None, return_dtype=pl.String)

    def column(self, name: str) -> pl.Series:
        """A variable as it stands in the file.

        Raises
        ------
        BadInput
            The file has no such variable.

        """
        if name not in self.frame.columns:
            raise BadInput("surveys.no_variable", variable=name, found=", ".join(self.frame.columns))
        return self.frame[name]

    def numbers(self, name: str) -> pl.Series:
        """A variable as numbers, nulls kept; text that is no number is refused.

        Raises
        ------
        BadInput
            The file has no such variable, or it holds a text that is no number.

        """
        texts = self.column(name)
        numbers = texts.cast(pl.Float64, strict=False)
        bad = texts.filter(numbers.is_null() & texts.is_not_null())
        if len(bad):
            raise BadInput("surveys.not_number", variable=name, value=str(bad[0]), n=len(bad))
        return numbers.fill_nan(None)

    def ordered(self, name: str) -> list[str]:
        """Categories of a variable in the order of their codes, else of the alphabet."""
        found = set(self.categories(name).drop_nulls().unique())
        labels = self.values.get(name)
        return [label for label in dict.fromkeys(labels.values()) if label in found] if labels else sorted(found)


def as_texts(series: pl.Series) -> pl.Series:
    """Values as texts; whole numbers without a decimal point.

    Examples
    --------
    >>> as_texts(pl.Series([1.0, 2.5, None])).to_list()
    ['1', '2.5', None]

    """
    if not series.dtype.is_float():
        return series.cast(pl.String)
    whole = series.fill_nan(None)
    return (
        pl.DataFrame({"x": whole})
        .select(
            pl.when(pl.col("x") == pl.col("x").round())
            .then(pl.col("x").cast(pl.Int64, strict=False).cast(pl.String))
            .otherwise(pl.col("x").cast(pl.String))
        )
        .to_series()
        .alias(series.name)
    )


def read_microdata(path: Path, labels: Path | None = None, missing: Sequence[str] = ()) -> Microdata:
    """A survey file with its labels.

    Parameters
    ----------
    path
        The file.
    labels
        File of labels (variable, code, label) for formats that carry none; adds to those that do.
    missing
        ``VARIABLE=CODE``: codes that mean "no answer"; they become empty.

    Raises
    ------
    BadInput
        The file cannot be read, a label file lacks a column, `missing` names no variable.

    """
    suffix = path.suffix.lower()
    if suffix in SPSS + STATA:
        data = _labelled(path, suffix)
    else:
        data = Microdata(_typed(read_file(path).frame))
    if labels is not None:
        data = with_labels(data, read_file(labels).frame, str(labels))
    return without_codes(data, missing)


def _labelled(path: Path, suffix: str) -> Microdata:
    if not path.is_file():
        raise BadInput("catalog.add.no_file", path=str(path))
    try:
        pyreadstat = quietly(lambda: importlib.import_module("pyreadstat"))
    except ImportError as error:
        raise BadInput("surveys.no_library", library="pyreadstat") from error
    readers: dict[str, Callable[..., object]] = {
        ".por": pyreadstat.read_por,
        ".dta": pyreadstat.read_dta,
        ".sav": pyreadstat.read_sav,
        ".zsav": pyreadstat.read_sav,
    }
    try:
        table, meta = quietly(lambda: readers[suffix](str(path), output_format="polars"))
    except Exception as error:
        raise BadInput("surveys.damaged", path=str(path), problem=str(error)[:120]) from error
    table = table.with_columns(cs.string().str.strip_chars().replace("", None))
    values = {
        variable: {_code(code): str(label) for code, label in labels.items()}
        for variable, labels in meta.variable_value_labels.items()
    }
    titles = {name: title for name, title in meta.column_names_to_labels.items() if title}
    return Microdata(table, values, titles)


def _code(code: object) -> str:
    return str(int(code)) if isinstance(code, float) and code == int(code) else str(code)


def _typed(frame: pl.DataFrame) -> pl.DataFrame:
    """Columns of texts as numbers where every value is one (point or comma before decimals); empty texts are nulls."""
    columns = []
    for series in frame.iter_columns():
        texts = series.cast(pl.String).str.strip_chars().replace("", None)
        numbers = texts.cast(pl.Float64, strict=False)
        if numbers.null_count() > texts.null_count() and bool(texts.str.contains(DECIMAL_COMMA).all()):
            numbers = texts.str.replace(",", ".", literal=True).cast(pl.Float64, strict=False)
        columns.append(numbers if numbers.null_count() == texts.null_count() else texts)
    return pl.DataFrame(columns)


def with_labels(data: Microdata, rows: pl.DataFrame, name: str) -> Microdata:
    """The data with the labels of a table (variable, code, label; an empty code: of the variable) called `name`.

    Raises
    ------
    BadInput
        A column is missing.

    """
    lacking = [name for name in ("variable", "code", "label") if name not in rows.columns]
    if lacking:
        raise BadInput("surveys.label_file", path=name, lacking=", ".join(lacking), found=", ".join(rows.columns))
    values = {variable: dict(labels) for variable, labels in data.values.items()}
    titles = dict(data.titles)
    for variable, code, label in rows.select("variable", "code", "label").rows():
        if not str(code or "").strip():
            titles[str(variable)] = str(label)
            continue
        values.setdefault(str(variable), {})[str(code).strip()] = str(label)
    return Microdata(data.frame, values, titles)


def without_codes(data: Microdata, missing: Sequence[str]) -> Microdata:
    """The data with codes of no answer, written ``VARIABLE=CODE``, made empty.

    Raises
    ------
    BadInput
        A code that is not written so, or names no variable.

    """
    frame = data.frame
    for item in missing:
        name, sign, code = item.partition("=")
        if not sign or name not in frame.columns:
            raise BadInput("surveys.missing_code", given=item, found=", ".join(frame.columns))
        frame = frame.with_columns(
            pl.when(as_texts(frame[name]) == code).then(None).otherwise(pl.col(name)).alias(name)
        )
    return Microdata(frame, data.values, data.titles)
