"""Totals that only their numbers show in a file that is added: asked about, as in the other commands."""

from __future__ import annotations

import polars as pl

from qonys.catalog.importing.understand import ReadingOptions, Understanding
from qonys.catalog.pack import Pack
from qonys.catalog.reading.formats.raw import RawTable
from qonys.catalog.reading.labels.blocks import refuse_blocks
from qonys.catalog.reading.labels.sums import refuse_sums
from qonys.catalog.reading.labels.totals import SaidLabels, means_total
from qonys.catalog.schema import Resource

COUNTED = ("persons", "families")
PLACES = ("partner", "citizenship")
GROUPS = ("ethnic_group", "education", "category")
COUNTRY = "country"


def refuse_total_labels(
    raw: RawTable, frame: pl.DataFrame, understood: Understanding, pack: Pack, options: ReadingOptions
) -> None:
    """Refuse a label of a file that equals the sum of the others, and places that equal the sum of rows next to them.

    The country itself may stand beside its regions: the table has a code for it. So have both sexes and all areas.

    Parameters
    ----------
    raw
        The rows of the file.
    frame
        The same rows as the table takes them.
    understood
        Which columns of the file are used.
    pack
        The pack whose table it is.
    options
        What the person says: labels that are kept are not asked about.

    Raises
    ------
    BadInput
        Names the label and the options that settle it.

    """
    resource = pack.resources_of(understood.table)[0]
    places = _columns(understood, (*resource.region_columns, *PLACES))
    labels = places | _columns(understood, GROUPS)
    if not labels:
        return
    rows = _rows(raw, frame, resource, labels)
    counted = rows.filter(_are_parts(rows, frame, labels, pack))
    said = SaidLabels(keep=options.file.keep)
    kept = {column: said.kept(column) for column in labels.values()}
    sums = [name for name in resource.values if name in counted.columns]
    refuse_sums(raw.path, counted, labels, sums, kept)
    refuse_blocks(raw.path, counted, places, sums, kept)


def _columns(understood: Understanding, names: tuple[str, ...]) -> dict[str, str]:
    return {name: column for name in names if (column := understood.file_column(name)) is not None}


def _rows(raw: RawTable, frame: pl.DataFrame, resource: Resource, labels: dict[str, str]) -> pl.DataFrame:
    """Labels as the file writes them, what else tells the figures apart, the values."""
    keys = [name for name in (*resource.statement_key(), "source") if name in frame.columns and name not in labels]
    texts = [raw.frame[column].str.strip_chars().alias(name) for name, column in labels.items()]
    values = [frame[name] for name in resource.values if name in frame.columns]
    return pl.DataFrame([*texts, *(frame[name].cast(pl.String).fill_null("") for name in keys), *values])


def _are_parts(rows: pl.DataFrame, frame: pl.DataFrame, labels: dict[str, str], pack: Pack) -> pl.Series:
    """Which rows count people, of parts: neither the country as a whole nor totals, for which the table has codes."""
    regions = pack.regions()
    whole = regions.filter(pl.col("kind") == COUNTRY)["region"].to_list()
    parts = rows["unit"].is_in(COUNTED) if "unit" in rows.columns else pl.repeat(False, rows.height, eager=True)
    for name in labels:
        totals = [text for text in rows[name].drop_nulls().unique() if means_total(text)]
        parts &= ~(frame[name].cast(pl.String).is_in(whole) | rows[name].is_in(totals)).fill_null(value=False)
    return parts
