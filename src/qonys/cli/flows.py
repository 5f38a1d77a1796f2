"""`qonys flows`: estimate, balance, split, components, reconcile, classify."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from qonys import words
from qonys.cli.effects import say_idle, say_unused
from qonys.cli.files import AS_FOUND, FileOptions
from qonys.cli.help import new_app
from qonys.cli.options import settings
from qonys.cli.printing import print_frame
from qonys.cli.ranges import DRAWS, SHARE, Seed, Within
from qonys.words.each import in_each

if TYPE_CHECKING:
    import polars as pl

    from qonys.study.analyses.flows import FlowsResult

app = new_app("flows", "cli.command.flows")
Stocks = Annotated[Path, Parameter(help="cli.flows.stocks")]


@Parameter(name="*")
@dataclass(frozen=True)
class StockOptions:
    """How flows are estimated from stocks."""

    vital: Annotated[Path | None, Parameter(help="cli.flows.vital")] = None
    seed: Annotated[Path | None, Parameter(help="cli.flows.seed")] = None
    method: Annotated[str, Parameter(help="cli.flows.method")] = "minimum"
    system: Annotated[str, Parameter(help="cli.flows.system")] = "closed"
    weight: Annotated[float, Parameter(help="cli.flows.weight", validator=SHARE)] = 0.87
    births: Annotated[str, Parameter(help="cli.flows.births")] = "native"
    missing: Annotated[str, Parameter(help="cli.flows.missing")] = "error"
    moves: Annotated[float | None, Parameter(help="cli.flows.total_moves", validator=Within(0, 1e11))] = None
    imbalance: Annotated[float, Parameter(help="cli.flows.imbalance", validator=Within(0, 100))] = 0.1

    def answer(self, file: Path, reading: FileOptions) -> FlowsResult:
        """Flows of a stock file."""
        from qonys.study.analyses.flows import estimate_from_files

        accounts = self.method not in BY_STOCKS
        say_unused(
            self,
            {
                "weight": self.method == "pseudo_bayes", "moves": self.method == "rates_shares", "seed": accounts,
                "system": accounts, "births": accounts and self.vital is not None,
                "imbalance": accounts and self.system == "closed",
            },
        )  # fmt: skip
        names = ("method", "system", "weight", "births", "missing", "moves", "imbalance")
        chosen: dict[str, object] = {name: getattr(self, name) for name in names}
        return estimate_from_files(file, self.vital, self.seed, chosen, reading.choices())


DEFAULTS = StockOptions()
BY_STOCKS = ("difference_zero", "difference_reverse", "rates_shares", "rates_transitions")  # these account for nothing
USUAL_AXES = ("origin,destination",)


def tell(notes: tuple[tuple[str, dict[str, object]], ...]) -> None:
    """Notes of an answer on standard error, in the chosen language."""
    for key, values in notes:
        print(words.text(key, settings().language, **values), file=sys.stderr, flush=True)


def show(frame: pl.DataFrame) -> None:
    """A frame of an answer in the chosen format."""
    print_frame(frame, label=lambda column, code: None, footer=())


@app.command(help="cli.command.flows.estimate")
def estimate(
    file: Stocks,
    *,
    options: StockOptions = DEFAULTS,
    table: Annotated[str, Parameter(help="cli.flows.table")] = "flows",
    reading: FileOptions = AS_FOUND,
) -> int:
    """Flows between neighbouring times of a stock table."""
    from qonys.errors import BadInput

    answer = options.answer(file, reading)
    if table not in answer.frames:
        raise BadInput("estimation.choice", option="--table", value=table, known=", ".join(answer.frames))
    tell(answer.notes)
    show(answer.frames[table])
    return 0


@app.command(help="cli.command.flows.split")
def split(file: Stocks, *, options: StockOptions = DEFAULTS, reading: FileOptions = AS_FOUND) -> int:
    """Flows parted into those from the birthplace, back to it, and onward."""
    return int(estimate(file, options=options, table="split", reading=reading))


@app.command(help="cli.command.flows.balance")
def balance(
    file: Annotated[Path, Parameter(help="cli.flows.pattern")],
    *margins: Annotated[Path, Parameter(help="cli.flows.margins")],
    net: Annotated[Path | None, Parameter(help="cli.flows.net")] = None,
    criterion: Annotated[str, Parameter(help="cli.flows.criterion")] = "entropy",
    axes: Annotated[tuple[str, ...], Parameter(help="cli.flows.axes", consume_multiple=False)] = USUAL_AXES,
    reading: FileOptions = AS_FOUND,
) -> int:
    """A table brought to margins, or flows brought to net totals."""
    from qonys.errors import BadInput
    from qonys.study.analyses.flows import balance_files, balance_net_files

    if net is not None:
        shown = " ".join(map(str, margins))
        say_idle({shown: bool(margins), "--axes": axes != USUAL_AXES})
        answer = balance_net_files(file, net, criterion, reading.choices())
        tell(answer.notes)
        show(answer.frames["flows"])
        return 0
    if criterion != "entropy":
        raise BadInput("study.flows.criterion", value=criterion)
    found, answer = balance_files(file, margins, axes, reading.choices())
    tell(answer.notes)
    if not found.converged:
        show(answer.frames["cells"])
        values = {"iterations": found.iterations, "error": in_each(found.greatest_error), "n": found.cells.height}
        tell(((f"study.flows.{found.status}", values),))
        return 1
    show(answer.frames["flows"])
    return 0


@app.command(help="cli.command.flows.components")
def components(
    file: Annotated[Path, Parameter(help="cli.flows.table_file")], *, reading: FileOptions = AS_FOUND
) -> int:
    """Total, origin and destination shares and associations of a flow table."""
    from qonys.study.analyses.flows import components_of_file

    show(components_of_file(file, reading.choices()).frames["components"])
    return 0


@app.command(help="cli.command.flows.reconcile")
def reconcile(
    *,
    draws: Annotated[int, Parameter(help="cli.flows.draws", validator=DRAWS)] = 1000,
    seed: Seed = 20,
    regions: Annotated[bool, Parameter(help="cli.flows.regions", negative=())] = False,
) -> int:
    """One posterior table of the pack's accounts from sources that disagree."""
    from qonys.catalog import open_pack
    from qonys.errors import BadInput
    from qonys.study.base.accounts import national_account, regional_account
    from qonys.study.plan import Account

    if draws < 40:
        raise BadInput("study.flows.few_draws", draws=draws)
    pack = open_pack(settings().pack)
    tell((("study.flows.sampling", {"draws": draws}),))
    national, _ = national_account(pack, Account(draws, seed))
    if not regions:
        tell((("study.flows.note.rhat", {"rhat": f"{national.rhat:.3f}", "gap": national.residual()}),))
        show(national.table())
        return 0
    found, _ = regional_account(pack, national, seed)
    tell(
        (("study.flows.note.rhat", {"rhat": f"{max(found.rhat, national.rhat):.3f}", "gap": found.residual(national)}),)
    )
    show(found.table())
    return 0


