"""Forms of migration of the moves of a register: the rules of the typology, run as SQL next to the records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from qonys.errors import BadInput
from qonys.kernels.registers.cube import add_weights, advance
from qonys.kernels.registers.pairing import REPEATED_SIDE
from qonys.measurement.typology.records import COLUMNS, NUMBERS, VOCABULARIES
from qonys.measurement.typology.rules import LADDERS, UNKNOWN, standard_rules
from qonys.measurement.typology.statements import label_statements
from qonys.quantities import Axis, Flows
from qonys.registers.axes import Cells, TableChoices, cells_of, place_cells
from qonys.registers.fields import FORMS
from qonys.registers.flows import FlowTable, definition, lineage, vintage_of
from qonys.registers.sorting import column, querying
from qonys.registers.store import Register

LABELS = tuple(LADDERS.values())
KEPT = ("year", "month", "origin_code", "destination_code", "group_code", "sex", "age")


@dataclass(frozen=True)
class FormChoices:
    """Which label of the typology: `label` of `LABELS`; `home` and `kin` of the pack where they are empty."""

    label: str = "form"
    months: float = 12.0
    home: str = ""
    kin: Sequence[str] = ()

    def __post_init__(self) -> None:
        if self.label not in LABELS:
            raise BadInput("estimation.choice", option="--by", value=self.label, known=", ".join(LABELS))


def records_statement(register: Register, home: str) -> str:
    """A query of the moves of a register in the columns that the rules need, texts for codes, with those of `KEPT`."""
    inside = set(register.regions) | {register.pack.whole}
    places = [(at, code, home if code in inside else code) for at, code in enumerate(register.places)]
    lists = {name: register.about["forms"][name] for name in FORMS} | {"group": register.groups}
    words = {
        name: f"nullif(list_extract({_list(texts)}, {_quoted(name)} + 1), '{UNKNOWN}')" for name, texts in lists.items()
    }
    given = {name: words[name] for name in FORMS} | {"ethnic_group": words["group"], "date": "day"}
    given |= {"person": "person", **dict.fromkeys(NUMBERS, "NULL::DOUBLE")}
    for end in ("origin", "destination"):
        given[end] = f"list_extract({_list([code for _, code, _ in places])}, {end} + 1)"
        given[f"{end}_country"] = f"list_extract({_list([country for *_, country in places])}, {end} + 1)"
    columns = ", ".join(f"{given[name]} AS {name}" for name in COLUMNS)
    kept = "year, date_trunc('month', day)::DATE AS month, origin AS origin_code, destination AS destination_code"
    path = str(register.path).replace("'", "''")
    return (
        f'SELECT row_number() OVER () AS row, {columns}, {kept}, "group" AS group_code, sex, age '
        f"FROM read_parquet('{path}') WHERE side <> {REPEATED_SIDE}"
    )


def _list(texts: Sequence[str]) -> str:
    return "[" + ", ".join("'" + text.replace("'", "''") + "'" for text in texts) + "]::VARCHAR[]"


def _quoted(name: str) -> str:
    return f'"{name}"'


def form_table(register: Register, choices: TableChoices | None = None, forms: FormChoices | None = None) -> FlowTable:
    """Moves of a register by the axes asked for and by form of migration (axis component), as a quantity.

    Raises
    ------
    BadInput
        A word of a field of forms is not of the vocabulary of the typology, or the label is none.

    """
    choices, forms = choices or TableChoices(("year",)), forms or FormChoices()
    grouped = _grouped(register, forms)
    axes = cells_of(register, choices)
    labels = standard_rules().labels(next(name for name, label in LADDERS.items() if label == forms.label))
    at = {label: place for place, label in enumerate(labels)}
    code = np.array([at[text] for text in grouped.column("label").to_pylist()], dtype=np.int64)
    return _counted(register, choices, axes, grouped, labels, code)


def _grouped(register: Register, forms: FormChoices) -> pa.Table:
    """Numbers of moves by all that an axis can need and by label."""
    home = forms.home or register.pack.country["iso3"]
    kin = tuple(forms.kin) or tuple(register.pack.country.get("kin_groups", "").split())
    _refuse_words(register)
    with querying() as connection:
        connection.execute(f"CREATE TEMP TABLE moves AS {records_statement(register, home)}")
        for statement in label_statements("moves", home, kin_groups=kin, resident_months=forms.months, keep=KEPT):
            connection.execute(statement)
        keys = ", ".join(KEPT)
        query = f"SELECT {keys}, {forms.label} AS label, count(*)::DOUBLE AS n FROM labelled GROUP BY ALL ORDER BY ALL"
        found = connection.sql(query).to_arrow_table()
    names = {"month": "day", "origin_code": "origin", "destination_code": "destination", "group_code": "group"}
    return found.rename_columns([names.get(name, name) for name in found.column_names]).combine_chunks()


def _refuse_words(register: Register) -> None:
    for name, known in VOCABULARIES.items():
        strange = [word for word in register.about["forms"][name] if word not in (*known, "unknown")]
        if strange:
            raise BadInput("registers.word", field=name, value=strange[0], known=", ".join(known))


def _counted(
    register: Register, choices: TableChoices, axes: list[Cells], grouped: pa.Table, labels: tuple[str, ...],
    code: np.ndarray,
) -> FlowTable:  # fmt: skip
    place, count = np.zeros(grouped.num_rows, dtype=np.int64), column(grouped, "n")
    for axis in axes:
        advance(place, axis.of(grouped), len(axis.labels))
    cell = place_cells(register, choices)[1]
    origin, goal = (cell[column(grouped, name)] for name in ("origin", "destination"))
    inside = (origin == goal) & (origin >= 0)
    abroad = (origin < 0) | (goal < 0) if choices.places == "regions" else np.zeros(len(place), dtype=bool)
    outside = (place < 0) & ~inside & ~abroad
    place[inside | abroad] = -1
    advance(place, code, len(labels))
    shape = (*(len(axis.labels) for axis in axes), len(labels))
    sums = np.zeros(int(np.prod(shape)))
    add_weights(place, count, sums)
    flows = Flows(
        sums.reshape(shape), (*(axis.axis for axis in axes), Axis("component", labels)), "moves",
        definition(register, "register_moves"), None, vintage_of(register, choices),
        lineage(register, "qonys.registers.forms.form_table"),
    )  # fmt: skip
    return FlowTable(flows, int(count[outside].sum()), int(count[inside].sum()))
