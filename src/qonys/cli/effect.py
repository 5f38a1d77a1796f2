"""`qonys effect`: what a dated act or event did to a series, by the method that the figures allow."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import polars as pl
from cyclopts import Parameter

from qonys import words
from qonys.cli.effects import say_idle
from qonys.cli.files import AS_FOUND, FileOptions
from qonys.cli.options import settings
from qonys.cli.printing import print_frame
from qonys.cli.ranges import Within
from qonys.errors import BadInput

if TYPE_CHECKING:
    from qonys.catalog import Pack
    from qonys.explanation.evaluation.curve import Specification
    from qonys.law.records import Act
    from qonys.study.analyses.act_effects import ActEffect
    from qonys.study.analyses.effect import EffectFound


@Parameter(name="*")
@dataclass(frozen=True)
class EffectChoices:
    """What is asked."""

    at: Annotated[str, Parameter(help="cli.effect.at")] = ""
    treated: Annotated[str, Parameter(help="cli.effect.treated")] = ""
    table: Annotated[str, Parameter(help="cli.effect.table")] = "effect"
    errors: Annotated[str, Parameter(help="cli.effect.errors")] = "robust"
    season: Annotated[int | None, Parameter(help="cli.effect.season", validator=Within(0, 366))] = None


DEFAULTS = EffectChoices()
SHOWN, FIGURES, LEAST = 6, 4, 0.0001


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

    chosen = EffectOptions(options.table, None, options.treated, options.errors, options.season)
    said = reading.choices()
    pack = open_pack(settings().pack)
    known = dated_events(pack) if events is None else events_of_file(events, said.for_companions())
    found = effect_of_file(file, known, chosen, options.at, said.before((events,)))
    alone = found.method == INTERRUPTED
    say_idle({
        "--events": events is not None and options.table != "rivals",
        "--at": found.method == STAGGERED and bool(options.at),
        "--errors": options.errors != DEFAULTS.errors and not (alone and options.table in ("effect", "path")),
        "--season": bool(options.season) and not (alone and options.table in ("effect", "path", "curve")),
    })  # fmt: skip
    language = settings().language
    _say_refused(found)
    named = dict(pack.events().select("id", f"name_{language}").iter_rows()) if events is None else {}
    year = found.year
    near = [] if year is None else [named.get(one) or one for one in rivals(known, year)["event"].to_list()]
    print_frame(
        _rounded(found.table),
        label=lambda column, code: _label(named, column, code),
        footer=_footer(found.method, near if options.table == "effect" and year is not None else None),
    )
    return 0


def of_act(
    act: Annotated[str, Parameter(help="cli.law.act")],
    /,
    *,
    outcome: Annotated[str, Parameter(help="cli.law.effect.outcome")] = "",
    treated: Annotated[str, Parameter(help="cli.law.effect.treated")] = "",
    table: Annotated[str, Parameter(help="cli.effect.table")] = "effect",
    errors: Annotated[str, Parameter(help="cli.effect.errors")] = "robust",
) -> int:
    """What an act of the register did to a yearly figure of the country; without a figure, the figures."""
    from qonys.catalog import open_pack
    from qonys.law import law_register
    from qonys.study.analyses.act_effects import effect_of_act
    from qonys.study.analyses.effect import EffectOptions

    pack = open_pack(settings().pack)
    register = law_register(pack).needed()
    options = EffectOptions(table, None, treated, errors)
    if not outcome:
        say_idle({"--treated": bool(treated), "--table": table != "effect", "--errors": errors != "robust"})
        return _choices_of(pack, register.act(act))
    made = effect_of_act(pack, register, act, outcome, options, settings().language)
    named = dict(made.rivals.select("id", "name").iter_rows())
    _say_refused(made.found)
    shown = [f"{row['name']} ({row['start']})" for row in made.rivals.iter_rows(named=True)]
    print_frame(
        _rounded(made.found.table),
        label=lambda column, code: _label(named, column, code),
        footer=(*_about(pack, made), *_footer(made.found.method, shown if table == "effect" else None)),
    )
    return 0


def _choices_of(pack: Pack, act: Act) -> int:
    """The figures in which the effect of an act can be sought, with their years and regions."""
    from qonys.catalog.code_names import code_name
    from qonys.study.analyses.act_effects import first_year
    from qonys.study.analyses.act_outcomes import NEEDED, long_enough, outcomes, outcomes_frame

    language, first = settings().language, first_year(act)
    known = outcomes(pack, language)
    found = [one for one in known if long_enough(one, first)]
    if not found:
        raise BadInput("law.effect.none_long", act=act.id, year=first, **NEEDED)
    short = len(known) - len(found)
    footer = [words.text("law.effect.choose", language, act=act.titles[language], **NEEDED)]
    if short:
        footer.append(words.text("law.effect.too_short", language, n=short, year=first))
    print_frame(
        outcomes_frame(found),
        label=lambda column, code: code_name(pack, column, code, language) if column == "unit" else None,
        footer=footer,
    )
    return 0


def _about(pack: Pack, made: ActEffect) -> tuple[str, ...]:
    """The series, its boundaries, the day from which the effect is counted, and how p runs over the curve."""
    from qonys.catalog.code_names import code_name

    language, series = settings().language, made.series
    unit, (first, last) = code_name(pack, "unit", series.unit, language) or series.unit, series.years
    lines = [words.text("law.effect.series", language, name=series.name, unit=unit, first=first, last=last)]
    if series.boundaries:
        lines.append(words.text("law.effect.boundaries", language, boundaries=series.boundaries))
    day = "law.effect.first" if made.day_is_read else "law.effect.first_adopted"
    lines.append(words.text(day, language, act=made.act.titles[language], day=str(made.act.begins), year=made.first))
    return (*lines, *_ranged(made.p))


def _ranged(p: tuple[float, ...]) -> tuple[str, ...]:
    """How p runs over the specification curve: one line, or none without a curve."""
    if not p:
        return ()
    ends = {"low": _chance(min(p)), "high": _chance(max(p))}
    return (words.text("effect.ranged", settings().language, n=len(p), **ends),)


def _say_refused(found: EffectFound) -> None:
    """Choices that the figures cannot carry, those with one reason in one line."""
    language = settings().language
    alike: dict[str, list[Specification]] = {}
    for one in found.refused:
        assert one.refused is not None
        alike.setdefault(one.refused.sentence(language), []).append(one.of)
    for reason, choices in alike.items():
        said = words.text("effect.left_out", language, n=len(choices), what=_varied(choices), reason=reason)
        print(said, file=sys.stderr)


def _varied(choices: Sequence[Specification]) -> str:
    """What choices hold in words: errors or donors, scales, times before the date."""
    language = settings().language
    parts = [
        ", ".join(dict.fromkeys(words.text(f"effect.{name}.{getattr(one, name)}", language) for one in choices))
        for name in ("variant", "scale")
    ]
    before = ", ".join(dict.fromkeys(str(one.before) for one in choices))
    return "; ".join([*parts, words.text("effect.times_before", language, before=before)])


def _rounded(frame: pl.DataFrame) -> pl.DataFrame:
    """Four figures of each number and words for yes and no; what a computer reads keeps all."""
    if settings().format != "table":
        return frame
    kinds = frame.schema
    numbers = [name for name, kind in kinds.items() if kind == pl.Float64 and name != "p"]
    shown: list[pl.Expr | pl.Series] = [pl.col(name).round_sig_figs(FIGURES) for name in numbers]
    if "p" in kinds:
        written = [None if p is None else _chance(p) for p in frame["p"]]
        shown.append(pl.Series("p", written, dtype=pl.String))
    answers = [
        pl.when(name).then(pl.lit("yes")).otherwise(pl.lit("no")).alias(name)
        for name, kind in kinds.items() if kind == pl.Boolean
    ]  # fmt: skip
    return frame.with_columns(*shown, *answers)


def _chance(p: float) -> str:
    """A p with three digits; what is smaller is said to be."""
    language = settings().language
    return f"< {words.number(LEAST, language, 4)}" if p < LEAST else words.number(p, language, 3 if p >= 0.001 else 4)


def _label(named: Mapping[str, str], column: str, code: str) -> str | None:
    """An event of the pack by its name, a row by what it is."""
    key = f"effect.{'row' if column == 'effect' else column}.{code}"
    if column in ("effect", "variant", "scale", "trend", "kind") and words.has(key, settings().language):
        return words.text(key, settings().language)
    return named.get(code) if column == "event" else None


def _footer(method: str, rivals: list[str] | None) -> tuple[str, ...]:
    """What the number rests on, and what else stood at the time."""
    language = settings().language
    lines = [words.text(f"effect.assumes.{method}", language)]
    if rivals is not None:
        some = "; ".join(rivals[:SHOWN]) + (" …" if len(rivals) > SHOWN else "")
        lines.append(words.text("effect.rivals" if rivals else "effect.no_rivals", language, n=len(rivals), names=some))
    return tuple(lines)
