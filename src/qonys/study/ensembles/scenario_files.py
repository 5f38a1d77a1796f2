"""A scenario as a person writes it: a TOML or YAML file with named keys and KEY=VALUE changes, each checked."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import yaml

from qonys.catalog.reading.setting_files import settings_text
from qonys.errors import BadInput
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
    values: dict[str, Any] = {} if path is None else dict(_read(path))
    values |= dict(given or {})
    for change in changes:
        _set(values, change)
    return Scenario(**{key: _checked(key, value) for key, value in values.items()})


def _read(path: Path) -> Mapping[str, Any]:
    try:
        text = settings_text(path)
        found = yaml.safe_load(text) if path.suffix.lower() in (".yaml", ".yml") else tomllib.loads(text)
    except RecursionError:
        raise BadInput("catalog.reading.deep_settings", path=str(path)) from None
    except (OSError, tomllib.TOMLDecodeError, yaml.YAMLError) as error:
        problem = " ".join(str(error).split())
        raise BadInput("study.project.scenario_file", path=str(path), problem=problem) from error
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise BadInput("study.project.scenario_file", path=str(path), problem=type(found).__name__)
    return {str(key): value for key, value in found.items()}


def _set(values: dict[str, Any], change: str) -> None:
    key, sign, text = change.partition("=")
    try:
        value = tomllib.loads(f"x = {text}")["x"]
    except tomllib.TOMLDecodeError as error:
        raise BadInput("study.project.pair", given=change) from error
    if not sign:
        raise BadInput("study.project.pair", given=change)
    *outer, last = key.strip().split(".")
    place = values
    for name in outer:
        inside = place.get(name)
        place[name] = dict(inside) if isinstance(inside, dict) else {}
        place = place[name]
    place[last] = value


def _checked(key: str, value: Any) -> Any:
    if key not in KINDS:
        raise BadInput("study.project.key", name=key, known=", ".join(KEYS))
    kind = KINDS[key]
    if kind is dict:
        return _table(key, value)
    if not (isinstance(value, bool) if kind is bool else _number(value)):
        raise BadInput("study.project.value", name=key, value=value, expected=kind.__name__)
    if kind is int and value != int(value):
        raise BadInput("study.project.value", name=key, value=value, expected="int")
    return kind(value)


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < float("inf")


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
