"""The type returned by all functions: a tidy table with its chart, references, sources and notes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from qonys import words
from qonys.catalog.drafts import written
from qonys.errors import BadInput
from qonys.face.citations import citation
from qonys.figures.results import Chart, View, chart_of

if TYPE_CHECKING:
    from qonys.catalog import Pack

Note = tuple[str, Mapping[str, object]]
SEVERAL = 3


@dataclass(frozen=True)
class Result:
    """The result of a function of `qonys`: `frame`, further `tables` by name, `notes`, and the sources.

    Parameters
    ----------
    function
        Name of the function of `qonys` that made it.
    frame
        The main table (Polars), tidy: one row per cell, `value` or named measures.
    tables
        Further tables by name.
    model
        The underlying object (draws, a fitted model, a life table), or None.
    sources
        Identifiers of the sources of the figures, if they come from a country pack or a quantity.
    language
        Language of titles, notes and axes: en, ru or kk.
    state
        Which title it has, where the result is not what its function is asked for: `unmet`, margins not met.

    Examples
    --------
    >>> import qonys
    >>> found = qonys.rake({"row": ["a", "b"], "value": [1, 3]}, [{"row": ["a", "b"], "value": [10, 20]}])
    >>> found.frame["value"].to_list()
    [10.0, 20.0]
    >>> found.cite().splitlines()[0]
    'Deming, W. E. and Stephan, F. F. (1940). On a least squares adjustment of a sampled frequency table when the \
expected marginal totals are known. Annals of Mathematical Statistics 11: 427-444.'
    """

    function: str
    frame: pl.DataFrame
    tables: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    messages: tuple[Note, ...] = ()
    views: tuple[View, ...] = ()
    model: Any = None
    sources: tuple[str, ...] = ()
    pack: Pack | None = None
    language: str = "en"
    state: str = ""

    @property
    def title(self) -> str:
        """Title of the result, in its language."""
        return words.text(f"face.{self.state or 'title'}.{self.function}", self.language)

    @property
    def notes(self) -> tuple[str, ...]:
        """Warnings, omissions and assumptions, one sentence each, in the language of the result."""
        return tuple(words.text(key, self.language, **values) for key, values in self.messages)

    def with_notes(self, said: Sequence[Note]) -> Result:
        """The same result with what was said while its tables were read, before its own notes, each once."""
        new = [one for place, one in enumerate(said) if one not in said[:place] and one not in self.messages]
        return replace(self, messages=(*new, *self.messages)) if new else self

    def in_language(self, language: str) -> Result:
        """The same result with titles, notes and axes in another language: en, ru or kk.

        Raises
        ------
        BadInput
            An unknown language.
        """
        if language not in words.LANGUAGES:
            raise BadInput("estimation.choice", option="language", value=language, known=", ".join(words.LANGUAGES))
        return replace(self, language=language)

    def table(self, name: str) -> pl.DataFrame:
        """One of `tables` by name, with its columns; an empty name is the main frame.

        Raises
        ------
        BadInput
            No such table.
        """
        if not name:
            return self.frame
        if name not in self.tables:
            raise BadInput("estimation.choice", option="table", value=name, known=", ".join(self.tables) or "–")
        return self.tables[name]

    def to_pandas(self, table: str = "") -> Any:
        """The main table, or one of `tables`, as a pandas data frame.

        Raises
        ------
        BadInput
            No such table; pandas is not installed.
        """
        frame = self.table(table)
        try:
            return frame.to_pandas()
        except ImportError as error:
            raise BadInput("face.pandas") from error

    def to_csv(self, path: str | Path, table: str = "") -> Path:
        """Write the main table, or one of `tables`, as CSV (UTF-8, full precision); returns the path.

        Raises
        ------
        BadInput
            No such table; the file cannot be written.
        """
        target = Path(path)
        with written(target):
            self.table(table).write_csv(target)
        return target

    def plot(self, table: str = "") -> Chart:
        """The default chart of the result, or of one of `tables`; `.save(path)`, `.svg()` (extra `report`).

        Raises
        ------
        BadInput
            The table has no default chart; the message lists those that have one.
        """
        if table:
            self.table(table)
        for view in self.views:
            if not table or view.table == table:
                return chart_of(self.table(view.table), view, self.title, self.language)
        known = ", ".join(view.table or "frame" for view in self.views) or "–"
        raise BadInput("face.plot.none", table=table or "frame", known=known)

    def cite(self) -> str:
        """What to cite, one line each: references for the method, sources of the figures, Qonys itself."""
        return "\n".join(citation(self.function, self.sources, self.pack, self.language))

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """The main table as an Arrow stream, so that Polars, pandas, PyArrow and DuckDB can read a result."""
        return self.frame.__arrow_c_stream__(requested_schema)

    def _heading(self) -> str:
        more = f" [{', '.join(self.tables)}]" if self.tables else ""
        return f"{self.title}: {self.frame.height} × {self.frame.width}{more}"

    def __repr__(self) -> str:
        with pl.Config(tbl_rows=8, tbl_hide_dataframe_shape=True):
            lines = [self._heading(), str(self.frame)]
        lines += [f"– {note}" for note in self.notes[:SEVERAL]]
        rest = len(self.messages) - SEVERAL
        return "\n".join([*lines, *([f"– … (+{rest})"] if rest > 0 else [])])

    def _repr_html_(self) -> str:
        with pl.Config(tbl_rows=8, tbl_hide_dataframe_shape=True):
            table = self.frame._repr_html_()
        notes = "".join(f"<li>{escape(note)}</li>" for note in self.notes)
        under = f"<ul>{notes}</ul>" if notes else ""
        return f"<p><strong>{escape(self._heading())}</strong></p>{table}{under}"
