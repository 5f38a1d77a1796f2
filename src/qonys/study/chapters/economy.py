"""Economic consequences: money sent, doctors and teachers, and how towns bear arrivals, as far as figures go."""

from __future__ import annotations

import polars as pl

from qonys import inputs
from qonys.catalog import Pack
from qonys.explanation.association import association
from qonys.inputs import series
from qonys.study.factors.covariates import goals_of, per_head, summed, unemployment, weights_of
from qonys.study.runs.results import PUBLISHED, Number, Results, TableResult

RANK = 3
MONEY = ("remittances_paid", "remittances_received")
PRODUCT = "gross_domestic_product"
MEDICAL = "medical"
ASSOCIATED = "explanation.association.association"
FAILING, NET = "people_in_failing_buildings", "regional_net_migration"
THOUSAND = 1000.0


def compute(pack: Pack, results: Results) -> None:
    """Add what the figures of the pack allow of each."""
    if not inputs.available(pack, (*MONEY, PRODUCT)):
        with results.part():
            _money(pack, results)
    if not inputs.available(pack, ("physicians", "teachers", "mid_year_population")):
        with results.part():
            _services(pack, results)
    if results.has_table(NET):
        with results.part():
            _towns(pack, results)


def shares_of_product(paid: pl.DataFrame, received: pl.DataFrame, product: pl.DataFrame) -> pl.DataFrame:
    """Money sent and received by year as shares of the product: year, paid, received, in per cent of it.

    Each frame: year, value, in one currency at current prices.
    """
    both = paid.select("year", paid="value").join(received.select("year", received="value"), on="year")
    whole = both.join(product.select("year", product="value"), on="year").sort("year")
    parts = ((100 * pl.col(name) / pl.col("product")).alias(name) for name in ("paid", "received"))
    return whole.select("year", *parts)


def payer_since(frame: pl.DataFrame) -> int | None:
    """First year from which more is sent than received in each year to the last; None where it is not so at the end.

    Examples
    --------
    >>> payer_since(pl.DataFrame({"year": [1, 2, 3], "paid": [1.0, 2.0, 3.0], "received": [2.0, 1.0, 1.0]}))
    2

    """
    other = frame.filter(pl.col("paid") <= pl.col("received"))["year"]
    rest = frame.filter(pl.col("year") > (int(str(other.max())) if len(other) else -1))
    return None if rest.is_empty() else int(rest["year"][0])


def _money(pack: Pack, results: Results) -> None:
    frames = [inputs.chosen(pack, name) for name in (*MONEY, PRODUCT)]
    shares, sources = shares_of_product(*frames), inputs.sources_of(pack, (*MONEY, PRODUCT))
    last, since = shares.row(-1, named=True), payer_since(shares)
    results.add(
        TableResult("remittances", shares, "percent", RANK, sources, "study.chapters.economy.shares_of_product"),
        Number("economy.money_year", int(last["year"]), "year"),
        *(
            Number(f"economy.{name}.{int(last['year'])}", last[name] / 100, "share", rank=RANK, sources=sources)
            for name in ("paid", "received")
        ),
        *(() if since is None else (Number("economy.payer_since", since, "year"),)),
    )


def _services(pack: Pack, results: Results) -> None:
    people = dict(inputs.chosen(pack, "mid_year_population").select("year", "value").iter_rows())
    doctors = inputs.chosen(pack, "physicians").select("year", "value").sort("year")
    teachers = inputs.rows(pack, "teachers").filter(pl.col("indicator") == "teachers_primary").select("year", "value")
    taught = teachers.with_columns(
        value=THOUSAND * pl.col("value") / pl.col("year").replace_strict(people, default=None)
    ).drop_nulls()
    sides = {"physicians": doctors, "teachers_primary": taught}
    table = pl.concat(
        frame.select(pl.lit(name).alias("measure"), "year", "value").sort("year") for name, frame in sides.items()
    )
    sources = inputs.sources_of(pack, ("physicians", "teachers", "mid_year_population"))
    least = int(doctors.sort("value", "year")["year"][0])
    years = {"first": int(doctors["year"][0]), "least": least, "last": int(doctors["year"][-1])}
    rates = dict(doctors.iter_rows())
    results.add(
        TableResult("services", table, "per_1000", RANK, sources, PUBLISHED),
        *(Number(f"economy.physicians_{name}", year, "year") for name, year in years.items()),
        *(
            Number(f"economy.physicians.{year}", rates[year], "per_1000", rank=RANK, sources=sources, shown="two")
            for year in dict.fromkeys(years.values())
        ),
    )
    if results.has_table("leavers_speciality"):
        _medical(results, rates, people, sources)


def _medical(results: Results, rates: dict[int, float], people: dict[int, float], sources: tuple[str, ...]) -> None:
    """Emigrants with a medical speciality, also per 1,000 physicians: an upper bound, as nurses are among them."""
    table = results.table("leavers_speciality")
    left = table.frame.filter(pl.col("speciality") == MEDICAL).sort("period")
    if left.is_empty():
        return
    period, persons = str(left["period"][-1]), float(left["persons"][-1])
    year = min(int(period[:4]), max(rates), max(people))
    doctors = rates[year] / THOUSAND * people[year]
    used = tuple(sorted({*sources, *table.sources}))
    results.add(
        Number("economy.medical_left", persons, "persons", rank=RANK, sources=table.sources),
        Number("economy.medical_bound", THOUSAND * persons / doctors, "per_1000", rank=RANK, sources=used),
    )


def _towns(pack: Pack, results: Results) -> None:
    """Net migration of regions beside unemployment and people in failing buildings, by region and year."""
    vintage = str(pack.vintages().sort("order")["vintage"][0])
    net = results.table(NET)
    moved = net.frame.filter(~pl.col("recount")).select("year", place="region", net="rate")
    outcomes: dict[str, pl.DataFrame] = {}
    if not inputs.available(pack, ("unemployment_rate", "unemployment_rate_quarter", "unemployment_rate_goals")):
        outcomes["unemployment"] = per_head(pack, unemployment(pack), weights_of(pack), vintage)
    if not inputs.available(pack, (FAILING,)):
        outcomes["failing"] = _failing(pack, vintage)
    rows = []
    for name, values in outcomes.items():
        frame = moved.join(values.select("year", place="region", outcome="value"), on=["year", "place"])
        found = association(frame, "outcome", "net")
        rows.append({"outcome": name} | vars(found))
    if rows:
        figures = ("unemployment_rate", FAILING)
        sources = tuple(sorted({*net.sources, *inputs.sources_of(pack, figures)}))
        results.add(
            TableResult("towns", pl.DataFrame(rows), "as_measure", RANK, sources, ASSOCIATED),
            *(
                Number(
                    f"economy.towns.{row['outcome']}", row["value"], "ratio", row["low"], row["high"], RANK, sources,
                    ASSOCIATED,
                )
                for row in rows
            ),
        )  # fmt: skip


def _failing(pack: Pack, vintage: str) -> pl.DataFrame:
    """People in failing buildings per 1,000 residents: year, region, value."""
    counted = summed(pack, goals_of(pack, FAILING), vintage)
    population, _, _ = series.regional_years(pack, vintage)
    people = pl.DataFrame(
        [
            {"year": int(str(year)), "region": str(region), "people": float(population.values[i, j])}
            for i, year in enumerate(population.axis("time").labels)
            for j, region in enumerate(population.axis("region").labels)
        ]
    )
    joined = counted.join(people, on=["year", "region"])
    return joined.select("year", "region", value=THOUSAND * pl.col("value") / pl.col("people"))
