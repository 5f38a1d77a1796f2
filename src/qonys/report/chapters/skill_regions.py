"""The record of skill by region: what held, what is not surely better, the table; and how gains are written."""

from __future__ import annotations

import polars as pl

from qonys import words
from qonys.figures import skill as charts
from qonys.figures.style import Spec
from qonys.report.context import Context
from qonys.report.document import Figure, Note, Paragraph, Table

OURS = "process"
TARGETS = ("net_migration", "population")
LEVELS = (50, 80, 95)
WORST, GOOD = 3, 0.75


def name_of(context: Context, name: str) -> str:
    """Name of a target."""
    return context.say(f"skill.target.{name}")


def inside(name: str) -> str:
    """A name as it stands within a sentence."""
    return name[:1].lower() + name[1:]


def ahead(context: Context, years: int) -> str:
    """So many years ahead."""
    return words.plural("skill.ahead", years, context.language)


def gain(context: Context, row: dict[str, float | None]) -> str:
    """The gain with its interval, or without one where there is none."""
    if row["skill"] is None:
        return "–"
    shown = words.percent(row["skill"], context.language, 0)
    if row["skill_low"] is None or row["skill_high"] is None:
        return shown
    low, high = (words.percent(row[name] or 0.0, context.language, 0) for name in ("skill_low", "skill_high"))
    return f"{shown} ({low} … {high})"


def regions(context: Context) -> tuple[Paragraph | Note | Figure | Table, ...]:
    """Blocks of the record by region."""
    return (
        context.paragraph(
            "skill.regions.intro", n="skill.regions.regions", origins="skill.regions.origins",
            first="skill.regions.first", last="skill.regions.last", forecasts="skill.regions.forecasts",
        ),
        Note(context.say("skill.regions.how")),
        context.paragraph(
            _held_key(context), one="skill.regions.held_one", near="skill.regions.held_near",
            without="skill.regions.no_deviations_one", places=_places(context),
        ),
        _worse(context),
        context.paragraph(
            "skill.regions.bias", bias="skill.regions.bias", ours="skill.regions.mape",
            kept="skill.regions.mape_kept",
        ),
        _coverage(context),
        _table(context).as_detail(),
    )  # fmt: skip


def _held_key(context: Context) -> str:
    """Whether the sentence says that the intervals of a year ahead are too narrow."""
    held = context.results.number("skill.regions.held_one").value or 0.0
    return "skill.regions.held" if held < GOOD else "skill.regions.held_well"


def _name(context: Context, model: str) -> str:
    return context.say("skill.regions.ours") if model == OURS else context.say(f"skill.rival.{model}")


def _places(context: Context) -> str:
    """The regions whose net migration was forecast worst five years ahead."""
    frame = context.results.table("skill_regions_places").frame
    near = frame.filter((pl.col("target") == TARGETS[0]) & (pl.col("horizon") == 5))
    worst = near.sort("crps", descending=True).head(WORST)["region"]
    return ", ".join(context.region(code) for code in worst)


def _worse(context: Context) -> Paragraph:
    """Where the regional process is not surely better, in words."""
    worse = context.results.table("skill_regions_worse").frame
    items = [
        context.say(
            "skill.worse_item", target=inside(name_of(context, row["target"])), rival=_name(context, row["model"]),
            years=ahead(context, row["horizon"]), gain=gain(context, row),
        )
        for row in worse.iter_rows(named=True)
    ]  # fmt: skip
    if not items:
        return context.paragraph("skill.worse_none", all="skill.regions.comparisons")
    listed = context.say("skill.list_and").join(items)
    return context.paragraph(
        "skill.regions.worse", worse="skill.regions.not_better", all="skill.regions.comparisons", list=listed
    )


def covered(context: Context, ours: pl.DataFrame, targets: tuple[str, ...]) -> tuple[Spec, dict[str, str]]:
    """The chart of shares held by the intervals, and the least and the greatest share at 80 %."""
    rows = [
        {
            "facet": name_of(context, row["target"]), "horizon": row["horizon"], "nominal": level / 100,
            "level": context.say("skill.level", level=level), "share": row[f"coverage_{level}"],
            "low": row["coverage_low"] if level == 80 else None,
            "high": row["coverage_high"] if level == 80 else None,
        }
        for row in ours.iter_rows(named=True) for level in LEVELS
    ]  # fmt: skip
    titles = (context.say("skill.axis.horizon"), context.say("skill.axis.share"))
    spec = charts.coverage(
        context, pl.DataFrame(rows, infer_schema_length=None), titles, [name_of(context, name) for name in targets],
        [context.say("skill.level", level=level) for level in LEVELS],
    )  # fmt: skip
    held = ours["coverage_80"].to_numpy()
    ends = {"low": held.min(), "high": held.max()}
    return spec, {name: words.percent(float(value), context.language, 0) for name, value in ends.items()}


def _coverage(context: Context) -> Figure:
    table = context.results.table("skill_regions")
    spec, ends = covered(context, table.frame.filter(pl.col("model") == OURS), TARGETS)
    return Figure(
        "skill_regions_coverage",
        context.picture(spec),
        context.say("skill.regions.coverage.alt", **ends),
        context.say("skill.regions.coverage"),
        context.origin(table.sources, table.method),
        table.frame,
    )


def _table(context: Context) -> Table:
    table = context.results.table("skill_regions")
    rows = []
    for row in table.frame.iter_rows(named=True):
        certain = row["width_80"] == 0
        held = [words.number(100 * row[f"coverage_{level}"], context.language, 0) for level in LEVELS]
        rows.append(
            (
                name_of(context, row["target"]),
                str(row["horizon"]),
                _name(context, row["model"]),
                str(row["n"]),
                "–" if certain else " / ".join(held),
                "–" if certain else words.number(row["width_80"], context.language, 1),
                words.number(row["crps"], context.language, 2),
                "–" if row["mape"] is None else words.number(row["mape"], context.language, 1),
                words.number(row["bias"], context.language, 1, plus=True),
                "–" if row["model"] == OURS else gain(context, row),
            )
        )
    head = ("skill.column.target", "projection.column.horizon", "projection.column.model", "skill.column.n",
            "skill.regions.column.held", "projection.column.width", "projection.column.crps", "skill.column.mape",
            "skill.regions.column.bias", "projection.column.skill")  # fmt: skip
    return Table(
        "skill_regions",
        tuple(context.say(key) for key in head),
        tuple(rows),
        "lrlrrrrrrr",
        context.say("skill.regions.table"),
        context.origin(table.sources, table.method),
        table.frame,
    )
