"""`qonys effect`: what a dated act or event did to a series, by the method that the figures allow."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from qonys import words
from qonys.cli.effects import say_idle
from qonys.cli.files import AS_FOUND, FileOptions
from qonys.cli.options import settings
from qonys.cli.printing import print_frame
from qonys.cli.ranges import Within


@Parameter(name="*")
@dataclass(frozen=True)
class EffectChoices:
    """What is asked."""

    at: Annotated[int | None, Parameter(help="cli.effect.at", validator=Within(-9999, 9999))] = None
    treated: Annotated[str, Parameter(help="cli.effect.treated")] = ""
    table: Annotated[str, Parameter(help="cli.effect.table")] = "effect"
    errors: Annotated[str, Parameter(help="cli.effect.errors")] = "robust"
    season: Annotated[int, Parameter(help="cli.effect.season", validator=Within(0, 366))] = 0


DEFAULTS = EffectChoices()
SHOWN = 6


def effect(
    file: Annotated[Path, Parameter(help="cli.effect.file")],
    *,
    options: EffectChoices = DEFAULTS,
    events: Annotated[Path | None, Parameter(help="cli.breaks.events")] = None,
    reading: FileOptions = AS_FOUND,
) -> int:
    """What came after a date beside what would have been expected, with its rivals and its doubts."""
    from qonys.catalog import open_pack
    from qonys.study.analyses.effect import INTERRUPTED, STAGGERED, EffectOptions, effect_of_file, rivals
    from qonys.study.analyses.shocks import dated_events, events_of_file

    chosen = EffectOptions(**vars(options))
    said = reading.choices()
    pack = open_pack(settings().pack)
    known = dated_events(pack) if events is None else events_of_file(events, said.for_companions())
    found = effect_of_file(file, known, chosen, said.before((events,)))
    alone = found.method == INTERRUPTED
    say_idle({
        "--events": events is not None and options.table != "rivals",
        "--at": found.method == STAGGERED and options.at is not None,
        "--errors": options.errors != DEFAULTS.errors and not (alone and options.table in ("effect", "path")),
        "--season": options.season != 0 and not (alone and options.table in ("effect", "path", "curve")),
    })  # fmt: skip
    language = settings().language
    for one in found.refused:
        assert one.refused is not None
        values = {"variant": one.of.variant, "scale": one.of.scale, "before": one.of.before}
        print(words.text("effect.left_out", language, reason=one.refused.sentence(language), **values), file=sys.stderr)
    named = dict(pack.events().select("id", f"name_{language}").iter_rows()) if events is None else {}
    near = [] if options.at is None else [named.get(one) or one for one in rivals(known, options.at)["event"].to_list()]
    print_frame(
        found.table,
        label=lambda column, code: _label(named, column, code),
        footer=_footer(found.method, near if options.table == "effect" and options.at is not None else None),
    )
    return 0


def _label(named: Mapping[str, str], column: str, code: str) -> str | None:
    """An event of the pack by its name, a row by what it is."""
    if column == "effect":
        return words.text(f"effect.row.{code}", settings().language)
    return named.get(code) if column == "event" else None


def _footer(method: str, rivals: list[str] | None) -> tuple[str, ...]:
    """What the number rests on, and what else stood at the time."""
    language = settings().language
    lines = [words.text(f"effect.assumes.{method}", language)]
    if rivals is not None:
        some = "; ".join(rivals[:SHOWN]) + (" …" if len(rivals) > SHOWN else "")
        lines.append(words.text("effect.rivals" if rivals else "effect.no_rivals", language, n=len(rivals), names=some))
    return tuple(lines)
