"""The record of skill: coverage, gains, transforms, past fans, Kazakhstan's ages, past UN revisions, where it fails."""

from __future__ import annotations

import polars as pl

from qonys import words
from qonys.figures import over_time
from qonys.figures import skill as charts
from qonys.report.chapters.monitor import scored
from qonys.report.chapters.skill_regions import OURS, ahead, covered, gain, inside, name_of, regions
from qonys.report.context import Context
from qonys.report.document import Figure, Note, Paragraph, Section, Table

NEEDS = (
    "skill_ages", "skill_came", "skill_cells", "skill_country", "skill_fans", "skill_pit", "skill_summary", "skill_un",
    "skill_worse",
)  # fmt: skip
REGIONAL = ("skill_regions", "skill_regions_places", "skill_regions_worse")
TARGETS = ("net_migration", "population", "population_15_64")
PRINTED = (1, 10, 20)
RIVALS = ("autoregression", "last_rate", "last_count", "mean_5", "zero")
GROUPS = ("age_0_14", "age_15_64", "age_65")
COHORTS = ("cohorts", "cohorts_autoregression", "cohorts_zero", "mean_5")
FAR = 0.05
WORST, NEAR, OLDEST = 10, 5, 90


def build(context: Context) -> Section:
    """How such forecasts did."""
    blocks = (
        _missed(context),
        _coverage(context),
        context.paragraph(
            "skill.intro", n="skill.countries", origins="skill.origins", first="skill.first", last="skill.last",
            forecasts="skill.forecasts", rhat="skill.rhat",
        ),
        Note(context.say("skill.how")),
        _worse(context),
        _gains(context),
        context.paragraph("skill.width_text", n="skill.narrower", all="skill.goals"),
        _summary(context, "skill_summary", "skill.table").as_detail(),
        _pit_text(context),
        _pit(context),
        context.paragraph("skill.fans_text"),
        _fans(context, "population", 1e6),
        _fans(context, "net_migration", 1.0),
        _summary(context, "skill_country", "skill.country_table").as_detail(),
        _ages_text(context),
        _ages(context).as_detail(),
        _cells_text(context),
        *((context.paragraph("skill.un_text"), _un(context)) if context.results.table("skill_un").frame.height else ()),
        *(regions(context) if context.has(*REGIONAL) else ()),
        *scored(context),
        Note(context.say("projection.skill_note")),
    )  # fmt: skip
    return Section("skill", context.say("chapter.skill"), blocks)


def _horizons(frame: pl.DataFrame) -> list[int]:
    """Years ahead that the plan had forecast."""
    return [int(years) for years in frame["horizon"].unique().sort()]


def _nearest(frame: pl.DataFrame, years: int) -> int:
    """The horizon of the plan that is nearest to so many years.

    Examples
    --------
    >>> _nearest(pl.DataFrame({"horizon": [1, 7]}), 10)
    7

    """
    return min(_horizons(frame), key=lambda horizon: abs(horizon - years))


def _printed(frame: pl.DataFrame) -> pl.Expr:
    """Rows of the horizons that a table shows."""
    return pl.col("horizon").is_in([_nearest(frame, years) for years in PRINTED])


def _model(context: Context, model: str) -> str:
    return context.say(f"projection.model.{model}")


def _short(context: Context, model: str) -> str:
    return _model(context, model) if model == OURS else context.say(f"skill.rival.{model}")


def _missed(context: Context) -> Paragraph:
    """Which 80 % intervals held less than 75 or more than 85 %."""
    table = context.results.table("skill_summary").frame.filter(pl.col("model") == OURS)
    outside = table.filter(~pl.col("coverage_80").is_between(0.75, 0.85))
    if outside.is_empty():
        return context.paragraph("skill.missed_none", all="skill.goals")
    items = [
        context.say(
            "skill.missed_item", target=inside(name_of(context, row["target"])), years=ahead(context, row["horizon"]),
            share=words.percent(row["coverage_80"], context.language, 0),
        )
        for row in outside.iter_rows(named=True)
    ]  # fmt: skip
    good = str(table.height - outside.height)
    return context.paragraph(
        "skill.missed_text", good=good, all="skill.goals", list=context.say("skill.list_and").join(items)
    )


def _worse(context: Context) -> Paragraph:
    """Where the process is not surely better, in words."""
    worse = context.results.table("skill_worse").frame
    told = context.results.table("skill_un").frame.filter(pl.col("target") == "net_migration")
    revisions = told.filter(~(pl.col("skill_low") > 0))
    named = [(row, _model(context, row["model"])) for row in worse.iter_rows(named=True)]
    named += [(row, context.say(f"skill.source.{row['source']}")) for row in revisions.iter_rows(named=True)]
    items = [
        context.say(
            "skill.worse_item", target=inside(name_of(context, row["target"])), rival=rival,
            years=ahead(context, row["horizon"]), gain=gain(context, row),
        )
        for row, rival in named
    ]  # fmt: skip
    if not items:
        return context.paragraph("skill.worse_none", all="skill.comparisons")
    listed = context.say("skill.list_and").join(items)
    return context.paragraph("skill.worse_text", worse="skill.not_better", all="skill.comparisons", list=listed)


