"""`qonys breaks`: breaks, trend and shock of series over years."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from qonys import words
from qonys.cli.effects import say_idle, say_unused
from qonys.cli.files import AS_FOUND, FileOptions
from qonys.cli.options import settings
from qonys.cli.printing import print_frame
from qonys.cli.ranges import SHARE, Within
from qonys.cli.written import figure


@Parameter(name="*")
@dataclass(frozen=True)
class ShockOptions:
    """What to look for."""

    table: Annotated[str, Parameter(help="cli.breaks.table")] = "breaks"
    trend: Annotated[bool, Parameter(help="cli.breaks.trend", negative=())] = False
    criterion: Annotated[str, Parameter(help="cli.breaks.criterion")] = "bic"
    share: Annotated[float, Parameter(help="cli.breaks.share", validator=SHARE)] = 0.15
    most: Annotated[int, Parameter(help="cli.breaks.most", validator=Within(0, 150))] = 5
    lags: Annotated[int, Parameter(help="cli.breaks.lags", validator=Within(0, 50))] = 0
    outliers: Annotated[bool, Parameter(help="cli.breaks.outliers", negative=())] = False


DEFAULTS = ShockOptions()
OF_TREND = ("years", "effects", "shares")
OF_EVENTS = ("events", *OF_TREND)  # tables that events have a part in


def breaks(
    file: Annotated[Path, Parameter(help="cli.breaks.file")],
    *,
    options: ShockOptions = DEFAULTS,
    events: Annotated[Path | None, Parameter(help="cli.breaks.events")] = None,
    reading: FileOptions = AS_FOUND,
) -> int:
    """Breaks with the confidence of their dates, events that match, or trend and reactions."""
    from qonys.catalog import open_pack
    from qonys.study.analyses.series_times import SEASONS
    from qonys.study.analyses.shocks import SeriesOptions, breaks_of_file, dated_events, events_of_file

    chosen = SeriesOptions(**vars(options))
    said = reading.choices()
    split = options.table in OF_TREND
    say_idle({"--events": events is not None and options.table not in OF_EVENTS})
    dated = options.table in ("breaks", "events")
    say_unused(
        options, {"trend": not split, "criterion": not split, "share": not split, "lags": dated, "outliers": split}
    )
    pack = open_pack(settings().pack)
    known = dated_events(pack) if events is None else events_of_file(events, said.for_companions())
    found = breaks_of_file(file, known, chosen, said.before((events,)))
    if found.unit in SEASONS:
        print(words.text("breaks.season", settings().language), file=sys.stderr)
    for row in found.failed.iter_rows(named=True):
        name = "/".join(str(value) for key, value in row.items() if key not in ("reason", "n", "need", "years"))
        shown = {"n": row["n"], "need": row["need"], "years": row.get("years") or ""}
        reason = words.text(row["reason"], settings().language, **shown)
        print(f"{name}: {reason}" if name else reason, file=sys.stderr)
    if options.table in ("breaks", "events"):
        bare = found.table.height == 0 and settings().format == "table"
        for labels, least in found.unbroken:
            print(_no_break(labels, least, options.criterion), file=sys.stdout if bare else sys.stderr)
        if bare:
            return 0
    print_frame(found.table, label=lambda column, code: None, footer=())
    return 0


def _no_break(labels: Sequence[object], least: float, criterion: str) -> str:
    """That a series has no break, and by which criterion."""
    language = settings().language
    shown = {"criterion": criterion.upper(), "value": figure(least, language)}
    series = "/".join(str(label) for label in labels if label is not None)
    return words.text("breaks.no_break_of" if series else "breaks.no_break", language, series=series, **shown)
