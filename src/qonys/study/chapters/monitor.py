"""What is unusual now: lights of releases and of regions, and the score of the forecasts behind them, as results."""

from __future__ import annotations

import polars as pl

from qonys import inputs
from qonys.catalog import Pack
from qonys.monitor.score import cases_of
from qonys.study.analyses.alarms import alarm_scores, lights_of, newest
from qonys.study.analyses.regional_lights import BY_REGISTER, COUNTED, REGISTER, regional_lights
from qonys.study.analyses.release_files import TABLE, TOTALS, releases_of_pack
from qonys.study.runs.results import Number, Results, TableResult

RANK = 4
RELEASES = "monitor.releases.watch_releases"
REGIONS = "monitor.regions.watch_regions"
SCORES = "monitor.score.alarm_scores"
COUNTED_SCORES = (("scored", "n"), ("events", "events"))


def compute(pack: Pack, results: Results) -> None:
    """Add the lights of releases, those of regions where the pack counts them, and the scores."""
    with results.part():
        releases = releases_of_pack(pack)
        lights = lights_of(releases)
        sources = inputs.sources_of(pack, (TOTALS if inputs.available(pack, (TABLE,)) else TABLE,))
        results.add(
            TableResult("monitor_releases", lights, "persons", RANK, sources, RELEASES),
            *_counts(lights),
        )
        if any(cases_of(releases).values()):
            scored = alarm_scores(releases)
            table = TableResult("monitor_scores", scored, "as_measure", RANK, sources, SCORES)
            results.add(table, *_scores(scored))
    if not inputs.available(pack, COUNTED):
        with results.part():
            _regions(pack, results)


def _counts(lights: pl.DataFrame) -> list[Number]:
    judged = lights.filter(pl.col("light").is_not_null())
    counts = {
        "releases": judged.height, "red": (judged["light"] == "red").sum(),
        "yellow": (judged["light"] == "yellow").sum(), "now": (newest(lights)["light"] == "red").sum(),
    }  # fmt: skip
    found = [Number(f"monitor.{name}", float(count), "count", method=RELEASES) for name, count in counts.items()]
    chance = judged["false_alarm"][-1] if judged.height else None
    return [*found, Number("monitor.false_alarm", chance, "share", method=RELEASES)]


def _scores(scored: pl.DataFrame) -> list[Number]:
    whole = scored.filter(pl.col("indicator") == scored["indicator"][-1])
    rows = {row["model"]: row for row in whole.iter_rows(named=True)}
    ours, rival = rows["level"], rows["year_before"]
    found = [Number(f"monitor.{name}", float(ours[key]), "count", method=SCORES) for name, key in COUNTED_SCORES]
    shares = {
        "held": ours["held_95"], "held_rival": rival["held_95"], "precision": ours["precision_1"],
        "precision_rival": rival["precision_1"],
    }  # fmt: skip
    found += [Number(f"monitor.{name}", share, "share", method=SCORES) for name, share in shares.items()]
    for what in ("pinball", "brier"):
        ends = (ours[f"gain_{what}_low"], ours[f"gain_{what}_high"])
        found.append(Number(f"monitor.gain_{what}", ours[f"gain_{what}"], "share", *ends, method=SCORES))
    return found


def _regions(pack: Pack, results: Results) -> None:
    found = regional_lights(pack)
    registered = inputs.sources_of(pack, (REGISTER,)) if BY_REGISTER in found["basis"].to_list() else ()
    sources = tuple(dict.fromkeys((*inputs.sources_of(pack, COUNTED), *registered)))
    counts = {
        "cases": found.height, "red": (found["light"] == "red").sum(), "yellow": (found["light"] == "yellow").sum(),
        "places": found["region"].n_unique(),
    }  # fmt: skip
    results.add(
        TableResult("monitor_regions", found, "per_1000", RANK, sources, REGIONS),
        *(Number(f"monitor.regions.{name}", float(n), "count", method=REGIONS) for name, n in counts.items()),
        Number("monitor.regions.year", float(str(found["year"].max())), "year", method=REGIONS),
    )
