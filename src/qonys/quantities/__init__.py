"""Typed, labelled, immutable quantities: the common data type of the scientific modules."""

from qonys.quantities.axes import Axis
from qonys.quantities.identities import BalanceReport, balance
from qonys.quantities.quantity import Lineage, Quantity, SourceRow, TableRows
from qonys.quantities.types import Flows, Indicator, Population, Rates, Series, Stock

__all__ = [
    "Axis",
    "BalanceReport",
    "Flows",
    "Indicator",
    "Lineage",
    "Population",
    "Quantity",
    "Rates",
    "Series",
    "SourceRow",
    "Stock",
    "TableRows",
    "balance",
]
