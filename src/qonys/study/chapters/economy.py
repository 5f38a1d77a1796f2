"""Economic consequences: money sent, doctors and teachers, and how towns bear arrivals, as far as figures go."""

from __future__ import annotations

import polars as pl

from qonys import inputs
from qonys.catalog import Pack
from qonys.study.analyses import towns
from qonys.study.runs.dates import dated
from qonys.study.runs.results import PUBLISHED, Number, Results, TableResult

RANK = 3
MONEY = ("remittances_paid", "remittances_received")
PRODUCT = "gross_domestic_product"
MEDICAL = "medical"
ASSOCIATED = "explanation.association.association"
RANKED = "measurement.association.rank_correlation"
NET, MOVES = "regional_net_migration", "internal_od"
CONDITIONS = (towns.UNEMPLOYMENT[0], towns.FAILING, towns.HOUSING)
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
        dated("economy", {"economy.medical_period": period}),
        Number("economy.medical_left", persons, "persons", rank=RANK, sources=table.sources),
        Number("economy.medical_bound", THOUSAND * persons / doctors, "per_1000", rank=RANK, sources=used),
    )


def _towns(pack: Pack, results: Results) -> None:
    """Net migration and arrivals of regions beside unemployment and housing, by region and year; recorded offences."""
    vintage = str(pack.vintages().sort("order")["vintage"][0])
    residents = towns.people(pack, vintage)
    stored = results.table(NET)
    net = stored.frame.filter(~pl.col("recount")).select(
        pl.col("year").cast(pl.Int64), place="region", factor="rate"
    )  # fmt: skip
    conditions = towns.outcomes(pack, vintage, residents)
    names = [name for name in CONDITIONS if not inputs.available(pack, (name,))]
    if conditions:
        _add(results, "towns", towns.panel(net, conditions), _with(stored.sources, pack, names))
    if conditions and not inputs.available(pack, (MOVES,)):
        came = towns.panel(towns.arrivals(pack, vintage, residents), conditions)
        _add(results, "arrivals", came, _with((), pack, [*names, MOVES]))
    if inputs.available(pack, (towns.OFFENCES,)):
        return
    frame = towns.offences(pack, vintage, residents, net)
    if frame.is_empty():
        return
    ranked = towns.offences_ranked(frame)
    year = int(str(frame["year"].max()))
    told = [name for name in (towns.OFFENCES, towns.ARRIVALS) if not inputs.available(pack, (name,))]
    used = (pl.col("year") == year) & (pl.col("region") != pack.whole)
    behind = [source for name in told for source in inputs.rows(pack, name).filter(used)["source"]]
    sources = tuple(sorted({*stored.sources, *behind}))
    ends = frame.sort("rate").select("place", "rate").rows()
    results.add(
        TableResult("offences", frame, "per_10000", RANK, sources, PUBLISHED),
        TableResult("offences_ranked", ranked, "ratio", RANK, sources, RANKED),
        Number("economy.offences_year", year, "year"),
        Number("economy.offences_least", ends[0][1], "per_10000", rank=RANK, sources=sources),
        Number("economy.offences_most", ends[-1][1], "per_10000", rank=RANK, sources=sources),
        *(
            Number(f"economy.offences.{row['factor']}", row["value"], "ratio", row["low"], row["high"], RANK, sources,
                   RANKED)
            for row in ranked.iter_rows(named=True)
        ),
    )  # fmt: skip


def _with(sources: tuple[str, ...], pack: Pack, names: list[str]) -> tuple[str, ...]:
    """Sources, and those of the figures `names`."""
    return tuple(sorted({*sources, *inputs.sources_of(pack, tuple(names))}))


def _add(results: Results, name: str, frame: pl.DataFrame, sources: tuple[str, ...]) -> None:
    """Add a table of associations and a number for each of its outcomes."""
    results.add(
        TableResult("towns" if name == "towns" else f"towns_{name}", frame, "as_measure", RANK, sources, ASSOCIATED),
        *(
            Number(f"economy.{name}.{row['outcome']}", row["value"], "ratio", row["low"], row["high"], RANK, sources,
                   ASSOCIATED)
            for row in frame.iter_rows(named=True)
        ),
        *(
            Number(f"economy.{name}_{end}.{row['outcome']}", row[end], "year")
            for row in frame.iter_rows(named=True)
            for end in ("first", "last")
        ),
    )  # fmt: skip
