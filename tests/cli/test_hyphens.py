"""A value that begins with a hyphen is taken by every option that takes texts, as with an equals sign."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from qonys.cli import USAGE, main
from qonys.cli.app import build_app
from qonys.cli.hyphens import with_joined_values


def commands(app, path=()):
    """Names of each command with its own application, groups without their own function left out."""
    for name, inner in app.resolved_commands().items():
        if not name.startswith("-"):
            if inner.default_command is None:
                yield from commands(inner, (*path, name))
            else:
                yield (*path, name), inner


COMMANDS = dict(commands(build_app()))


def text_options(app):
    """Options of a command whose values are texts or files."""
    for argument in app.assemble_argument_collection():
        kinds = str(argument.hint)
        if argument.field_info.is_keyword and argument.show and ("str" in kinds or "Path" in kinds) and "Literal" not in kinds:
            yield next(name for name in argument.names if name.startswith("--"))


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_every_option_of_texts_takes_a_hyphen(path):
    app = COMMANDS[path]
    options = [option for option in text_options(app) if option != "--format"]
    values = {option: ("-", "---", "-9", "-x")[place % 4] for place, option in enumerate(options)}
    joined = with_joined_values([*path, *(part for pair in values.items() for part in pair)])
    assert joined == [*path, *(f"{option}={value}" for option, value in values.items())]
    needed = [argument.names[0] for argument in app.assemble_argument_collection() if argument.required and argument.names]
    own = [f"{name}=1" for name in needed if name not in values]
    bound = app.parse_args([*joined[len(path) :], *own], exit_on_error=False, print_error=False)[1]
    assert all(f"'{value}'" in str(bound.arguments) for value in values.values())


def test_most_commands_are_walked():
    assert len(COMMANDS) > 30
    assert sum(len(list(text_options(app))) for app in COMMANDS.values()) > 200


@pytest.fixture
def flows(tmp_path) -> SimpleNamespace:
    path = Path(tmp_path) / "flows.csv"
    path.write_text("origin,destination,value\nA,B,5\nB,A,-\nA,-,3\nC,A,4\nB,C,1\nC,B,2\n", encoding="utf-8")
    return SimpleNamespace(path=str(path))


@pytest.mark.parametrize("between", [" ", "="])
def test_a_hyphen_that_stands_for_no_value(flows, capsys, between):
    given = [flows.path, *f"--na{between}- --exclude{between}destination=-".split()]
    assert main(["indicators", *given]) == 0
    assert main(["flows", "components", *given]) == 0
    capsys.readouterr()
    assert main(["indicators", *given, "--na", "--"]) == 0
    assert "--na --" in capsys.readouterr().err


def test_a_forgotten_value_is_told_with_the_form_that_works(flows, capsys):
    assert main(["indicators", flows.path, "--na", "--draws", "3"]) == USAGE
    assert "--na needs a value; one that begins with a hyphen is written --na=VALUE" in capsys.readouterr().err