def _coverage(context: Context) -> Figure:
    table = context.results.table("skill_summary")
    ours = table.frame.filter(pl.col("model") == OURS)
    spec, ends = covered(context, ours, TARGETS)
    return Figure(
        "skill_coverage",
        context.picture(spec),
        context.say("skill.coverage.alt", **ends),
        context.say("skill.coverage.caption"),
        context.origin(table.sources, table.method),
        ours,
    )


def _gains(context: Context) -> Figure:
    table = context.results.table("skill_summary")
    rivals = table.frame.filter(pl.col("model") != OURS)
    rows = [
        {
            "facet": name_of(context, row["target"]), "rival": context.say(f"skill.rival.{row['model']}"),
            "horizon": ahead(context, row["horizon"]), "value": row["skill"], "low": row["skill_low"],
            "high": row["skill_high"],
        }
        for row in rivals.iter_rows(named=True)
    ]  # fmt: skip
    spec = charts.gains(
        context, pl.DataFrame(rows, infer_schema_length=None),
        [name_of(context, target) for target in TARGETS], [context.say(f"skill.rival.{model}") for model in RIVALS],
        [ahead(context, years) for years in _horizons(rivals)],
    )  # fmt: skip
    gains = rivals["skill"].to_numpy()
    low, high = (words.percent(float(value), context.language, 0) for value in (gains.min(), gains.max()))
    return Figure(
        "skill_gains",
        context.picture(spec),
        context.say("skill.gain.alt", low=low, high=high),
        context.say("skill.gain.caption"),
        context.origin(table.sources, table.method),
        rivals,
    )


def _pit_text(context: Context) -> Paragraph:
    frame = context.results.table("skill_pit").frame
    far = str(frame.filter(pl.col("probability") < FAR).height)
    return context.paragraph("skill.pit_text", far=far, all=str(frame.height))


def _pit(context: Context) -> Figure:
    table = context.results.table("skill_pit")
    bins = charts.BARS
    rows = [
        {
            "row": name_of(context, row["target"]), "column": ahead(context, row["horizon"]),
            "bin": (i + 0.5) / bins, "share": row[f"count_{i + 1}"] / row["n"],
        }
        for row in table.frame.iter_rows(named=True) for i in range(bins)
    ]  # fmt: skip
    spec = charts.histograms(
        context, pl.DataFrame(rows, infer_schema_length=None),
        [name_of(context, target) for target in TARGETS], [ahead(context, years) for years in _horizons(table.frame)],
    )  # fmt: skip
    return Figure(
        "skill_pit",
        context.picture(spec),
        context.say("skill.pit.alt"),
        context.say("skill.pit.caption"),
        context.origin(table.sources, table.method),
        table.frame,
    )


def _fans(context: Context, target: str, scale: float) -> Figure:
    table = context.results.table("skill_fans")
    came = context.results.table("skill_came").frame.filter(pl.col("target") == target)
    fans = table.frame.filter(pl.col("target") == target)
    origins = fans["origin"].unique().sort().to_list()
    far = max(_horizons(context.results.table("skill_summary").frame))
    facets = {origin: context.say("skill.from", year=origin) for origin in origins}
    name = pl.col("origin").replace_strict(facets, return_dtype=pl.String).alias("facet")
    bands = fans.select(name, "year", *(pl.col(f"q{q}") / scale for q in ("2.5", "10", "50", "90", "97.5")))
    known = came.select(pl.col("year").cast(bands.schema["year"]), pl.col("value") / scale)
    lines = [
        known.filter(pl.col("year").is_between(origin - 10, origin + far)).select(
            pl.lit(facets[origin]).alias("facet"), "year", "value"
        )
        for origin in origins
    ]
    kind = "population" if target == "population" else "net"
    spec = over_time.past_fans(
        context, bands, pl.concat(lines), context.say(f"skill.axis.{kind}"), list(facets.values())
    )
    first = fans.filter(pl.col("origin") == origins[0]).join(
        came.select(pl.col("year").cast(fans.schema["year"]), "value"), on="year"
    )
    out = first.filter(~pl.col("value").is_between("q2.5", "q97.5")).height
    return Figure(
        f"skill_fans_{kind}",
        context.picture(spec),
        context.say("skill.fans.alt", year=origins[0], out=context.say("skill.years", n=out, all=first.height)),
        context.say(f"skill.fans_{kind}.caption", levels=over_time.levels(context, bands.columns)),
        context.origin(table.sources, table.method),
        fans,
    )


