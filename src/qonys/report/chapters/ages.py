"""Net migration by age and sex, and the model schedule of the years of loss."""

from __future__ import annotations

import polars as pl

from qonys import inputs, words
from qonys.figures import over_time
from qonys.figures.marks import measure
from qonys.figures.style import BLUE, ORANGE
from qonys.report.chapters.accounts import interval_text
from qonys.report.chapters.against_censuses import OPPOSITE, verdicts
from qonys.report.context import Context
from qonys.report.document import Block, Figure, Note, Paragraph, Section, Table
from qonys.report.precision import thousands_decimals

NEEDS = ("net_by_age", "net_rates_by_age", "schedule_curves")
SHOWN, WIDTH = 6, 5  # intervals drawn, years of each


def build(context: Context) -> Section:
    """Net migration between counts, by age."""
    fitted = context.results.table("schedule_curves").frame.height > 0
    blocks = (
        *((context.paragraph("ages.loss", years=_losing(context)),) if fitted else ()),
        _intro(context),
        _figure(context),
        _totals(context),
        Note(context.say("ages.against.note")),
        Note(context.say("ages.caution")),
        *(_fitted(context) if fitted else ()),
    )
    return Section("ages", context.say("chapter.ages"), blocks)


def _losing(context: Context) -> str:
    """The intervals with loss at all ages."""
    starts = context.frame("schedule_curves")["start"].unique().sort()
    return context.listed([words.year_range(int(start), int(start) + WIDTH) for start in starts])


def _intro(context: Context) -> Paragraph:
    """What the intervals rest on; without a census that two sources state there are none."""
    ends = {"first": "ages.first", "last": "ages.last"}
    if "ages.count_error" in context.results.numbers:
        return context.paragraph("ages.intro", error="ages.count_error", **ends)
    return context.paragraph("ages.intro_alone", **ends)


def _fitted(context: Context) -> tuple[Block, ...]:
    """Schedules of the intervals with loss at all ages, where there are any."""
    text = context.paragraph("ages.schedule_text")
    return text, _schedule(context), Note(context.say("ages.schedule_note"))


def _average(context: Context) -> pl.DataFrame:
    return context.results.table("net_by_age").frame.filter(pl.col("method") == "average")


def _shown(context: Context, frame: pl.DataFrame) -> list[int]:
    """First years of the intervals drawn: those that the pack names, else some spread evenly over all."""
    starts = [int(year) for year in frame["start"].unique().sort()]
    named = [year for year in inputs.country(context.pack).age_intervals if year in starts]
    count = min(SHOWN, len(starts))
    return named or [starts[round(i * (len(starts) - 1) / max(count - 1, 1))] for i in range(count)]


def _figure(context: Context) -> Figure:
    """Net migrants by age and sex in chosen intervals, with bands."""
    table = context.results.table("net_by_age")
    average = _average(context)
    checked = verdicts(context, _both(average.filter(pl.col("age_start").is_null())))
    usable = [start for start in _shown(context, average) if checked[start] != OPPOSITE]
    drawn = pl.col("start").is_in(usable) & (pl.col("age_start") <= 80)
    frame = average.filter(pl.col("age_start").is_not_null() & drawn)
    sexes = {sex: context.say(f"ages.{sex}") for sex in ("female", "male")}
    rows = frame.select(
        facet=pl.format("{}–{}", "start", "end"), age=pl.col("age_start") + 2.5, low=pl.col("low") / 1e3,
        median=pl.col("value") / 1e3, high=pl.col("high") / 1e3, name=pl.col("sex").replace_strict(sexes),
    )  # fmt: skip
    spec = over_time.band_panels(
        context, "ages", rows, rows["facet"].unique(maintain_order=True).to_list(), order=list(sexes.values()),
        x=measure(context, "age", context.say("ages.age"), scale={"domain": [0, 85]}), tints=[ORANGE, BLUE],
        title=context.say("accounts.thousand"), columns=3, room=120, height=120,
    )  # fmt: skip
    low = frame.sort("value").row(0, named=True)
    alt = context.say(
        "ages.figure.alt",
        interval=words.year_range(low["start"], low["end"]),
        age=low["age_start"],
        last=low["age_start"] + 4,
        value=context.thousands(low["value"]),
    )
    return Figure(
        "net_by_age",
        context.picture(spec),
        alt,
        context.say("ages.figure"),
        context.origin(table.sources, table.method),
        table.frame,
    )


def _both(whole: pl.DataFrame) -> pl.DataFrame:
    """Both sexes of each interval: start, end, value, low, high."""
    average = whole.filter(pl.col("method") == "average")
    return average.group_by("start", "end", maintain_order=True).agg(pl.col("value", "low", "high").sum())


def _totals(context: Context) -> Table:
    """Sum over ages by sex and interval, the range over methods, and the UN's own balance beside it."""
    table = context.results.table("net_by_age")
    whole = table.frame.filter(pl.col("age_start").is_null())
    widths = whole.filter(pl.col("method") == "average").group_by("start", "end").agg(pl.col("low", "high").sum())
    places = thousands_decimals(widths["low"], widths["high"])
    checked = verdicts(context, _both(whole))
    rows = []
    for (start, end), part in whole.group_by(["start", "end"], maintain_order=True):
        average = part.filter(pl.col("method") == "average")
        sums = part.group_by("method").agg(pl.col("value").sum())["value"]
        by_sex, both = dict(average.select("sex", "value").rows()), float(average["value"].sum())
        rows.append(
            (
                words.year_range(int(str(start)), int(str(end))),
                *(context.thousands(people, places) for people in (by_sex["female"], by_sex["male"], both)),
                interval_text(context, float(average["low"].sum()), float(average["high"].sum()), places),
                interval_text(context, float(str(sums.min())), float(str(sums.max())), places),
                context.say(f"ages.against.{checked[int(str(start))]}"),
            )
        )
    names = ("period", "female", "male", "both", "interval", "methods", "against")
    head = tuple(context.say(f"ages.column.{name}") for name in names)
    return Table(
        "net_by_age_totals",
        head,
        tuple(rows),
        "lrrrrrl",
        context.say("ages.totals"),
        context.origin(table.sources, table.method),
        whole,
        table.name,
    ).as_detail()


def _schedule(context: Context) -> Figure:
    """Observed net rates and the fitted curve of the fitted intervals."""
    table = context.results.table("schedule_curves")
    starts = sorted(table.frame["start"].unique())
    observed = context.results.table("net_rates_by_age").frame.filter(pl.col("start").is_in(starts))
    facet = pl.format("{}–{}", "start", pl.col("start") + 5).alias("facet")
    curves = table.frame.select(facet, pl.col("age").cast(pl.Float64), value=1000 * pl.col("rate"))
    points = observed.select(facet, age=pl.col("age_start") + 2.5, point=-1000 * pl.col("rate"))
    spec = over_time.point_panels(
        context, pl.concat([curves, points], how="diagonal"), curves["facet"].unique(maintain_order=True).to_list(),
        (context.say("ages.age"), context.say("ages.loss_rate")),
    )  # fmt: skip
    top = observed.sort("rate").row(0, named=True)
    alt = context.say(
        "ages.schedule.alt",
        age=top["age_start"],
        last=top["age_start"] + 4,
        rate=words.number(-1000 * top["rate"], context.language, 1),
        interval=words.year_range(top["start"], top["end"]),
    )
    return Figure(
        "schedule",
        context.picture(spec),
        alt,
        context.say("ages.schedule"),
        context.origin(table.sources, table.method),
        table.frame,
    ).as_detail()
