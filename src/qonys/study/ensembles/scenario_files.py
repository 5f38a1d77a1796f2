"""A scenario as a person writes it: a TOML or YAML file with named keys and KEY=VALUE changes, each checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from qonys.catalog.reading.formats.settings import FARTHEST, named_values, settings_document, toml_document
from qonys.errors import BadInput, RefusedWithin
from qonys.projection.scenarios import ALL, KEYS, Scenario

KINDS = {one.name: type(getattr(Scenario(), one.name)) for one in fields(Scenario)}
EXAMPLES = {
    "emigration_times_by_group": "{russian = 0.5}",
    "emigration_times_by_region": '{"KZ-63" = 0.5}',
    "region_attraction": '{"KZ-71" = 1.2}',
    "immigration_add": '{kazakh = 10000}, {kazakh = {"KZ-61" = 4000}}',
}


def scenario_of(
    path: Path | None = None, changes: Sequence[str] = (), given: Mapping[str, Any] | None = None
) -> Scenario:
    """A scenario from a file, a mapping and `KEY=VALUE` changes, the later ones winning.

    A key of a table may be written with a point: immigration_add.kazakh=10000.

    Raises
    ------
    BadInput
        The file or a change cannot be read, a key does not exist, a value is impossible.

    """
    values: dict[str, Any] = {}
    if path is not None:
        values = settings_document(path)
        try:
            _scenario(values)
        except BadInput as error:
            raise RefusedWithin("study.project.scenario_file", error, path=str(path)) from error
    values |= dict(given or {})
    for change in changes:
        _set(values, change)
    return _scenario(values)


def _scenario(values: Mapping[str, Any]) -> Scenario:
    return Scenario(**{key: _checked(key, value) for key, value in values.items()})


def _set(values: dict[str, Any], change: str) -> None:
    key, sign, text = change.partition("=")
    document = _written(text)
    if not sign or set(document) != {"x"}:
        raise BadInput("study.project.pair", given=change)
    *outer, last = key.strip().split(".")
    place = values
    for name in outer:
        inside = place.get(name)
        place[name] = dict(inside) if isinstance(inside, dict) else {}
        place = place[name]
    place[last] = document["x"]


def _written(text: str) -> dict[str, Any]:
    """`text` as the value of x; nothing where it is no value."""
    try:
        return named_values(toml_document(f"x = {text}", "--set"), "--set")
    except BadInput:
        return {}


def _checked(key: str, value: Any) -> Any:
    if key not in KINDS:
        raise BadInput("study.project.key", name=key, known=", ".join(KEYS))
    kind = KINDS[key]
    if kind is dict:
        return _table(key, value)
    if kind is bool:
        if not isinstance(value, bool):
            raise BadInput("study.project.value.flag", name=key, value=value)
        return value
    if not _number(value) or (kind is int and value != int(value)):
        raise BadInput(f"study.project.value.{'whole' if kind is int else 'number'}", name=key, value=value)
    return kind(value)


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= FARTHEST


def _table(key: str, value: Any) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise BadInput("regional.scenario.table", name=key, example=EXAMPLES[key])
    found: dict[str, Any] = {}
    for name, inside in value.items():
        if key == "immigration_add":
            places = inside if isinstance(inside, Mapping) else {ALL: inside}
            if not all(_number(one) for one in places.values()):
                raise BadInput("regional.scenario.table", name=f"{key}.{name}", example=EXAMPLES[key])
            found[str(name)] = {str(region): float(one) for region, one in places.items()}
        elif _number(inside):
            found[str(name)] = float(inside)
        else:
            raise BadInput("regional.scenario.table", name=f"{key}.{name}", example=EXAMPLES[key])
    return found


def as_document(scenario: Scenario) -> dict[str, Any]:
    """Every key with its value, as it can be written to JSON."""
    return {key: dict(value) if isinstance(value, Mapping) else value for key, value in asdict(scenario).items()}
