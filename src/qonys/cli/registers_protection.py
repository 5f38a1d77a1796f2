"""`qonys registers protect` and `attack`: tables that others may see, and what readers can derive from them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from qonys import words
from qonys.cli.effects import say_unused
from qonys.cli.notes import hear
from qonys.cli.options import settings
from qonys.cli.ranges import Seed, Within
from qonys.cli.registers import TABLE, Name, TableOptions, opened, show_table, tell_lines
from qonys.errors import BadInput

if TYPE_CHECKING:
    from qonys.registers.protection.secret import Secret
    from qonys.registers.protection.tables import Protection
    from qonys.registers.store import Register


@Parameter(name="*")
@dataclass(frozen=True)
class ProtectionOptions:
    """How a table is protected."""

    method: Annotated[str, Parameter(help="cli.registers.method")] = "cellkey"
    secret: Annotated[Path | None, Parameter(help="cli.registers.secret", negative=())] = None
    largest: Annotated[int, Parameter(help="cli.registers.largest", validator=Within(1, 50))] = 5
    variance: Annotated[float, Parameter(help="cli.registers.variance", validator=Within(0.01, 500))] = 2.0
    hidden: Annotated[int, Parameter(help="cli.registers.hidden", validator=Within(0, 20))] = 2
    threshold: Annotated[int, Parameter(help="cli.registers.threshold", validator=Within(2, 1000))] = 5
    base: Annotated[int, Parameter(help="cli.registers.base", validator=Within(2, 1000))] = 5

    def protection(self) -> Protection:
        """The same as tables take it; an option without effect is said."""
        from qonys.registers.protection.tables import Protection

        found = Protection(self.method, self.largest, self.variance, self.hidden, self.threshold, self.base)
        noise = self.method == "cellkey"
        used = {"largest": noise, "variance": noise, "hidden": noise, "base": self.method == "round",
                "threshold": self.method == "suppress", "secret": noise}  # fmt: skip
        say_unused(self, used)
        return found

    def opened_secret(self, register: Register) -> Secret:
        """The secret of the person; made-up persons need none."""
        from qonys.registers.protection.secret import made_up_secret
        from qonys.registers.protection.tables import secret_for

        if self.secret is None and self.method != "cellkey":
            return made_up_secret()  # no noise hangs on it
        found = secret_for(register, self.secret or "")
        if found.seen:
            hear("protection.secret.seen", {"path": str(self.secret)})
        return found


CELLKEY = ProtectionOptions()


def protect(
    name: Annotated[str, Parameter(help="cli.registers.protect_name")] = "",
    *,
    new_secret: Annotated[Path | None, Parameter(help="cli.registers.new_secret", negative=())] = None,
    options: TableOptions = TABLE,
    how: ProtectionOptions = CELLKEY,
    out: Annotated[Path | None, Parameter(help="cli.registers.out")] = None,
) -> int:
    """A table of moves that others may see; or a new secret."""
    from qonys.registers.protection.secret import new_secret as write_secret
    from qonys.registers.protection.tables import protected_flows

    if new_secret is not None:
        if name:
            raise BadInput("protection.secret.alone", name=name)
        write_secret(new_secret)
        print(words.text("protection.secret.written", settings().language, path=str(new_secret)))
        return 0
    register = opened(name)
    protection = how.protection()
    found = protected_flows(
        register, options.choices(register), how.opened_secret(register), protection, options.margins
    )
    key, values = found.note()
    tell_lines(
        [(one, {"n": count}) for one, count in (("protection.note.outside", found.outside),
                                                ("protection.note.within", found.within)) if count]
    )  # fmt: skip
    frame = found.frame.rename(options.times())
    if out is not None or settings().format != "table":
        import polars as pl

        frame = frame.with_columns(protection=pl.lit(words.text(key, settings().language, **values)))
    show_table(register, frame, key, out, **values)
    return 0


def attack(
    name: Name,
    *,
    options: TableOptions = TABLE,
    how: ProtectionOptions = CELLKEY,
    seed: Seed = 1,
) -> int:
    """Of how many cells of a protected table a reader can be sure."""
    from qonys.registers.protection.attacks import attack_frame, attacks

    register = opened(name)
    say_unused(options, {"margins": False})  # an attack takes all of them
    protection = how.protection()
    found = attacks(register, options.choices(register), how.opened_secret(register), protection, seed)
    show_table(register, attack_frame(found), "protection.footer.attack")
    return 0
