"""The model of Fellegi and Sunter by Splink: chances that two identities are of one person.

A pair has the weight log2(l / (1 - l)) + sum over fields of log2(m / u), the chance 2^weight / (1 + 2^weight); m and
u are chances of a level of agreement among pairs of one person and of two (Fellegi and Sunter 1969, JASA 64: 1183),
u by random pairs, m and l by expectation and maximisation (Winkler 1988), with frequencies of names. Splink (Linacre
and others 2022, International Journal of Population Data Science 7(3)) does it in DuckDB. Fields are independent
given whether the persons are the same: a chance is not believed before it was compared with a truth (`reliability`).
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from qonys.errors import BadInput

if TYPE_CHECKING:
    import duckdb

KINDS = ("name", "text", "date", "exact")
MOST_PAIRS = 2_000_000  # random pairs for u, and pairs of an estimation of m
RECALL = 0.7  # of the rules that surely link, as Splink asks for it
LEAST = 0.01  # pairs below this chance are not kept
ID = "identity"


@dataclass(frozen=True)
class Field:
    """A field that is compared: `name`, `text`, `date` (ISO text) or `exact`; `frequencies`: rare values weigh more."""

    column: str
    kind: str = "name"
    frequencies: bool = False


@dataclass(frozen=True)
class Plan:
    """What is compared: `fields`; `blocks`: columns that a pair must share, one of these sets.

    `sure`: sets that surely link; `training`: sets in which m is estimated; each field is outside one of them.
    """

    fields: tuple[Field, ...]
    blocks: tuple[tuple[str, ...], ...]
    sure: tuple[tuple[str, ...], ...]
    training: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Pairs:
    """Probable pairs: rows `left` and `right` (n,) of the identities, and the chance of each (n,).

    `covered`: the chance that a pair of one person shares a set of `Plan.blocks`, by the chances m of agreement.
    """

    left: NDArray[np.int64]
    right: NDArray[np.int64]
    chance: NDArray[np.float64]
    covered: float

    @property
    def matches(self) -> float:
        """Pairs of one person that the model expects in all, found or not."""
        return float(self.chance.sum()) / self.covered


def require_splink() -> None:
    """Say what to install where Splink is missing.

    Raises
    ------
    BadInput
        Splink cannot be imported.

    """
    from importlib.util import find_spec

    if find_spec("splink") is None:
        raise BadInput("linkage.extra")


def linked_pairs(
    tables: Sequence[pl.DataFrame], plan: Plan, connection: duckdb.DuckDBPyConnection, seed: int = 1
) -> Pairs:
    """Probable pairs within one table, or between two; each has the fields of the plan and `identity`, whole numbers.

    Raises
    ------
    BadInput
        Splink is missing, or the fields do not tell persons apart, so that the model cannot be estimated.

    """
    require_splink()
    from splink import DuckDBAPI, Linker

    logging.getLogger("splink").setLevel(logging.ERROR)
    api = DuckDBAPI(connection)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        registered = [api.register(table.to_arrow(), table_name=f"identities_{at}") for at, table in enumerate(tables)]
        linker = Linker(registered, _settings(plan, len(tables)), log_level=logging.ERROR)
        try:
            _train(linker, plan, seed)
        except Exception as error:
            raise BadInput("linkage.no_model", reason=str(error).strip().splitlines()[0]) from error
        found = linker.inference.predict(threshold_match_probability=LEAST).as_duckdbpyrelation()
    columns = found.select(f"{ID}_l::BIGINT AS l, {ID}_r::BIGINT AS r, match_probability AS p").fetchnumpy()
    chance = np.asarray(columns["p"], dtype=np.float64)
    return Pairs(np.asarray(columns["l"]), np.asarray(columns["r"]), chance, _covered(linker, plan, tables))


def _settings(plan: Plan, tables: int) -> Any:
    from splink import SettingsCreator, block_on

    return SettingsCreator(
        link_type="dedupe_only" if tables == 1 else "link_only",
        comparisons=[_comparison(field) for field in plan.fields],
        blocking_rules_to_generate_predictions=[block_on(*columns) for columns in plan.blocks],
        unique_id_column_name=ID, retain_matching_columns=False, retain_intermediate_calculation_columns=False,
    )  # fmt: skip


def _comparison(field: Field) -> Any:
    import splink.comparison_library as library

    found: Any
    if field.kind == "name":
        found = library.JaroWinklerAtThresholds(field.column, [0.92, 0.8])
    elif field.kind == "date":
        found = library.DamerauLevenshteinAtThresholds(field.column, [1, 2])
    elif field.kind == "text":
        found = library.LevenshteinAtThresholds(field.column, [1, 2])
    else:
        found = library.ExactMatch(field.column)
    return found.configure(term_frequency_adjustments=True) if field.frequencies else found


def _train(linker: Any, plan: Plan, seed: int) -> None:
    from splink import block_on

    training = linker.training
    training.estimate_probability_two_random_records_match([block_on(*columns) for columns in plan.sure], recall=RECALL)
    training.estimate_u_using_random_sampling(max_pairs=MOST_PAIRS, seed=seed)
    for columns in plan.training:
        training.estimate_parameters_using_expectation_maximisation(
            block_on(*columns),
            populate_probability_two_random_records_match_from_trained_values=True,
            max_pairs=MOST_PAIRS,
        )


def _covered(linker: Any, plan: Plan, tables: Sequence[pl.DataFrame]) -> float:
    """The chance that a pair of one person shares at least one set of columns, fields independent of each other."""
    agreed = _agreement(linker, plan, tables)
    blocks = [{_whole(column, agreed) for column in block} for block in plan.blocks]
    columns = sorted(set.union(*blocks))
    found = 0.0
    for states in product((False, True), repeat=len(columns)):
        equal = dict(zip(columns, states, strict=True))
        if any(all(equal[column] for column in block) for block in blocks):
            found += prod(agreed[column] if equal[column] else 1 - agreed[column] for column in columns)
    return max(found, LEAST)


def _whole(column: str, agreed: dict[str, float]) -> str:
    """The field that a column is a part of (`birth_year` of `birth`): a part agrees at least where the field does."""
    return column if column in agreed else column.partition("_")[0]


def _agreement(linker: Any, plan: Plan, tables: Sequence[pl.DataFrame]) -> dict[str, float]:
    """The chance that a field of a pair of one person is given in both and the same in both."""
    model = linker.misc.save_model_to_json()
    found = {}
    for field, comparison in zip(plan.fields, model["comparisons"], strict=True):
        exact = next(level for level in comparison["comparison_levels"] if not level.get("is_null_level"))
        given = [1 - table[field.column].null_count() / max(table.height, 1) for table in (tables[0], tables[-1])]
        found[field.column] = float(exact.get("m_probability", 0.9)) * given[0] * given[1]
    return found
