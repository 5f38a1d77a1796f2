"""Figures by age of one country: population, mortality and fertility in the age groups of the pack's tables."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Context, Decimal

from qonys.catalog.packing.periods import LENGTH, Row, mid_year_mean, period_row, status_of_year, whole_periods
from qonys.catalog.packing.published import written
from qonys.catalog.packing.wpp import Figure, Readings
from qonys.errors import BadInput

OPEN, OPEN_SPAN = 100, -1
THOUSAND = Decimal(1000)
FIVES = (*((start, 5) for start in range(0, OPEN, 5)), (OPEN, OPEN_SPAN))
SINGLES = (*((start, 1) for start in range(OPEN)), (OPEN, OPEN_SPAN))
LIFE_FIVES = ((0, 1), (1, 4), *FIVES[1:])
CHILDBEARING = tuple(range(15, 50, 5))
SEXES = ("female", "male")
DIGITS = Context(prec=12)
JANUARY_NOTE = "mean of two 1 January populations"
Group = tuple[int, int]
People = dict[tuple[int, str], dict[int, Figure]]


def population(readings: Readings, country: str) -> tuple[People, bool]:
    """Mid-year population in thousands by (year, sex) and first age of five years, open at 100.

    The second value says whether it was made from populations of 1 January: the mean of two of them, as the United
    Nations themselves go from one to the other.

    Raises
    ------
    BadInput
        An age is missing in a year.

    """
    july = _fives(readings, "july", country)
    if july:
        return july, False
    january = _fives(readings, "january", country)
    found: People = {}
    for (year, sex), ages in january.items():
        later = january.get((year + 1, sex))
        if later is not None:
            found[year, sex] = {
                start: Figure((figure.value + later[start].value) / 2, figure.source, figure.path, figure.row, "")
                for start, figure in ages.items()
            }
    return found, True


def _fives(readings: Readings, basis: str, country: str) -> People:
    held = readings.ages.get((basis, country), {})
    return {key: _five_year_groups(key, ages) for key, ages in sorted(held.items())}


def _five_year_groups(key: tuple[int, str], ages: Mapping[Group, Figure]) -> dict[int, Figure]:
    """One year and sex in groups of five years, published so or summed from single ages."""
    if (0, 5) in ages:
        _complete(ages, FIVES, key)
        return {start: ages[start, span] for start, span in FIVES}
    _complete(ages, SINGLES, key)
    found = {}
    for start, span in FIVES:
        parts = [ages[OPEN, OPEN_SPAN]] if span == OPEN_SPAN else [ages[age, 1] for age in range(start, start + span)]
        total = sum((part.value for part in parts), Decimal(0))
        found[start] = Figure(total, parts[0].source, parts[0].path, parts[0].row, parts[0].column)
    return found


def _complete(ages: Mapping[Group, Figure], needed: tuple[Group, ...], key: tuple[int, str]) -> None:
    """Refuse a year and sex that lacks an age."""
    missing = next((group for group in needed if group not in ages), None)
    if missing is not None:
        path = next(iter(ages.values())).path
        raise BadInput("packing.wpp.age_missing", path=path, year=key[0], sex=key[1], age=missing[0], span=missing[1])


def working_age(people: People) -> dict[int, Decimal]:
    """Persons aged 15 to 64 by year, thousands."""
    years = {year for year, _ in people}
    return {
        year: sum((people[year, sex][start].value for sex in SEXES for start in range(15, 65, 5)), Decimal(0))
        for year in sorted(years)
        if all((year, sex) in people for sex in SEXES)
    }


def population_rows(people: People, january: bool, first_projected: int) -> list[Row]:
    """Rows of `population_age_sex`: persons; the open group has no last age."""
    return [
        {
            "year": str(year), "sex": sex, "age_start": str(start),
            "age_end": "" if start == OPEN else str(start + LENGTH - 1),
            "value": written(figure.value * THOUSAND), "unit": "persons",
            "status": status_of_year(year, first_projected), "source": figure.source,
            "note": JANUARY_NOTE if january else "",
        }
        for (year, sex), ages in sorted(people.items())
        for start, figure in ages.items()
    ]  # fmt: skip


def mortality_rows(readings: Readings, first_projected: int) -> list[Row]:
    """Rows of `mortality_age`: deaths per person-year by sex and age in five-year periods.

    Complete life tables are brought to the ages 0, 1-4, 5-9, ... by the deaths and years lived of the table:
    nMx = sum of dx / sum of Lx (Preston, Heuveline and Guillot 2001, equation 3.9).

    Raises
    ------
    BadInput
        An age is missing, or one of the sexes.

    """
    by_year: dict[tuple[int, str], dict[Group, dict[str, Figure]]] = {}
    for (year, sex, start, span), figures in readings.life.items():
        by_year.setdefault((year, sex), {})[start, span] = figures
    tables = {key: _abridged(key, ages) for key, ages in sorted(by_year.items())}
    for sex in SEXES:
        if tables and not any(held == sex for _, held in tables):
            raise BadInput("packing.wpp.sex_missing", path=_path_of(readings), sex=sex)
    rows = []
    for sex in sorted({sex for _, sex in tables}):
        for start in whole_periods({year for year, held in tables if held == sex}):
            for age, _ in LIFE_FIVES:
                rates = {year: tables[year, sex][age] for year in range(start, start + LENGTH + 1)}
                mean = mid_year_mean({year: rate.value for year, rate in rates.items()}, start)
                rows.append({
                    **period_row(start, first_projected, rates), "sex": sex, "age_start": str(age),
                    "value": written(DIGITS.plus(mean)), "unit": "deaths_per_person_year",
                })  # fmt: skip
    return rows


def _path_of(readings: Readings) -> str:
    return next(iter(next(iter(readings.life.values())).values())).path


def _abridged(key: tuple[int, str], ages: Mapping[Group, dict[str, Figure]]) -> dict[int, Figure]:
    """Death rates of one life table by first age."""
    rates = {group: figures["mx"] for group, figures in ages.items()}
    if (1, 4) in ages:
        _complete(rates, LIFE_FIVES, key)
        return {start: rates[start, span] for start, span in LIFE_FIVES}
    _complete(rates, SINGLES, key)
    found = {}
    for start, span in LIFE_FIVES:
        parts = [ages[age, 1 if age < OPEN else OPEN_SPAN] for age in range(start, start + max(span, 1))]
        rate = parts[0]["mx"]
        if len(parts) > 1:
            if not all({"dx", "Lx"} <= set(part) for part in parts):
                raise BadInput("packing.heading.missing", path=rate.path, row=1, columns="“dx”, “Lx”")
            deaths, lived = (sum((part[name].value for part in parts), Decimal(0)) for name in ("dx", "Lx"))
            if not lived:
                first = parts[0]["Lx"]
                raise BadInput("packing.cell.least", path=first.path, row=first.row, column="Lx", value=0, least=1)
            rate = Figure(DIGITS.divide(deaths, lived), rate.source, rate.path, rate.row, rate.column)
        found[start] = rate
    return found


def fertility_rows(readings: Readings, first_projected: int) -> list[Row]:
    """Rows of `fertility_age`: births per woman and year at 15-19 ... 45-49 in five-year periods.

    `tfr` is the sum over all ages of the file, 10-14 and 50-54 among them where it has them, so the shares of the
    table may sum to a little less than 100. Rates of single years of age are averaged over the five ages of a group,
    which keeps their sum.

    Raises
    ------
    BadInput
        An age between 15 and 49 is missing in a year.

    """
    by_year: dict[int, dict[Group, Figure]] = {}
    for (year, start, span), figure in readings.fertility.items():
        by_year.setdefault(year, {})[start, span] = figure
    rates = {year: _fertility_groups(year, ages) for year, ages in sorted(by_year.items())}
    totals = {
        year: sum((figure.value * _width(ages, span) for (_, span), figure in ages.items()), Decimal(0)) / THOUSAND
        for year, ages in by_year.items()
    }
    rows = []
    for start in whole_periods(set(rates)):
        tfr = mid_year_mean(totals, start)
        for age in CHILDBEARING:
            figures = {year: rates[year][age] for year in range(start, start + LENGTH + 1)}
            rate = mid_year_mean({year: figure.value for year, figure in figures.items()}, start) / THOUSAND
            share = DIGITS.divide(100 * LENGTH * rate, tfr) if tfr else Decimal(0)
            rows.append({
                **period_row(start, first_projected, figures), "age_start": str(age), "age_end": str(age + LENGTH - 1),
                "percent_of_tfr": written(share.quantize(Decimal("0.00001"))), "tfr": written(DIGITS.plus(tfr)),
                "value": written(DIGITS.plus(rate)), "unit": "births_per_woman_year",
            })  # fmt: skip
    return rows


def _width(ages: Mapping[Group, Figure], span: int) -> int:
    """Years of age for which a rate counts; where a year has both, five-year groups count and single ages do not."""
    fives = any(width == LENGTH for _, width in ages)
    return span if (span == LENGTH) == fives else 0


def _fertility_groups(year: int, ages: Mapping[Group, Figure]) -> dict[int, Figure]:
    both = (year, "female")
    if any(span == LENGTH for _, span in ages):
        _complete(ages, tuple((start, LENGTH) for start in CHILDBEARING), both)
        return {start: ages[start, LENGTH] for start in CHILDBEARING}
    _complete(ages, tuple((start, 1) for start in range(15, 50)), both)
    found = {}
    for start in CHILDBEARING:
        parts = [ages[age, 1] for age in range(start, start + LENGTH)]
        mean = sum((part.value for part in parts), Decimal(0)) / LENGTH
        found[start] = Figure(mean, parts[0].source, parts[0].path, parts[0].row, parts[0].column)
    return found
