"""Forms of migration: which published counts tell a form, which cannot, and which forms nobody counts."""

from __future__ import annotations

import polars as pl

from qonys import inputs
from qonys.catalog import Pack
from qonys.study.analyses.forms import figures, labelled, latest, without_figures
from qonys.study.runs.results import Number, Results, TableResult

METHOD = "measurement.typology.classify.classify"
RANK = 3
UNCOUNTED, METHOD_PUBLISHED = "movements_uncounted", "catalog.uncounted.uncounted_forms"
COLUMNS = ("code", "start", "end", "bound", "value", "weakness", "source", "rank")


def compute(pack: Pack, results: Results) -> None:
    """Add the labelled counts, the figures by year and the numbers of the chapter; nothing where nothing is counted."""
    with results.part():
        _add(pack, results)
    with results.part():
        _add_uncounted(pack, results)


def _add_uncounted(pack: Pack, results: Results) -> None:
    """Add the forms that no register counts, each with the newest published numbers that come near."""
    forms = inputs.uncounted_forms(pack)
    if not forms:
        return
    held = not inputs.available(pack, (UNCOUNTED,))
    published = inputs.rows(pack, UNCOUNTED) if held else None
    rows: list[dict[str, object]] = []
    for form in forms:
        found = [row for code in form.codes if published is not None for row in _newest(published, code)]
        rows += [{"form": form.id} | {name: row[name] for name in COLUMNS} for row in found]
        if not found:
            rows.append({"form": form.id} | dict.fromkeys(COLUMNS))
    schema = {"form": pl.String, **dict.fromkeys(COLUMNS, pl.String), "start": pl.Date, "end": pl.Date,
              "value": pl.Float64, "rank": pl.Int64}  # fmt: skip
    frame = pl.DataFrame(rows, schema=schema)
    sources = tuple(frame["source"].drop_nulls().unique().sort())
    without = frame.filter(pl.col("code").is_null())["form"].n_unique()
    results.add(
        TableResult("forms_uncounted", frame, "persons", RANK, sources, METHOD_PUBLISHED),
        Number("forms.near", float(len(forms) - without), "count", method=METHOD_PUBLISHED),
        Number("forms.no_figure", float(without), "count", method=METHOD_PUBLISHED),
        *_published(frame),
    )


def _published(frame: pl.DataFrame) -> list[Number]:
    """The published values of what no register counts that are no bounds, one of each code, with their years."""
    values = frame.filter((pl.col("bound") == "value") & pl.col("code").is_unique())
    found = []
    for row in values.iter_rows(named=True):
        name = f"forms.published.{row['code']}"
        sources = (row["source"],)
        found.append(Number(name, row["value"], "persons", rank=row["rank"], sources=sources, method=METHOD_PUBLISHED))
        found.append(Number(f"{name}_year", row["end"].year, "year", method=METHOD_PUBLISHED))
    return found


def _newest(published: pl.DataFrame, code: str) -> list[dict[str, object]]:
    """The newest published numbers of a form by its code."""
    rows = published.filter(pl.col("form") == code).rename({"form": "code"})
    return rows.filter(pl.col("end") == pl.col("end").max()).sort("value").to_dicts()


def _add(pack: Pack, results: Results) -> None:
    found, longer = figures(pack)
    if not found.height:
        return
    labels = labelled(pack)
    newest = latest(found)
    texts = [name for name, kind in labels.schema.items() if kind == pl.Enum]
    labels = labels.with_columns(pl.col(texts).cast(pl.String))
    table = labels.join(newest.drop("sources"), on="id", how="left").select(
        "id", "count", "form", "form_rule", "form_why", "form_possible", "form_missing", "un_class", "un_class_rule",
        "un_class_missing", "period", "whole", "low", "high", "rank",
    )  # fmt: skip
    sources = tuple(sorted(found["source"].unique()))
    missing = without_figures(labels)
    results.add(
        TableResult("forms_latest", table, "as_quantity", RANK, sources, METHOD),
        TableResult("forms_by_year", found, "as_quantity", RANK, sources, METHOD),
        Number("forms.counts", float(labels.height), "count", method=METHOD),
        Number("forms.unknown", float((labels["form"] == "unknown").sum()), "count", method=METHOD),
        Number("forms.without", float(len(missing)), "count", method=METHOD),
        Number("forms.longer", float(longer), "count", method=METHOD),
        *_overlap(found),
        *_refugees(found),
    )


def _overlap(found: pl.DataFrame) -> list[Number]:
    """Immigrants and repatriates of the newest year in which both are known in full."""
    whole = found.filter(pl.col("whole"))
    years = [set(whole.filter(pl.col("id") == name)["year"]) for name in ("immigrants", "repatriates")]
    year = max(years[0] & years[1], default=None)
    if year is None:
        return []
    numbers = [Number("forms.year", year, "year")]
    for name in ("immigrants", "repatriates"):
        rows = found.filter((pl.col("id") == name) & (pl.col("year") == year))
        part = rows.filter(pl.col("whole"))["value"] if name == "immigrants" else rows["value"]
        sources = tuple(sorted(rows["source"].unique()))
        numbers.append(Number(f"forms.{name}", float(str(part.max())), "persons", rank=RANK, sources=sources))
    return numbers


def _refugees(found: pl.DataFrame) -> list[Number]:
    """Refugees in the country in the newest year."""
    rows = found.filter((pl.col("id") == "refugees_in") & pl.col("whole")).sort("year").tail(1)
    return [
        one
        for row in rows.iter_rows(named=True)
        for one in (
            Number("forms.refugees", row["value"], "persons", rank=row["rank"], sources=(row["source"],)),
            Number("forms.refugees_year", row["year"], "year"),
        )
    ]
