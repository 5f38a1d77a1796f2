"""What a study must know of its country: `country.yaml` of the pack, and where it is silent the tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from qonys.catalog.country import Intention, country_declaration, country_words
from qonys.catalog.pack import Pack
from qonys.errors import BadInput
from qonys.inputs.figures import available, rows
from qonys.inputs.recording import aside

__all__ = ["CountrySettings", "country", "country_words"]


@dataclass(frozen=True)
class CountrySettings:
    """A country as the study sees it.

    `code` is that of the whole country in the column `region`, `iso3` that of the column `country`. `independence`:
    first year of the state in its present borders. `account_from`: first year of the national account (births and
    deaths are stated). `composition_from`: first count of groups that is comparable with the later ones;
    `composition_dates`: the counts since then. `age_intervals`: first years of the intervals whose net migration by age
    is drawn (empty: some spread over all). `span`: first and last year of the series. `kin`: codes of the groups
    that the state counts as its own; `contrast_group`: the one shown next to them. `intentions` to move that surveys
    published. `surveys`: role -> survey.
    """

    code: str
    iso3: str
    independence: int | None
    account_from: int | None
    first_census: int | None
    composition_from: int | None
    composition_dates: tuple[int, ...]
    age_intervals: tuple[int, ...]
    span: tuple[int, int] | None
    kin_groups: tuple[str, ...]
    contrast_group: str | None
    intentions: tuple[Intention, ...]
    surveys: Mapping[str, str]

    @property
    def kin(self) -> str | None:
        """The first of the groups that the state counts as its own."""
        return self.kin_groups[0] if self.kin_groups else None

    def survey(self, role: str) -> str:
        """The survey that speaks in a role.

        Raises
        ------
        BadInput
            `country.yaml` names no survey in this role.

        """
        if role not in self.surveys:
            raise BadInput("inputs.survey", role=role, known=", ".join(self.surveys) or "–")
        return self.surveys[role]


def country(pack: Pack) -> CountrySettings:
    """The pack's country.

    What `country.yaml` does not state is found in the tables: the years of the account are those for which births
    and deaths are stated, those of the counts the years of the censuses, the contrast group is the largest other group
    of the last count. None where the tables are silent too.

    Examples
    --------
    >>> from qonys.catalog import open_pack
    >>> found = country(open_pack("kazakhstan"))
    >>> found.kin, found.independence, found.span
    ('kazakh', 1991, (1897, 2026))

    """

    def make() -> CountrySettings:
        with aside():
            return _settings(pack)

    return pack.cached("country settings", make)


def _settings(pack: Pack) -> CountrySettings:
    given = country_declaration(pack)
    census = given.first_census or _edge(pack, "census_population", "min")
    since = given.composition_from or _edge(pack, "ethnic_census", "min")
    return CountrySettings(
        code=pack.whole,
        iso3=str(pack.country.get("iso3", "")),
        independence=given.independence,
        account_from=given.account_from or _account_from(pack),
        first_census=census,
        composition_from=since,
        composition_dates=given.composition_dates or _counts_since(pack, since),
        age_intervals=given.age_intervals,
        span=(given.span[0], given.span[1]) if given.span else _span(pack),
        kin_groups=given.kin_groups,
        contrast_group=given.contrast_group or _largest_other(pack, given.kin_groups),
        intentions=given.intentions,
        surveys=given.surveys,
    )


def _edge(pack: Pack, name: str, which: str) -> int | None:
    if available(pack, (name,)):
        return None
    years = rows(pack, name)["year"].cast(pl.Int64)
    found = years.min() if which == "min" else years.max()
    return None if found is None else int(str(found))


def _account_from(pack: Pack) -> int | None:
    firsts = [_edge(pack, name, "min") for name in ("births", "deaths")]
    stated = [year for year in firsts if year is not None]
    return max(stated) if len(stated) == len(firsts) else None


def _counts_since(pack: Pack, since: int | None) -> tuple[int, ...]:
    if since is None or available(pack, ("ethnic_census",)):
        return ()
    years = rows(pack, "ethnic_census")["year"].cast(pl.Int64).unique().sort()
    return tuple(year for year in years.to_list() if year >= since)


def _span(pack: Pack) -> tuple[int, int] | None:
    names = ("census_population", "births", "deaths", "net_migration")
    firsts = [year for name in names if (year := _edge(pack, name, "min")) is not None]
    lasts = [year for name in names if (year := _edge(pack, name, "max")) is not None]
    return (min(firsts), max(lasts)) if firsts else None


def _largest_other(pack: Pack, kin: tuple[str, ...]) -> str | None:
    if available(pack, ("ethnic_census",)):
        return None
    counts = rows(pack, "ethnic_census").filter(~pl.col("ethnic_group").is_in([*kin, "other", "total"]))
    last = counts.filter(pl.col("year") == pl.col("year").max()).drop_nulls("value").sort("value", descending=True)
    return str(last["ethnic_group"][0]) if last.height else None
