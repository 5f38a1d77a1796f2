"""Forms of migration: twelve simulated moves labelled by rules."""

from __future__ import annotations

import polars as pl

from qonys.catalog import Pack
from qonys.catalog.country import country_declaration
from qonys.course.exercise import Exercise, LabTable, Right
from qonys.measurement.typology.classify import classify

ABROAD, THIRD = "XXX", "ZZZ"
HEAD = ("move", "origin_country", "destination_country", "citizenship", "cause", "legal_status", "stay_months")
RESIDENT, SHORTER = 12.0, 6.0
SHUTTLE, BORDERLINE = 3, 5
FORMS = ("repatriation", "labour", "commercial", "refugee", "irregular", "return", "social", "transit")
CLASSES = ("internal", "immigrant_foreign", "emigrant_national", "temporary_in")


def simulated(home: str) -> tuple[tuple[object, ...], ...]:
    """Moves that nobody made, columns of `HEAD`; `home`: the reporting country."""
    return (
        (1, ABROAD, home, ABROAD, "ethnic", "regular", 60),
        (2, ABROAD, home, ABROAD, "labour", "work_permit", 18),
        (3, ABROAD, home, ABROAD, "commercial", "visa_free", 1),
        (4, home, ABROAD, home, "education", "regular", 48),
        (5, ABROAD, home, ABROAD, "labour", "work_permit", 8),
        (6, ABROAD, home, ABROAD, "labour", "overstay", 14),
        (7, home, home, home, "economic", "citizen", 24),
        (8, ABROAD, home, ABROAD, "conflict", "protected", 20),
        (9, home, ABROAD, home, "family", "regular", 120),
        (10, home, home, home, "ecological", "citizen", 36),
        (11, ABROAD, home, home, "family", "citizen", 40),
        (12, ABROAD, THIRD, ABROAD, "labour", "regular", 12),
    )


def moves(pack: Pack) -> LabTable:
    """The simulated moves into, out of and within the country of the pack."""
    home = str(pack.country["iso3"])
    return LabTable(pl.DataFrame(simulated(home), schema=HEAD, orient="row"))


def classified(pack: Pack, months: float = RESIDENT) -> pl.DataFrame:
    """The moves with form and class of the United Nations framework; `months`: stay from which one is a resident."""
    found: pl.DataFrame = pack.cached(f"lab forms:{months}", lambda: _classified(pack, months))
    return found


def _classified(pack: Pack, months: float) -> pl.DataFrame:
    kin = country_declaration(pack).kin
    frame = moves(pack).frame
    records = frame.drop("move").with_columns(ethnic_group=pl.when(frame["move"] == 1).then(pl.lit(kin)))
    return classify(records, str(pack.country["iso3"]), kin_groups=[kin] if kin else [], resident_months=months)


def immigrants(frame: pl.DataFrame) -> int:
    """How many moves make an immigrant, whatever the citizenship."""
    return int(frame["un_class"].cast(pl.String).str.starts_with("immigrant").sum())


def _form_of(number: int, pack: Pack) -> str:
    return str(classified(pack)["form"][number - 1])


def form_of_trade(pack: Pack) -> Right:
    """The form of the trading trip."""
    return Right(_form_of(SHUTTLE, pack), 0.0, {"move": SHUTTLE})


def class_of_short_work(pack: Pack) -> Right:
    """The class of the worker who stays less than a year."""
    return Right(str(classified(pack)["un_class"][BORDERLINE - 1]), 0.0, {"move": BORDERLINE})


def gained(pack: Pack) -> Right:
    """How many more immigrants there are when half a year makes a resident."""
    more = immigrants(classified(pack, SHORTER)) - immigrants(classified(pack))
    return Right(float(more), 0.5, {"months": int(SHORTER), "year": int(RESIDENT)})


def _in_all(pack: Pack) -> float:
    return float(immigrants(classified(pack, SHORTER)))


def _arrivals(pack: Pack) -> float:
    home = str(pack.country["iso3"])
    crossed = (pl.col("origin_country") != home) & (pl.col("destination_country") == home)
    return float(moves(pack).frame.filter(crossed).height)


EXERCISES = (
    Exercise("forms-1", form_of_trade, mistakes={"labour": lambda pack: "labour"}, options=lambda pack: FORMS),
    Exercise(
        "forms-2",
        class_of_short_work,
        mistakes={"resident": lambda pack: "immigrant_foreign"},
        options=lambda pack: CLASSES,
    ),
    Exercise("forms-3", gained, "moves", mistakes={"in_all": _in_all, "arrivals": _arrivals}),
)
TABLES = {"moves": moves}