def _summary(context: Context, name: str, caption: str) -> Table:
    """Measures by target, years ahead and model."""
    table = context.results.table(name)
    order = {model: place for place, model in enumerate((OURS, *RIVALS))}
    frame = table.frame.with_columns(place=pl.col("model").replace_strict(order, return_dtype=pl.Int64))
    rows = []
    for row in frame.filter(_printed(frame)).sort("target", "horizon", "place").iter_rows(named=True):
        certain = row["width_80"] == 0
        rows.append(
            (
                name_of(context, row["target"]),
                str(row["horizon"]),
                _short(context, row["model"]),
                "–" if certain else words.percent(row["coverage_80"], context.language, 0),
                "–" if certain else words.number(row["width_80"], context.language, 1),
                "–" if row["width_equal"] is None else words.number(row["width_equal"], context.language, 1),
                words.number(row["crps"], context.language, 2),
                "–" if row["mape"] is None else words.number(row["mape"], context.language, 1),
                "–" if row["malpe"] is None else words.number(row["malpe"], context.language, 1, plus=True),
                "–" if row["model"] == OURS else gain(context, row),
            )
        )
    head = ("skill.column.target", "projection.column.horizon", "projection.column.model", "projection.column.coverage",
            "projection.column.width", "skill.column.equal", "projection.column.crps", "skill.column.mape",
            "skill.column.malpe", "projection.column.skill")  # fmt: skip
    return Table(
        name,
        tuple(context.say(key) for key in head),
        tuple(rows),
        "lrlrrrrrrr",
        context.say(caption),
        context.origin(table.sources, table.method),
        table.frame,
    )


def _ages_text(context: Context) -> Paragraph:
    """What the intervals of the age groups held a few years ahead."""
    frame = context.results.table("skill_ages").frame
    near = _nearest(frame, NEAR)
    part = frame.filter((pl.col("model") == COHORTS[0]) & (pl.col("horizon") == near))
    held = dict(part.select("target", "coverage_80").rows())
    shown = {group: words.percent(held[group], context.language, 0) for group in GROUPS}
    return context.paragraph(
        "skill.ages_text", years=ahead(context, near), young=shown["age_0_14"], work=shown["age_15_64"],
        old=shown["age_65"],
    )  # fmt: skip


def _revisions(frame: pl.DataFrame) -> list[str]:
    """Models of ages that are neither ours nor rivals: revisions of the United Nations."""
    return sorted(set(frame["model"]) - {*COHORTS, *RIVALS})


def _ages(context: Context) -> Table:
    table = context.results.table("skill_ages")
    shown = (*COHORTS, *_revisions(table.frame))
    groups, models = ({name: place for place, name in enumerate(names)} for names in (GROUPS, shown))
    frame = table.frame.filter(pl.col("target").is_in(GROUPS) & _printed(table.frame)).with_columns(
        group=pl.col("target").replace_strict(groups, default=None, return_dtype=pl.Int64),
        place=pl.col("model").replace_strict(models, default=None, return_dtype=pl.Int64),
    )
    rows = [
        (
            name_of(context, row["target"]),
            str(row["horizon"]),
            context.say(f"skill.model.{row['model']}"),
            str(row["n"]),
            "–" if row["width_80"] == 0 else words.percent(row["coverage_80"], context.language, 0),
            words.number(row["crps"], context.language, 2),
            words.number(row["mape"], context.language, 1),
            words.number(row["malpe"], context.language, 1, plus=True),
        )
        for row in frame.sort("group", "horizon", "place").iter_rows(named=True)
    ]
    head = ("skill.column.target", "projection.column.horizon", "projection.column.model", "skill.column.n",
            "projection.column.coverage", "projection.column.crps", "skill.column.mape",
            "skill.column.malpe")  # fmt: skip
    return Table(
        "skill_ages",
        tuple(context.say(key) for key in head),
        tuple(rows),
        "lrlrrrrr",
        context.say("skill.ages_table"),
        context.origin(table.sources, table.method),
        table.frame,
    )


def _cells_text(context: Context) -> Paragraph:
    every = context.results.table("skill_cells").frame
    years = _nearest(every, WORST)
    frame = every.filter((pl.col("horizon") == years) & (pl.col("age_start") < OLDEST))
    worst = frame.sort("mape", descending=True).row(0, named=True)
    age = words.year_range(worst["age_start"], worst["age_start"] + 4)
    value = words.number(worst["mape"], context.language, 0)
    return context.paragraph("skill.cells_text", worst=value, age=age, years=ahead(context, years))


def _un(context: Context) -> Table:
    table = context.results.table("skill_un")
    rows = []
    for row in table.frame.iter_rows(named=True):
        held = [words.percent(row["coverage_ours"], context.language, 0)]
        theirs = row["coverage_theirs"]
        held.append("–" if theirs is None else words.percent(theirs, context.language, 0))
        rows.append(
            (
                context.say(f"skill.source.{row['source']}"),
                name_of(context, row["target"]),
                str(row["horizon"]),
                str(row["n"]),
                context.say(f"skill.measure.{row['measure']}"),
                words.number(row["ours"], context.language, 2),
                words.number(row["theirs"], context.language, 2),
                gain(context, row),
                " / ".join(held),
            )
        )
    head = ("skill.column.source", "skill.column.target", "projection.column.horizon", "skill.column.n",
            "skill.column.measure", "skill.column.ours", "skill.column.theirs", "projection.column.skill",
            "skill.column.held_both")  # fmt: skip
    return Table(
        "skill_un",
        tuple(context.say(key) for key in head),
        tuple(rows),
        "llrrlrrrr",
        context.say("skill.un_table"),
        context.origin(table.sources, table.method),
        table.frame,
    )
