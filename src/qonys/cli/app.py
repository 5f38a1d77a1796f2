"""The command tree. A new command is one line in `COMMANDS`; its module is imported when it runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cyclopts import App


@dataclass(frozen=True)
class Command:
    """A command or group of commands, named by ``module:object``.

    The object is a function, or an `App` made by `qonys.cli.help.new_app` with the same name.
    `help_key` is a key of the word catalogues.
    """

    name: str
    target: str
    help_key: str


COMMANDS: tuple[Command, ...] = (
    Command("backtest", "qonys.cli.project:backtest", "cli.command.backtest"),
    Command("behaviour", "qonys.cli.behaviour:app", "cli.command.behaviour"),
    Command("breaks", "qonys.cli.shocks:breaks", "cli.command.breaks"),
    Command("catalog", "qonys.cli.catalog.commands:app", "cli.command.catalog"),
    Command("claims", "qonys.cli.study:claims", "cli.command.claims"),
    Command("consequences", "qonys.cli.consequences:consequences", "cli.command.consequences"),
    Command("course", "qonys.cli.course:app", "cli.command.course"),
    Command("doctor", "qonys.cli.doctor:doctor", "cli.command.doctor"),
    Command("effect", "qonys.cli.effect:effect", "cli.command.effect"),
    Command("factors", "qonys.cli.explain:factors", "cli.command.factors"),
    Command("flows", "qonys.cli.flows:app", "cli.command.flows"),
    Command("indicators", "qonys.cli.indicators:indicators", "cli.command.indicators"),
    Command("law", "qonys.cli.law:app", "cli.command.law"),
    Command("lifetable", "qonys.cli.life_tables:lifetable", "cli.command.lifetable"),
    Command("monitor", "qonys.cli.monitor:app", "cli.command.monitor"),
    Command("pack", "qonys.cli.pack:app", "cli.command.pack"),
    Command("policy", "qonys.cli.policy:app", "cli.command.policy"),
    Command("project", "qonys.cli.project:project", "cli.command.project"),
    Command("registers", "qonys.cli.registers:app", "cli.command.registers"),
    Command("schedule", "qonys.cli.schedules:app", "cli.command.schedule"),
    Command("segregation", "qonys.cli.explain:segregation", "cli.command.segregation"),
    Command("serve", "qonys.cli.serve:serve", "cli.command.serve"),
    Command("study", "qonys.cli.study:app", "cli.command.study"),
    Command("survey", "qonys.cli.surveys:app", "cli.command.survey"),
    Command("texts", "qonys.cli.texts:app", "cli.command.texts"),
    Command("why", "qonys.cli.why:why", "cli.command.why"),
)  # fmt: skip


def build_app() -> App:
    """The whole command tree; no command's module is imported yet."""
    from qonys.cli.help import new_app

    app = new_app("qonys", "cli.command.qonys")
    for command in COMMANDS:
        app.command(command.target, name=command.name, help=command.help_key)
    return app


def has_command(name: str) -> bool:
    """Whether there is a command of this name (`flows classify`).

    Examples
    --------
    >>> has_command("flows classify"), has_command("flows guess")
    (True, False)

    """
    found: App = build_app()
    try:
        for part in name.split():
            found = found[part]
    except KeyError:
        return False
    return bool(name.split())
