"""Lights with a person's own releases: those of the study, and anew where releases were added to the store."""

from __future__ import annotations

import polars as pl

from qonys.errors import QonysError
from qonys.figures.edition import capital
from qonys.figures.monitor import RELEASES
from qonys.study.analyses.alarms import PACK, USER, stored_lights
from qonys.study.analyses.release_files import own_releases
from qonys.web.view import Site, View


def lights_now(site: Site) -> pl.DataFrame:
    """The lights of the study with `owner`; where the person has own releases, those of all stored releases.

    A store that cannot be read changes nothing here: `fault` says it.
    """
    study = site.results.table(RELEASES).frame.with_columns(pl.lit(PACK).alias("owner"))
    mark = site.own_mark()
    if not mark or fault(site):
        return study
    return site.keep(f"own lights {mark}", lambda: stored_lights(site.pack) if own_releases(site.pack) else study)


def fault(site: Site) -> QonysError | None:
    """Why the person's own releases cannot be read; None where they can."""
    try:
        own_releases(site.pack)
    except QonysError as error:
        return error
    return None


def has_own(lights: pl.DataFrame) -> bool:
    """Whether an increment ends with an own release."""
    return USER in lights["owner"]


def indicator_name(view: View, code: str, owner: str) -> str:
    """The name of an indicator, that of a person's own as it was given; marked where the release is own."""
    name = capital(view.name(f"monitor.indicator.{code}", code))
    return view.say("monitor.own.marked", name=name) if owner == USER else name
