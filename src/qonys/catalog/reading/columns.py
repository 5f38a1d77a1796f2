"""Which column of a file stands for which name that a method asks for."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

import polars as pl

from qonys.catalog.pack import nearest
from qonys.catalog.reading.advice import listed, nearest_typed, typed
from qonys.catalog.reading.labels.alphabets import say_look_alikes
from qonys.catalog.reading.labels.vocabulary import codes_by_word, plain, words_of
from qonys.catalog.reading.numbers.powers import bases_in, without_power
from qonys.catalog.reading.wanted import BASIS, COUNTED_NAMES, USUAL, Wanted
from qonys.errors import BadInput

OBSERVATIONS = "obs_value"
_POWER_LAST = re.compile(r"(?P<name>.+?)[_ ](?:in )?(?:k|th|thous?|ths|thsd|thousands?|тыс|мың|mln|millions?|млн)\.?")
_UNIT_LAST = re.compile(
    r"(?P<name>.+?)(?: ?, (?P<comma>(?:[^,]|(?<=\d),(?=\d))+)| ?[(\[](?P<brackets>[^()\[\]]+)[)\]])"
)


def used_columns(path: Path, found: Sequence[str], wanted: Wanted, given: Mapping[str, str]) -> dict[str, str]:
    """Name -> column of the file: the one that the person named, else one of this or of a usual other name.

    Parameters
    ----------
    path
        The file, for errors.
    found
        Columns of the file.
    wanted
        Names that must or may be there.
    given
        Name -> column, as the person says.

    Raises
    ------
    BadInput
        A column that the person named is not there; a needed name has no column, or none of several has one.

    """
    refuse_no_columns(path, {name: column for name, column in given.items() if column not in found}, found)
    used = columns_found(found, wanted, given)
    missing = lacking(used, wanted)
    if missing:
        raise BadInput("catalog.long.missing", path=str(path), name=", ".join(missing), found=", ".join(found))
    if wanted.one_of and not set(wanted.one_of) & set(used):
        names = ", ".join(wanted.one_of)
        raise BadInput("catalog.long.missing_any", path=str(path), names=names, found=", ".join(found))
    return used


def refuse_no_columns(path: Path, wrong: Mapping[str, str], found: Sequence[str]) -> None:
    """Raise where there are names whose column the file does not have, with the nearest columns as they are typed.

    Raises
    ------
    BadInput
        Names all of them.

    """
    if not wrong:
        return
    say_look_alikes(path, wrong.values(), found)
    columns = listed([*dict.fromkeys(wrong.values())])
    near = nearest_typed(
        [*wrong],
        lambda name: nearest(wrong[name], tuple(found)),
        lambda name, column: typed("--map", f"{column}={name}"),
    )
    raise BadInput("catalog.long.no_columns", path=str(path), column=columns, found=", ".join(found), options=near)


def lacking(used: Mapping[str, str], wanted: Wanted) -> list[str]:
    """Needed names that have no column."""
    return [name for name in wanted.needed if name not in used]


def columns_found(found: Sequence[str], wanted: Wanted, given: Mapping[str, str]) -> dict[str, str]:
    """Name -> column of the file for the names that have one: as `used_columns`, without asking for the others."""
    known = _by_word(found, bool(wanted.rates or wanted.no_rates or wanted.shares))
    used: dict[str, str] = {}
    for name in wanted.names:
        if name in given:
            if given[name] in found:
                used[name] = given[name]
            continue
        taken = {*given.values(), *used.values()}
        for guess in usual_names(name, wanted):
            if known.get(guess, guess) not in taken and guess in known:
                used[name] = known[guess]
                break
    return _with_observations(known, used, given, wanted)


def _with_observations(
    known: Mapping[str, str], used: dict[str, str], given: Mapping[str, str], wanted: Wanted
) -> dict[str, str]:
    """The same, where the one number that is asked for is called by what it counts.

    This is OBS_VALUE of SDMX, whatever it counts; or, where a method says the kind of its number and everything else
    that it needs is there, the only column of people or events (population, births, «прибыло» …). Beside an origin a
    population is not taken for moves.
    """
    if len(wanted.numbers) != 1 or wanted.numbers[0] in {*used, *given}:
        return used
    taken = {*given.values(), *used.values()}
    if OBSERVATIONS in known:
        return used | ({} if known[OBSERVATIONS] in taken else {wanted.numbers[0]: known[OBSERVATIONS]})
    if wanted.numbers[0] not in wanted.kinds or "origin" in wanted.labels or not {*wanted.needed[:-1]} <= {*used}:
        return used
    counts = {column for word, column in known.items() if word in COUNTED_NAMES} - taken
    return used | ({wanted.numbers[0]: counts.pop()} if len(counts) == 1 else {})


def _by_word(found: Sequence[str], rates: bool) -> dict[str, str]:
    """Written name -> column: as it is written (Lx is not lx), in lower case, else without a unit behind a comma or in
    brackets (also that of `rates`), else without the word total («прибыло всего») too, if one column has it.
    """
    bare, whole = defaultdict(list), defaultdict(list)
    for column in found:
        name = without_unit(column, rates)
        bare[name].append(column)
        whole[_without_total(name)].append(column)
    single = {word: columns[0] for known in (whole, bare) for word, columns in known.items() if len(columns) == 1}
    return single | {column.strip().lower(): column for column in found} | {column: column for column in found}


def without_unit(column: str, rates: bool = False) -> str:
    """A name in lower case without the unit that it ends with; "per 1,000" is one where `rates` are asked for.

    Examples
    --------
    >>> without_unit("Численность населения, тыс. человек"), without_unit("Value (persons)"), without_unit("a, b")
    ('численность населения', 'value', 'a, b')
    >>> without_unit("Population (k)"), without_unit("pop_thou"), without_unit("area_k")
    ('population', 'pop', 'area_k')

    """
    lowered = " ".join(column.lower().split())
    parts = _UNIT_LAST.fullmatch(lowered)
    if parts is None:
        counted = _POWER_LAST.fullmatch(lowered)
        return counted["name"] if counted is not None and counted["name"] in COUNTED_NAMES else lowered
    if rates and bases_in(parts["brackets"] or parts["comma"]):
        return parts["name"]
    unit = plain(parts["brackets"] or parts["comma"])
    left = plain(without_power(unit))
    return parts["name"] if not left or codes_by_word("unit").get(left) == "persons" else lowered


def _without_total(name: str) -> str:
    """A name without a word for a total before or behind it; as it is where nothing else is left.

    Examples
    --------
    >>> _without_total("прибыло, всего"), _without_total("total arrivals"), _without_total("всего")
    ('прибыло', 'arrivals', 'всего')

    """
    words, edges = re.sub(r"[,()]", " ", name).split(), words_of("edge", "total")
    left = words[words[0] in edges : len(words) - (words[-1] in edges)] if len(words) > 1 else words
    return " ".join(left) or name


def usual_names(name: str, wanted: Wanted) -> tuple[str, ...]:
    """The names that a column may have, less what the method calls something else; where it asks for times beside
    periods, a year is no period; and a group that may be there is only what is called so, as it splits every result.
    """
    if (name == "period" and "time" in wanted.names) or (name == "group" and name not in wanted.labels):
        return (name,)
    guesses = (*wanted.also.get(name, ()), *USUAL.get(name, ()))
    return (name, *(guess for guess in guesses if guess not in wanted.names))


def other_names(wanted: Wanted) -> dict[str, str]:
    """Further name -> name, for those by which a person may call a column in ``--map`` too: of one name alone.

    Examples
    --------
    >>> other_names(Wanted(labels=("origin",), also={"value": ("mx",)}))["mx"]
    'value'

    """
    meant: dict[str, set[str]] = defaultdict(set)
    for name in wanted.names:
        for other in usual_names(name, wanted):
            meant[other].add(name)
    return {other: name for other, (name, *more) in ((one, sorted(names)) for one, names in meant.items()) if not more}


def one_basis(path: Path, rows: pl.DataFrame, used: Mapping[str, str]) -> None:
    """Raise where rows of several definitions, units or boundary vintages stand together."""
    for column in rows.columns:
        if column.strip().lower() not in BASIS or column in used.values():
            continue
        values = [str(value) for value in rows[column].drop_nulls().unique(maintain_order=True)]
        if len(values) > 1:
            raise BadInput(
                "catalog.long.mixed", path=str(path), column=column, values=", ".join(values[:6]), first=values[0]
            )
