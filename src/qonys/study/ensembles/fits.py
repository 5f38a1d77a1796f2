"""What a projection needs, fitted once and kept: under the pack, the account and the code that it depends on."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl

from qonys.catalog import Pack
from qonys.catalog.drafts import draft_file
from qonys.catalog.locks import exclusive
from qonys.catalog.places import write_ready
from qonys.errors import BadInput
from qonys.inputs import figure_name
from qonys.inputs.recording import Reading, note, recording
from qonys.projection.processes.registry import ProcessChoices
from qonys.projection.regional.drivers import World
from qonys.study.base.accounts import national_account
from qonys.study.base.national import Prepared, prepare
from qonys.study.chapters.registry import absent, chapter_of
from qonys.study.ensembles.objects import digest_of, read_object, write_object
from qonys.study.ensembles.shipped import taken
from qonys.study.plan import Plan, resolve
from qonys.study.runs.code import module_digest
from qonys.study.runs.folders import cache_folder
from qonys.study.runs.stored import PATIENCE, content_of, kept_frames, stored_chapter, stored_table
from qonys.words.notes import note as note_to_person

ACCOUNTS, NATION = "accounts", "reconciled_national"
Tell = Callable[[str], None]


def account_of(pack: Pack, plan: Plan | None = None, tell: Tell = lambda key: None) -> pl.DataFrame:
    """The reconciled account: of a stored chapter, else computed and kept; `plan`: None for the pack's own."""
    plan = resolve(pack) if plan is None else plan
    found = stored_table(ACCOUNTS, pack, plan, NATION)
    if found is not None:
        return found

    def make() -> dict[str, pl.DataFrame]:
        return {NATION: national_account(pack, plan.account, taken(pack, tell))[0].table()}

    own = cache_folder() / ACCOUNTS / stored_chapter(ACCOUNTS, pack, plan).name
    return kept_frames(own, make)[NATION]


def _key(content: str, *modules: str, also: str = "") -> str:
    parts = [content, *(module_digest(module) for module in modules), also]
    return hashlib.sha256(" ".join(parts).encode()).hexdigest()[:16]


def _kept(path: Path, make: Callable[[], Any]) -> Any:
    """The object at `path`; made and kept where it is not there or cannot be read, by one process while others wait."""
    try:
        return _read_again(path)
    except FileNotFoundError:
        pass
    except BadInput:
        note_to_person("study.kept.damaged", path=str(path))
    write_ready(path.parent, "QONYS_CACHE")
    with exclusive(path.with_suffix(".lock"), PATIENCE):
        try:
            return _read_again(path)
        except (FileNotFoundError, BadInput):
            with recording() as figures:
                found = make()
            with draft_file(path.with_suffix(".figures")) as draft:
                draft.write_text("\n".join(sorted(one.text for one in figures)), encoding="utf-8")
            write_object(found, path)
            return found


def kept_fit(kind: str, content: str, modules: tuple[str, ...], make: Callable[[], Any]) -> Any:
    """A fit of some `kind` that depends on `content` (a digest) and on the code of `modules`; made once and kept."""
    found: Any = _kept(cache_folder() / kind / f"{_key(content, *modules)}.npz", make)
    return found


def _read_again(path: Path) -> Any:
    """The object at `path`; the figures that its making read are noted as read."""
    found = read_object(path)
    try:
        figures = [Reading.of(text) for text in path.with_suffix(".figures").read_text(encoding="utf-8").split()]
    except ValueError as error:
        raise BadInput("regional.damaged", path=str(path)) from error
    for one in figures:
        note(one)
    return found


def fitted(
    pack: Pack,
    account: pl.DataFrame,
    tell: Tell = lambda key: None,
    choices: ProcessChoices | None = None,
    plan: Plan | None = None,
) -> Prepared:
    """Inputs and processes of the nation, with the plan's draws of each posterior, however many are projected.

    `choices`: which processes are fitted (None: the plan's); each choice is kept for itself. `plan`: None for the
    pack's own.
    """
    plan = resolve(pack) if plan is None else plan
    how, base_year = plan.processes, plan.projection.base_year
    chosen = choices or how.choices()

    def make() -> Prepared:
        return prepare(pack, account, how.draws, how.seed, chosen, base_year, taken(pack, tell))

    buffer = io.BytesIO()
    account.write_csv(buffer)
    content = hashlib.sha256(buffer.getvalue()).hexdigest()
    content = f"{content_of('projection', pack)} {content} {how.draws} {how.seed} {base_year}"
    key = _key(content, "qonys.study.base.national", also=chosen.label())
    found: Prepared = _kept(cache_folder() / "fits" / f"{key}.npz", make)
    return found


class NotByRegion(BadInput):
    """The pack cannot be projected by region; the sentence names the figures that it lacks."""

    def __init__(self, pack: Pack, figures: tuple[str, ...]) -> None:
        super().__init__("study.project.not_by_region", pack=pack.name, figures=", ".join(figures))
        self._pack, self._figures = pack, figures

    def sentence(self, language: str = "en") -> str:
        """The error as one sentence, the figures by their names in the language."""
        self.values["figures"] = "; ".join(figure_name(self._pack, one, language) for one in self._figures)
        return super().sentence(language)


def world_of(
    pack: Pack,
    account: pl.DataFrame | None = None,
    tell: Tell = lambda key: None,
    regions: str | None = None,
    groups: tuple[str, ...] | None = None,
    choices: ProcessChoices | None = None,
    plan: Plan | None = None,
) -> World:
    """Regions, nation, processes and deviations of the pack's country; `account`: the reconciled one (None: found).

    `regions`, `groups`: a coarser choice, as in `regional_inputs`; `choices`, `plan`: as in `fitted`.

    Raises
    ------
    BadInput
        The pack lacks figures that the projection by region needs; the sentence names them.

    """
    if lacking := absent(pack, chapter_of("regional_projection").needs):
        raise NotByRegion(pack, lacking)
    account = account_of(pack, plan, tell) if account is None else account
    ready = fitted(pack, account, tell, choices, plan)

    def make() -> World:
        from qonys.study.base.regional import regional_inputs
        from qonys.study.ensembles.deviations import deviations

        tell("study.project.gathering")
        inputs = regional_inputs(pack, ready, regions, groups)
        return World(inputs, ready.inputs, ready.processes, deviations(pack, inputs, ready.inputs))

    modules = ("qonys.study.base.regional", "qonys.study.ensembles.deviations", "qonys.projection.regional.drivers")
    content = content_of("regional_projection", pack)
    key = _key(content, *modules, also=f"{digest_of(ready)} {regions} {groups}")
    found: World = _kept(cache_folder() / "worlds" / f"{key}.npz", make)
    return found