@Parameter(name="*")
@dataclass(frozen=True)
class NetOptions:
    """Mortality, births and stated errors of indirect net migration."""

    rates: Annotated[Path | None, Parameter(help="cli.net.rates")] = None
    births: Annotated[Path | None, Parameter(help="cli.net.births")] = None
    deaths: Annotated[Path | None, Parameter(help="cli.net.deaths")] = None
    reclassified: Annotated[Path | None, Parameter(help="cli.net.reclassified")] = None
    kind: Annotated[str, Parameter(help="cli.net.kind")] = "rates"
    children: Annotated[bool, Parameter(help="cli.net.children", negative=())] = False
    by_move: Annotated[bool, Parameter(help="cli.net.by_move", negative=())] = False
    first: Annotated[float, Parameter(help="cli.net.first", validator=SHARE)] = 0.0
    second: Annotated[float, Parameter(help="cli.net.second", validator=SHARE)] = 0.0
    mortality: Annotated[float, Parameter(help="cli.net.mortality", validator=SHARE)] = 0.0
    draws: Annotated[int, Parameter(help="cli.net.draws", validator=DRAWS)] = 500
    seed: Seed = 1


NET_DEFAULTS = NetOptions()


@app.command(help="cli.command.flows.residual")
def residual(
    file: Annotated[Path, Parameter(help="cli.net.counts")],
    *,
    options: NetOptions = NET_DEFAULTS,
    reading: FileOptions = AS_FOUND,
) -> int:
    """Net migration by age between two counts."""
    from qonys.study.analyses.schedules import NetFiles, net_migration_of_files

    errors = {name: getattr(options, name) for name in ("first", "second", "mortality", "draws", "seed")}
    drawn = any((options.first, options.second, options.mortality))
    used = {"draws": drawn, "seed": drawn and options.draws > 0, "kind": options.rates is not None}
    say_unused(options, {**used, "children": options.births is None})
    names = ("rates", "births", "deaths", "reclassified", "kind", "children", "by_move")
    files = NetFiles(**{name: getattr(options, name) for name in names})
    show(net_migration_of_files(file, files, errors, reading.choices()))
    return 0


@Parameter(name="*")
@dataclass(frozen=True)
class ClassifyOptions:
    """How moves are labelled and what is shown."""

    table: Annotated[str, Parameter(help="cli.flows.classify.table")] = "records"
    label: Annotated[str, Parameter(help="cli.flows.classify.label")] = "form"
    truth: Annotated[str, Parameter(help="cli.flows.classify.truth")] = ""
    months: Annotated[float, Parameter(help="cli.flows.classify.months", validator=Within(0, 1200))] = 12.0
    home: Annotated[str, Parameter(help="cli.flows.classify.home")] = ""
    kin: Annotated[str, Parameter(help="cli.flows.classify.kin")] = ""
    rules: Annotated[Path | None, Parameter(help="cli.flows.classify.rules")] = None
    dates: Annotated[str, Parameter(help="cli.flows.classify.dates")] = ""


LABELS = ClassifyOptions()


@app.command(help="cli.command.flows.classify")
def classify(
    file: Annotated[Path | None, Parameter(help="cli.flows.moves")] = None,
    *,
    options: ClassifyOptions = LABELS,
    reading: FileOptions = AS_FOUND,
) -> int:
    """Forms of migration of a file of moves."""
    from qonys.catalog import open_pack
    from qonys.study.analyses.typology import TypologyRequest, classify_file, described

    chosen = vars(options) | {"kin": tuple(part.strip() for part in options.kin.split(",") if part.strip())}
    language = settings().language
    request = TypologyRequest(**chosen)
    if file is None:
        say_unused(options, dict.fromkeys(("truth", "months", "home", "kin", "dates", "label"), False))
        show(described(request, language))
        return 0
    compared = options.table in ("confusion", "classes", "agreement")
    say_unused(options, {"truth": compared, "label": compared or options.table == "mix"})
    show(classify_file(file, request, open_pack(settings().pack), language, reading.choices()))
    return 0
