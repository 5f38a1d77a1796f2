"""SDMX-CSV with labels: the codes are the data, the labels another name of each of them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

import polars as pl

from qonys.catalog.reading.formats.raw import RawTable

VALUE = "OBS_VALUE"
ACCOMPANYING = frozenset({"TIME_PERIOD", "DATAFLOW", "STRUCTURE", "STRUCTURE_ID", "REF_AREA"})
NAMED = "STRUCTURE_NAME"
_LABELLED = re.compile(r"([A-Za-z_][\w.-]*)\s?:\s*(\S.*)")
_CODE_AND_LABEL = re.compile(r"([\w.+-]+):\s+(\S.*)")
_IDENTITY = re.compile(r"[A-Z][A-Z0-9_]*")
_LOWER_IDENTITY = re.compile(r"[a-z][a-z0-9_]*")


def with_codes(table: RawTable) -> RawTable:
    """A table of SDMX-CSV under its identities ("SEX: Sex" is SEX), its cells codes; any other table as it is.

    Labels in cells ("F: Female") and in columns of their own (SEX, Sex) are no data: they are kept as labels.
    """
    identities = {name: (found[1] if (found := _LABELLED.fullmatch(name)) else name) for name in table.frame.columns}
    if not _is_sdmx(identities):
        return table
    frame = table.frame.rename(identities)
    labels: dict[str, Mapping[str, str]] = {}
    for column, after in zip(frame.columns, frame.columns[1:], strict=False):
        if NAMED in frame.columns and _is_label_of(after, column):
            pairs = frame.select(column, after).drop_nulls().unique(maintain_order=True)
            labels[column] = dict(zip(pairs[column], pairs[after], strict=True))
            frame = frame.drop(after)
    for column in frame.columns:
        codes = _codes(frame[column])
        if codes:
            labels[column] = dict(codes.values())
            bare = {text: code for text, (code, _) in codes.items()}
            frame = frame.with_columns(frame[column].replace_strict(bare, default=None, return_dtype=pl.String))
    places = dict(zip(identities.values(), table.places, strict=True)) if table.places else {}
    return replace(
        table,
        format="sdmx-csv",
        frame=frame,
        labels=labels,
        levels={},
        places=tuple(places[name] for name in frame.columns) if places else (),
    )


def _is_sdmx(identities: Mapping[str, str]) -> bool:
    """Whether a table has the value of SDMX and another of its columns, or two names with labels, each name once."""
    found = {name.upper() for name in identities.values()}
    labelled = sum(identity != name for name, identity in identities.items())
    once = len(set(identities.values())) == len(identities)
    return once and VALUE in found and (labelled > 1 or bool(found & ACCOMPANYING))


def _is_label_of(after: str, column: str) -> bool:
    """Whether a column is the labels of the one before it: "Sex" after SEX, "Age class" after age."""
    if _LOWER_IDENTITY.fullmatch(column):
        return after[:1].isupper() and not _IDENTITY.fullmatch(after)
    return bool(_IDENTITY.fullmatch(column)) and not (_IDENTITY.fullmatch(after) or _LOWER_IDENTITY.fullmatch(after))


def _codes(column: pl.Series) -> dict[str, tuple[str, str]]:
    """Text -> code and label, where all texts of a column are such pairs."""
    found: dict[str, tuple[str, str]] = {}
    for text in column.drop_nulls().unique(maintain_order=True):
        pair = _CODE_AND_LABEL.fullmatch(text)
        if pair is None:
            return {}
        found[text] = (pair[1], pair[2])
    return found
