"""Published survey results with what is not said about them; and, simulated, what microdata would let one say."""

from __future__ import annotations

import polars as pl

from qonys import inputs
from qonys.catalog import Pack
from qonys.study.analyses.simulated_survey import margins_of
from qonys.study.runs.results import Number, Results, TableResult
from qonys.surveys.adaptation import Domain, adaptation
from qonys.surveys.classes import choose_classes, class_table, patterns_of
from qonys.surveys.correspondence import correspondence
from qonys.surveys.design import Design
from qonys.surveys.differences import corrected, shares_by_group
from qonys.surveys.differences import differences as differing
from qonys.surveys.published import FLAGS, GRADES, graded
from qonys.surveys.reading import Microdata
from qonys.surveys.simulated import ITEMS, MOTIVES, simulate

RANK = 3
DESIGN = Design("weight", "stratum", "cluster")
FIRST_WAVE = 1
DOMAINS = {
    name: Domain(tuple(item for item in ITEMS if item.rpartition("_")[0] == name), 1, 5)
    for name in dict.fromkeys(item.rpartition("_")[0] for item in ITEMS)
}


def compute(pack: Pack, results: Results) -> None:
    """Add the graded collection, counts of what is missing, and tables of the simulated survey."""
    with results.part():
        _published(pack, results)
    with results.part():
        _simulated(pack, results)


def _published(pack: Pack, results: Results) -> None:
    """The graded collection and counts of what is missing."""
    collection = graded(inputs.rows(pack, "survey_results"))
    sources = tuple(sorted(set(collection["source"])))
    results.add(
        TableResult("survey_published", collection, "share", RANK, sources, "surveys.published.graded"),
        Number("motives.results", float(collection.height), "count"),
        Number("motives.surveys", float(collection["survey"].n_unique()), "count"),
        Number("motives.with_number", float(collection["n"].is_not_null().sum()), "count"),
        Number("motives.local", float(_local(collection)), "count"),
        *(Number(f"motives.{grade}", float((collection["grade"] == grade).sum()), "count") for grade in GRADES),
        TableResult("survey_flags", _flags(collection), "count", RANK, sources, "surveys.published.graded"),
    )


def _local(collection: pl.DataFrame) -> int:
    """Results whose stated number of respondents is that of residents of the country."""
    abroad = collection["population_asked"].str.contains("countries")
    return int((collection["n"].is_not_null() & ~abroad).sum())


def _flags(collection: pl.DataFrame) -> pl.DataFrame:
    """How many results and surveys carry each flag."""
    rows = []
    for flag in FLAGS:
        marked = collection.filter(pl.col("flags").str.split(",").list.contains(flag))
        if marked.height:
            rows.append((flag, marked.height, marked["survey"].n_unique()))
    return pl.DataFrame(rows, schema=["flag", "results", "surveys"], orient="row")


def _simulated(pack: Pack, results: Results) -> None:
    """Differences of motives between made-up groups, classes, map and adaptation of the simulated survey."""
    frame = simulate(margins_of(pack))
    data = Microdata(frame.filter(pl.col("wave") == FIRST_WAVE))
    tests = corrected(
        pl.concat(
            [
                differing(data, DESIGN, motive, "ethnic_group")
                .filter(pl.col("answer") == "yes")
                .select(pl.lit(motive).alias("motive"), pl.all().exclude("answer", "p_holm", "p_bh"))
                for motive in MOTIVES
            ]
        )
    )
    patterns, answers = patterns_of(data, DESIGN, MOTIVES)
    fits, models = choose_classes(patterns, 4)
    best = models[int(fits["bic"].arg_min() or 0)]
    adapted = adaptation(data, DESIGN, DOMAINS, "settler", "native")
    simulated: tuple[str, ...] = ()
    results.add(
        TableResult(
            "simulated_motives", _shares(data), "share", RANK, simulated, "surveys.differences.shares_by_group"
        ),
        TableResult("simulated_tests", tests, "share", RANK, simulated, "surveys.differences.differences"),
        TableResult("simulated_fits", fits, "ratio", RANK, simulated, "surveys.classes.choose_classes"),
        TableResult(
            "simulated_classes", class_table(best, MOTIVES, answers), "share", RANK, simulated,
            "surveys.classes.fit_classes",
        ),
        TableResult(
            "simulated_map", correspondence(data, DESIGN, ["age_group", "occupation", *MOTIVES]).points, "ratio", RANK,
            simulated, "surveys.correspondence.correspondence",
        ),
        TableResult("simulated_adaptation", adapted.table, "ratio", RANK, simulated, "surveys.adaptation.adaptation"),
        TableResult("simulated_reliability", adapted.reliability, "ratio", RANK, simulated, "surveys.adaptation.alpha"),
        Number("motives.simulated_found", float((tests["p_holm"] < 0.05).sum()), "count"),
        Number("motives.simulated_tests", float(tests.height), "count"),
        Number("motives.simulated_n", float(data.frame.height), "count"),
    )  # fmt: skip


def _shares(data: Microdata) -> pl.DataFrame:
    """Share who name each motive, by group, with 95 % intervals of the design."""
    rows = []
    for motive in MOTIVES:
        found = shares_by_group(data, DESIGN, motive, "ethnic_group")
        k = found.answers.index("yes")
        for g, group in enumerate(found.groups):
            place = g * len(found.answers) + k
            se = float(found.covariance[place, place]) ** 0.5
            share = float(found.shares[g, k])
            rows.append((motive, group, max(0.0, share - 1.96 * se), share, min(1.0, share + 1.96 * se)))
    return pl.DataFrame(rows, schema=["motive", "group", "low", "share", "high"], orient="row")
