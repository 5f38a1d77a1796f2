"""Reading of microdata with their labels: SPSS (.sav, .zsav, .por), Stata (.dta), and CSV, Excel or Parquet.

SPSS and Stata files carry labels of variables and of values; other files may have them in a second file with the
columns ``variable``, ``code``, ``label`` (an empty code: the label of the variable itself). A value that stands in
the data and not among the declared values of its variable is refused: it may be a slip of the keyboard or a
missing code, and only the person knows. Codes with one label are kept apart; a label that only missing codes have
says nothing of the others.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import polars as pl

from qonys.catalog.reading.advice import MOST, OPEN, listed, typed
from qonys.catalog.reading.choices import FileChoices
from qonys.catalog.reading.formats.opening import read_whole
from qonys.catalog.reading.labels.spellings import joined_spellings
from qonys.catalog.reading.labels.vocabulary import codes_by_word, plain
from qonys.catalog.reading.numbers.powers import power_in
from qonys.errors import BadInput
from qonys.surveys.codes import NAMIBIA, as_texts, code_of, tidied
from qonys.surveys.columns import ROW, file_rows, names_of, near_names, numbers_of, refuse_unknown, require
from qonys.surveys.labelled_files import SPSS, STATA, read_labelled
from qonys.surveys.no_answer import likely_categories, likely_codes, likely_weights
from qonys.surveys.whole_rows import kept_labels, without_whole_rows
from qonys.words.notes import note

AS_FOUND = FileChoices()
SHOWN = 6


@dataclass(frozen=True)
class Microdata:
    """Respondents as rows; `values` holds the labels of codes by variable, `titles` the labels of variables.

    `blanks`: texts of no answer that reading left out, by variable with their number; `joined`: spellings of one
    answer, by variable, each with the one that is taken; `said`: variables of which this was told already.
    """

    frame: pl.DataFrame
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    titles: Mapping[str, str] = field(default_factory=dict)
    blanks: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    joined: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    said: set[tuple[str, str]] = field(default_factory=set)

    def categories(self, name: str) -> pl.Series:
        """A variable as labels (its own texts where it has none), one value per respondent, nulls kept.

        Raises
        ------
        BadInput
            The variable is not there, or a value has no declared label though others have.

        """
        texts = as_texts(self.column(name))
        labels = self._labels(name)
        if not labels:
            if self.frame[name].dtype.is_numeric():
                self._say_codes("surveys.note.likely_categories", self.frame[name].cast(pl.Float64), likely_categories)
            return texts
        strange = sorted(set(texts.drop_nulls().unique()) - set(labels))
        if strange:
            marked = texts.is_in(strange).fill_null(value=False).to_numpy()
            options = " ".join(typed("--missing", f"{name}={code}") for code in strange[:MOST])
            known = ", ".join(f"{code} = {label}" for code, label in list(labels.items())[:8])
            raise BadInput(
                "surveys.label", variable=name, value=", ".join(strange[:SHOWN]), n=int(marked.sum()), known=known,
                rows=file_rows(self.frame, marked), options=options,
            )  # fmt: skip
        return texts.replace_strict(labels, default=None, return_dtype=pl.String)

    def _labels(self, name: str) -> dict[str, str]:
        """Label by code; codes with the same label bear their code too."""
        numeric = self.column(name).dtype.is_numeric()
        labels = {code_of(code, numeric): label for code, label in self.values.get(name, {}).items()}
        found = set(as_texts(self.column(name)).drop_nulls().unique())
        shared = Counter(label for code, label in labels.items() if code in found)
        twice = {label for label, count in shared.items() if count > 1}
        for label in sorted(twice):
            codes = ", ".join(code for code, one in labels.items() if one == label)
            self._say("surveys.note.one_label", variable=name, codes=codes, label=label)
        return {code: f"{label} [{code}]" if label in twice else label for code, label in labels.items()}

    def column(self, name: str) -> pl.Series:
        """A variable as in the file, one value per respondent; what was read as no answer, or joined, is reported.

        Answers in words that differ in capitals, blanks or hyphens alone are one, unless they are codes with labels.

        Raises
        ------
        BadInput
            The file has no such variable.

        """
        require(self.frame, name)
        for text, n in self.blanks.get(name, {}).items():
            self._say("surveys.note.blank", variable=name, text=text, n=n, option=typed("--keep", f"{name}={text}"))
        series = self.frame[name]
        if series.dtype == pl.String and bool((series == NAMIBIA).any()) and name not in self.values:
            option = typed("--missing", f"{name}={NAMIBIA}")
            self._say("surveys.note.namibia", variable=name, n=int((series == NAMIBIA).sum()), option=option)
        return series if name in self.values else self._one_spelling(series)

    def _one_spelling(self, series: pl.Series) -> pl.Series:
        joined = self.joined.get(series.name, {}) if series.dtype == pl.String else {}
        met = {old: new for old, new in joined.items() if (series == old).any()}
        if not met:
            return series
        pairs = "; ".join(f"{old} → {new}" for old, new in list(met.items())[:SHOWN])
        pairs += f" (+{len(met) - SHOWN})" if len(met) > SHOWN else ""
        option = typed("--keep", f"{series.name}={next(iter(met))}")
        self._say("surveys.note.joined", variable=series.name, pairs=pairs, option=option)
        return series.replace(met)

    def _say(self, key: str, **values: object) -> None:
        mark = (key, f"{values['variable']}={values.get('text', values.get('label', ''))}")
        if mark not in self.said:
            self.said.add(mark)
            note(key, **values)

    def numbers(self, name: str, *, counted: bool = False) -> pl.Series:
        """A variable as numbers, one value per respondent, nulls kept; a code labelled "no answer" is an error.

        Numbers that look like such codes (97 beside 1 to 5) are said, unless they are `counted`: respondents, years.
        Numbers stay as they are where the name or the label of the variable says thousands or millions; it is said.

        Raises
        ------
        BadInput
            The file has no such variable, or it holds a text that is no number.

        """
        numbers = numbers_of(self.frame, self.column(name).name)
        heading = next((text for text in (name, self.titles.get(name, "")) if power_in(text).power), None)
        if heading is not None:
            self._say("surveys.note.unit", variable=name, text=heading)
        for code, label in self.values.get(name, {}).items():
            if codes_by_word("answer").get(plain(label)) != "none":
                continue
            marked = (as_texts(numbers) == code_of(code, numeric=True)).fill_null(value=False).to_numpy()
            if marked.any():
                option = typed("--missing", f"{name}={code}")
                n = int(marked.sum())
                raise BadInput(
                    "surveys.code_of_no_answer", variable=name, code=code, label=label, n=n, option=option
                )
        if not counted:
            self._say_codes("surveys.note.likely_codes", numbers.alias(name), likely_codes)
        return numbers

    def say_weights(self, name: str) -> None:
        """Say which weights look like codes of no answer: 999 beside weights near one."""
        if name in self.frame.columns and self.frame[name].dtype.is_numeric():
            self._say_codes("surveys.note.likely_weights", self.frame[name].cast(pl.Float64), likely_weights)

    def _say_codes(self, key: str, numbers: pl.Series, likely: Callable[[pl.Series], tuple[int, ...]]) -> None:
        name = numbers.name
        codes = [code for code in likely(numbers) if str(code) not in self.values.get(name, {})]
        if codes:
            options = " ".join(typed("--missing", f"{name}={code}") for code in codes)
            n, listed = int(numbers.is_in([float(code) for code in codes]).sum()), ", ".join(map(str, codes))
            self._say(key, variable=name, n=n, codes=listed, options=options)

    def unanswered(self, names: Iterable[str], *, all_of: bool = False) -> int:
        """How many respondents have no answer to one of some variables, or with `all_of` to none of them."""
        empty = pl.DataFrame([as_texts(self.column(name)).is_null().alias(name) for name in dict.fromkeys(names)])
        row = pl.all_horizontal(pl.all()) if all_of else pl.any_horizontal(pl.all())
        return int(empty.select(row).to_series().sum())

    def ordered(self, name: str) -> list[str]:
        """Categories of a variable in the order of their codes, else of the alphabet."""
        found = set(self.categories(name).drop_nulls().unique())
        labels = self._labels(name)
        return [label for label in dict.fromkeys(labels.values()) if label in found] if labels else sorted(found)


def read_microdata(
    path: Path, labels: Path | None = None, missing: Sequence[str] = (), choices: FileChoices = AS_FOUND,
    variables: Collection[str] = (),
) -> Microdata:  # fmt: skip
    """A survey file with its labels.

    Parameters
    ----------
    path
        The file.
    labels
        File of labels (variable, code, label) for formats that carry none; adds to those that do.
    missing
        ``VARIABLE=CODE``: codes that mean "no answer"; they become empty.
    choices
        How the file is written: sheet, encoding, signs; `keep`: ``VARIABLE=TEXT`` that is an answer.
    variables
        Variables that are asked for: of a workbook the sheet is read that has most of them, the first of equals.

    Raises
    ------
    BadInput
        The file cannot be read, a label file lacks a column, `missing` names no variable.

    """
    if path.suffix.lower() in SPSS + STATA:
        data = Microdata(*read_labelled(path, choices))
        data = replace(data, joined=_spellings(data.frame, choices))
    else:
        sought = {*variables} - {""}
        raw = read_whole(path, choices, (lambda table: len(sought & {*table.frame.columns})) if sought else None)
        data = respondents(raw.numbered, choices, raw.typed)
        _say_unmet(path, raw.frame, choices)
    if labels is not None:
        data = with_labels(data, read_whole(labels, choices.for_companions()).numbered, str(labels))
    return without_codes(data, missing, choices)


def read_named(
    path: Path, labels: Path | None, missing: Sequence[str], choices: FileChoices, named: Sequence[tuple[str, str]],
    sought: Sequence[str] = (),
) -> Microdata:  # fmt: skip
    """A survey file as `read_microdata` gives it, with the variables that options name: `named`, option and variable.

    `sought`: further variables by which the sheet of a workbook is chosen.

    Raises
    ------
    BadInput
        As `read_microdata`; the file has not all of the variables.

    """
    data = read_microdata(path, labels, missing, choices, (*sought, *(name for _, name in named)))
    refuse_unknown(data.frame, named)
    return data


def _say_unmet(path: Path, frame: pl.DataFrame, choices: FileChoices) -> None:
    """An answer to keep that nobody has is said."""
    for item in choices.keep:
        column, _, label = item.partition("=")
        if column not in frame.columns or not (frame[column].str.strip_chars() == label.strip()).any():
            note("catalog.reading.unmet", path=str(path), option="--keep", value=item)


def respondents(
    frame: pl.DataFrame, choices: FileChoices = AS_FOUND, typed: Collection[str] = ()
) -> Microdata:
    """A table of respondents, one a row, without labels: numbers as numbers, texts of no answer as nulls.

    Rows of totals are left out, which is said. `typed`: columns that the file itself stores as numbers.
    """
    found = tidied(without_whole_rows(frame, choices.keep), choices, typed)
    return Microdata(found.frame, blanks=found.blanks, joined=_spellings(found.frame, choices))


def _spellings(frame: pl.DataFrame, choices: FileChoices) -> dict[str, Mapping[str, str]]:
    """Spellings of one answer by variable of texts, each with the one that is taken."""
    found: dict[str, Mapping[str, str]] = {}
    for name in names_of(frame):
        if frame.schema[name] != pl.String:
            continue
        counts = frame[name].drop_nulls().value_counts(sort=False).sort(name)
        joined = joined_spellings(Counter(dict(counts.iter_rows())), kept_labels(name, choices.keep))
        if joined:
            found[name] = joined
    return found


def with_labels(data: Microdata, rows: pl.DataFrame, name: str) -> Microdata:
    """The data with the labels of a table (variable, code, label; an empty code: of the variable) called `name`.

    Labels of variables that the data lack are said.

    Raises
    ------
    BadInput
        A column is missing, a row has no variable or no label, a code has two labels.

    """
    lacking = [name for name in ("variable", "code", "label") if name not in rows.columns]
    if lacking:
        found = ", ".join(names_of(rows))
        raise BadInput("surveys.label_file", path=name, lacking=", ".join(lacking), found=found)
    values = {variable: dict(labels) for variable, labels in data.values.items()}
    titles = dict(data.titles)
    numbers = rows[ROW] if ROW in rows.columns else range(1, rows.height + 1)
    given: dict[tuple[str, str], str] = {}
    columns = [as_texts(rows[column]).to_list() for column in ("variable", "code", "label")]
    for row, variable, code, label in zip(numbers, *columns, strict=True):
        if not variable or not (label or "").strip():
            raise BadInput("surveys.label_empty", path=name, row=row)
        if not (code or "").strip():
            titles[variable] = label.strip()
            continue
        numeric = variable in data.frame.columns and data.frame.schema[variable].is_numeric()
        key = code_of(code, numeric)
        if given.setdefault((variable, key), label.strip()) != label.strip():
            first = given[variable, key]
            raise BadInput("surveys.label_twice", path=name, row=row, variable=variable, code=key, first=first)
        values.setdefault(variable, {})[key] = label.strip()
    strange = sorted({variable for variable, _ in given} - set(data.frame.columns))
    if strange:
        near = near_names(strange[0], names_of(data.frame))
        note("surveys.note.labels_unused", path=name, n=len(strange), variables=", ".join(strange[:SHOWN]), near=near)
    return replace(data, values=values, titles=titles)


def without_codes(data: Microdata, missing: Sequence[str], choices: FileChoices = AS_FOUND) -> Microdata:
    """The data with codes of no answer, written ``VARIABLE=CODE``, made empty; their labels go with them.

    A code may be given as the file writes it, as a number, or by its label. One that nobody has is said. A variable of
    texts that are all numbers without its codes is one of numbers, written as `choices` say or as its texts show.

    Raises
    ------
    BadInput
        A code that is not written so, or names no variable.

    """
    frame = data.frame
    values = {variable: dict(labels) for variable, labels in data.values.items()}
    named = dict.fromkeys(item.partition("=")[0] for item in missing)
    known = names_of(frame)
    wrong = [item for item in missing if "=" not in item or item.partition("=")[0] not in known]
    if wrong:
        near = (near_names(item.partition("=")[0], known).partition(", ")[0] for item in wrong[:MOST])
        meant = (f"{name}={item.partition('=')[2] or OPEN}" for name, item in zip(near, wrong, strict=False))
        said = " ".join(typed("--missing", item) for item in meant)
        raise BadInput("surveys.missing_code", given=listed(wrong), options=said)
    for item in missing:
        name, _, given = item.partition("=")
        numeric = frame.schema[name].is_numeric()
        by_label = {code_of(code, numeric) for code, label in values.get(name, {}).items() if label == given.strip()}
        codes = {code_of(given, numeric)} | by_label | _spelt(data, name, given.strip())
        met = as_texts(frame[name]).is_in(sorted(codes)).fill_null(value=False)
        labels = values.get(name, {})
        values[name] = {code: label for code, label in labels.items() if code_of(code, numeric) not in codes}
        if not met.any() and given.strip() not in data.blanks.get(name, {}):
            note("surveys.note.missing_nobody", variable=name, code=given)
        frame = frame.with_columns(pl.when(met).then(None).otherwise(pl.col(name)).alias(name))
    texts = [name for name in named if frame.schema[name] == pl.String and not values.get(name)]
    frame = frame.with_columns(tidied(frame.select(texts), choices).frame)
    return replace(data, frame=frame, values={variable: labels for variable, labels in values.items() if labels})


def _spelt(data: Microdata, name: str, given: str) -> set[str]:
    """The other spellings of an answer in words."""
    joined = {} if name in data.values else data.joined.get(name, {})
    taken = joined.get(given, given)
    return {old for old, new in joined.items() if new == taken} | ({taken} if taken != given else set())
