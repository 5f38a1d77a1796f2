"""How the interface for programs answers: one frame, its forms, its parameters and its refusals."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

import polars as pl
from fastapi import Depends, Path, Query, Request, Response
from pydantic import BaseModel

from qonys import words
from qonys.catalog.code_names import with_names
from qonys.catalog.cube_files import CUBE_FORMS
from qonys.catalog.filters import filtered, split_conditions
from qonys.errors import BadInput
from qonys.web.render_worker import apart
from qonys.web.response_cache import Kept, finished
from qonys.web.tabular import MEDIA, CubeKind, csv_bytes, cube_bytes, parquet_bytes, workbook_bytes
from qonys.web.view import Site

MOST_ROWS = 20_000
USUAL_ROWS = 1_000
LIMIT = 8.0  # seconds after which a program is told to ask again; programs often wait ten
Language = Literal["ru", "kk", "en"]
FormName = Literal["json", "csv", "parquet", "xlsx", "jsonstat", "sdmx-csv"]
ENDINGS: dict[str, FormName] = {
    "json": "json",
    "csv": "csv",
    "parquet": "parquet",
    "xlsx": "xlsx",
    "jsonstat.json": "jsonstat",
    "sdmx.csv": "sdmx-csv",
}
Name = Annotated[str, Path(max_length=80, description="Name from the list; tables also as NAME.parquet, NAME.csv …")]
Lang = Annotated[Language, Query(description="Language of titles and labels.")]
Where = Annotated[
    str,
    Query(
        max_length=500,
        description="Row filter: column=value, alternatives by |, conditions by ;, ranges of years by ..",
    ),
]
Columns = Annotated[str, Query(max_length=500, description="Columns to give, parted by commas; all when empty.")]
Offset = Annotated[int, Query(ge=0, le=10_000_000, description="First row.")]
Limit = Annotated[int, Query(ge=1, le=MOST_ROWS, description="Most rows given as JSON.")]
FormQuery = Annotated[
    FormName, Query(description="json, csv, parquet, xlsx, jsonstat or sdmx-csv; files hold all rows.")
]
Named = Annotated[
    Language | None,
    Query(description="Language of a column of names beside every column of codes; without it codes alone."),
]


class Refusal(BaseModel):
    """One sentence that says what was found and what to do."""

    error: str
    status: int


REFUSALS: dict[int | str, dict[str, Any]] = {
    400: {"model": Refusal, "description": "A parameter cannot be used."},
    404: {"model": Refusal, "description": "There is nothing of this name."},
    414: {"model": Refusal, "description": "The address is too long."},
    429: {"model": Refusal, "description": "Not ready within 8 seconds, or too many wait: ask after Retry-After."},
}
GIVEN: dict[int | str, dict[str, Any]] = {
    200: {"description": "The figures.", "content": {media: {} for media in MEDIA.values()}},
    206: {"description": "The part of the file asked for in Range."},
    416: {"description": "The file has no such part."},
    304: {"description": "Not changed since the ETag given in If-None-Match."},
    **REFUSALS,
}


def language_of(given: str | None, usual: str) -> str:
    """A language asked for by `lang`, if we speak it."""
    return given if given in words.LANGUAGES else usual


async def answer(request: Request, make: Callable[[Site], Kept], gate: str = "wide") -> Response:
    """The answer under the sorted query, within LIMIT seconds; an unknown parameter is refused."""
    query = "&".join(sorted(f"{key}={value}" for key, value in request.query_params.multi_items()))
    dependant = request.scope["route"].dependant
    known = {field.alias for part in (dependant, *dependant.dependencies) for field in part.query_params}
    for name in request.query_params:
        if name not in known:
            raise BadInput("web.parameter.unknown", name=name[:60], known=", ".join(sorted(known)) or "–")
    site: Site = request.app.state.site
    found: Response = await request.app.state.shelf.answer(
        request, f"api {request.url.path}?{query}", lambda: make(site), gate, LIMIT
    )
    return found


def json_of(document: object) -> Kept:
    """A document as JSON."""
    return finished(json.dumps(document, ensure_ascii=False, default=str, allow_nan=False).encode(), MEDIA["json"])


def rows_of(frame: pl.DataFrame) -> list[dict[str, Any]]:
    """Rows as JSON holds them: what is no number is empty."""
    floats = [name for name, kind in frame.schema.items() if kind.is_float()]
    return frame.with_columns(pl.col(floats).fill_nan(None)).to_dicts() if floats else frame.to_dicts()


def chosen(frame: pl.DataFrame, wanted: Wanted) -> pl.DataFrame:
    """The asked rows and columns.

    Raises
    ------
    BadInput
        A condition or a column is unknown.

    """
    frame = filtered(frame, split_conditions(wanted.where)) if wanted.where else frame
    names = [name.strip() for name in wanted.columns.split(",") if name.strip()]
    for name in names:
        if name not in frame.columns:
            raise BadInput("web.parameter.value", name="columns", value=name[:60], known=", ".join(frame.columns))
    return frame.select(list(dict.fromkeys(names))) if names else frame


@dataclass(frozen=True)
class Wanted:
    """A table as it is asked for: form, language of names, rows given as JSON."""

    form: FormName = "json"
    lang: Language | None = None
    offset: int = 0
    limit: int = MOST_ROWS
    where: str = ""
    columns: str = ""
    cube: CubeKind = field(default_factory=CubeKind)

    @property
    def gate(self) -> str:
        """Where its makers wait."""
        return "narrow" if self.form == "xlsx" else "wide"


def rows_wanted(
    where: Where = "",
    columns: Columns = "",
    offset: Offset = 0,
    limit: Limit = USUAL_ROWS,
    form: FormQuery = "json",
    lang: Named = None,
) -> Wanted:
    """What a request asks of a table."""
    return Wanted(form, lang, offset, limit, where, columns)


TableWanted = Annotated[Wanted, Depends(rows_wanted)]


def file_name(name: str, form: FormName) -> tuple[str, FormName]:
    """A name as in `census.parquet` parted into name and form; programs that look at endings read such addresses.

    Examples
    --------
    >>> file_name("census.parquet", "json"), file_name("census", "csv")
    (('census', 'parquet'), ('census', 'csv'))

    """
    stem, dot, ending = name.partition(".")
    return (stem, ENDINGS[ending]) if dot and ending in ENDINGS else (name, form)


def given(site: Site, frame: pl.DataFrame, wanted: Wanted, about: dict[str, Any]) -> Kept:
    """A frame in a form: JSON holds the asked part, files hold all rows."""
    form = wanted.form
    name = f"{about['name']}.{CUBE_FORMS.get(form, form)}"
    if form in CUBE_FORMS:
        told = {"name": about["name"], "label": about.get("title", about["name"]), "extension": about}
        return finished(cube_bytes(form, frame, site.pack, wanted.lang or "en", told, wanted.cube), MEDIA[form], name)
    if wanted.lang is not None:
        frame = with_names(frame, site.pack, wanted.lang)
    if form == "csv":
        return finished(csv_bytes(frame), MEDIA[form], name)
    if form == "parquet":
        return finished(parquet_bytes(frame), MEDIA[form], name)
    if form == "xlsx":
        return finished(apart(workbook_bytes, frame, about), MEDIA[form], name)
    shown = rows_of(frame.slice(wanted.offset, wanted.limit))
    return json_of({**about, "total": frame.height, "offset": wanted.offset, "rows": shown})


def facts_of(site: Site, **more: object) -> dict[str, Any]:
    """Release and results, which every answer names."""
    return {**more, "data_release": site.results.release, "model": site.model}
