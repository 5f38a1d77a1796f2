"""The scenarios of a study: those that a plan names, and which of them its projections are run under."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from qonys.errors import BadInput, RefusedWithin

if TYPE_CHECKING:
    from qonys.projection.scenarios import Scenario

WITHOUT = "no_migration"


def _usual() -> dict[str, dict[str, Any]]:
    return {WITHOUT: {"no_migration": True}}


@dataclass(frozen=True)
class Scenarios:
    """Beside the baseline: scenarios of the nation, of regions and groups, and what each name changes.

    `named`: name -> keys and values of a scenario file (`qonys project --scenario`).
    """

    nation: tuple[str, ...] = (WITHOUT,)
    regions: tuple[str, ...] = ()
    named: Mapping[str, Mapping[str, Any]] = field(default_factory=_usual, hash=False)

    def scenario(self, name: str) -> Scenario:
        """The scenario of a name."""
        from qonys.study.ensembles.scenario_files import scenario_of

        return scenario_of(given=self.named[name])


def check_scenarios(given: Scenarios, path: str) -> None:
    """Refuse scenarios that are listed but not named, that cannot be, and changes by region in a nation's scenario.

    Raises
    ------
    BadInput
        The sentence names the file and the scenario.

    """
    known = ", ".join(given.named)
    for section, names in (("nation", given.nation), ("regions", given.regions)):
        for name in names:
            if name not in given.named:
                setting = {"name": f"scenarios.{section}", "other": "scenarios.named"}
                raise BadInput("study.plan.among", path=path, value=name, known=known, **setting)
    for name, changes in given.named.items():
        if changes != _usual().get(name):
            _check_changes(given, name, path)


def _check_changes(given: Scenarios, name: str, path: str) -> None:
    """Refuse changes that cannot be, and in a scenario of the nation those that need regions or groups."""
    shown = f"scenarios.named.{name}"
    if not isinstance(given.named[name], Mapping):
        raise BadInput("study.plan.type", path=path, name=shown, value=given.named[name], expected=f"[{shown}]")
    try:
        parts = given.scenario(name).parts()
    except BadInput as error:
        raise RefusedWithin("study.plan.scenario", error, path=path, name=shown) from error
    if parts and name in given.nation:
        raise BadInput("study.plan.parts", path=path, value=name, names=", ".join(parts))
