"""Labels of the figures: periods, ages, sexes, regions with their boundary vintages, definitions.

These types describe what a figure refers to. They are small, immutable and compared by value; they
read no files and do no arithmetic on values.
"""

from __future__ import annotations

from qonys.spaces.ages import AgeGroup, is_partition
from qonys.spaces.definitions import COUNTS, Definition
from qonys.spaces.lineage import LineageRow, RegionLineage
from qonys.spaces.periods import Period
from qonys.spaces.regions import RegionSet, Vintage
from qonys.spaces.sexes import Sex

__all__ = [
    "COUNTS",
    "AgeGroup",
    "Definition",
    "LineageRow",
    "Period",
    "RegionLineage",
    "RegionSet",
    "Sex",
    "Vintage",
    "is_partition",
]
