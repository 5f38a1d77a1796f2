"""A projection of the pack's country, as the command line asks for it."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path

import polars as pl

from qonys.catalog import Pack
from qonys.errors import BadInput
from qonys.projection.backtest import backtest, summary
from qonys.projection.national import Projection, Scenario, project_national
from qonys.study.chapters.accounts import national_account
from qonys.study.projecting import HORIZON, Prepared, migration_of, pool_of, prepare
from qonys.study.run import cache_folder, run_key

TABLES = ("quantiles", "pyramid", "parameters", "crises", "draws")
ORIGINS = (1980, 1985, 1990, 1995, 2000, 2005, 2010, 2013)
Tell = Callable[[str], None]


@dataclass(frozen=True)
class Ask:
    """What is asked: draws, last year, seed, table, year of a pyramid, measure of the draws, scenario."""

    draws: int = 1000
    horizon: int = 2050
    seed: int = 1
    table: str = "quantiles"
    year: int = 0
    measure: str = ""
    scenario: Path | None = None
    changes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.table not in TABLES:
            raise BadInput("estimation.choice", option="--table", value=self.table, known=", ".join(TABLES))


def scenario_of(path: Path | None, changes: Sequence[str]) -> Scenario:
    """A scenario from a TOML file and `KEY=VALUE` changes, the later ones winning."""
    values: dict[str, object] = {}
    if path is not None:
        try:
            values |= tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise BadInput("study.project.scenario_file", path=str(path), problem=str(error)) from error
    for change in changes:
        key, sign, text = change.partition("=")
        if not sign:
            raise BadInput("study.project.pair", given=change)
        try:
            values[key.strip()] = tomllib.loads(f"x = {text}")["x"]
        except tomllib.TOMLDecodeError as error:
            raise BadInput("study.project.pair", given=change) from error
    kinds = {field.name: type(getattr(Scenario(), field.name)) for field in fields(Scenario)}
    for key, value in values.items():
        if key not in kinds:
            raise BadInput("study.project.key", name=key, known=", ".join(kinds))
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if not (isinstance(value, kinds[key]) if kinds[key] is bool else number):
            raise BadInput("study.project.value", name=key, value=value, expected=kinds[key].__name__)
    found = replace(Scenario(), **values)  # type: ignore[arg-type]
    if found.fertility_times <= 0:
        raise BadInput("study.project.value", name="fertility_times", value=found.fertility_times, expected="> 0")
    return found


def account_of(pack: Pack) -> pl.DataFrame:
    """The reconciled account: of a stored run, else computed and kept beside it."""
    folder = cache_folder()
    stored = folder / "results" / run_key(pack) / "tables" / "reconciled_national.parquet"
    own = folder / "accounts" / f"{run_key(pack)}.parquet"
    for path in (stored, own):
        if path.is_file():
            return pl.read_parquet(path)
    frame = national_account(pack)[0].table()
    own.parent.mkdir(parents=True, exist_ok=True)
    part = own.with_suffix(".part")
    frame.write_parquet(part)
    part.replace(own)
    return frame


def projected(pack: Pack, ask: Ask, tell: Tell) -> tuple[Prepared, Projection]:
    """The fitted processes and the projection."""
    scenario = scenario_of(ask.scenario, ask.changes)
    if ask.draws < 2:
        raise BadInput("projection.horizon", horizon=ask.horizon, most=HORIZON, draws=ask.draws)
    tell("study.project.account")
    account = account_of(pack)
    tell("study.project.fitting")
    ready = prepare(pack, account, ask.draws, ask.seed)
    length = ask.horizon - ready.inputs.base_year
    if not 1 <= length <= HORIZON:
        first, last = ready.inputs.base_year + 1, ready.inputs.base_year + HORIZON
        raise BadInput("projection.year", year=ask.horizon, first=first, last=last)
    tell("study.project.running")
    return ready, project_national(ready.inputs, ready.processes, length, ask.draws, ask.seed, scenario)


def answer(pack: Pack, ask: Ask, tell: Tell) -> pl.DataFrame:
    """The asked table."""
    ready, found = projected(pack, ask, tell)
    if ask.table == "pyramid":
        return found.pyramid(ask.year or ask.horizon)
    if ask.table == "parameters":
        return ready.processes.migration.parameters()
    if ask.table == "crises":
        return ready.processes.migration.crises()
    if ask.table == "draws":
        return _draws(found, ask.measure or "population")
    frame = found.quantiles()
    return frame.filter(pl.col("measure") == ask.measure) if ask.measure else frame


def _draws(found: Projection, measure: str) -> pl.DataFrame:
    known = found.measures()
    if measure not in known:
        raise BadInput("projection.measure", found=measure, known=", ".join(known))
    values = known[measure]
    years = found.years if values.shape[1] == len(found.years) else found.years[1:]
    return pl.DataFrame({"draw": range(len(values)), **{str(y): values[:, i] for i, y in enumerate(years)}})


def skill_of(pack: Pack, origins: Sequence[int] = ORIGINS, full: bool = False) -> pl.DataFrame:
    """The record of skill of the migration process: summary, or every forecast."""
    account = account_of(pack)
    pool = pool_of(pack)
    frame = migration_of(pool, account, pack.country["iso3"], int(str(pool["net_migration"]["year"].max())))
    known = frame["year"].unique()
    wrong = [origin for origin in origins if origin not in known]
    if wrong:
        raise BadInput("study.project.origin", origin=wrong[0], first=known.min(), last=known.max())
    found = backtest(frame, tuple(origins))
    return found if full else summary(found)
