"""`country.yaml` of a pack: what a study must know of its country and no table states.

Years that part its history, the groups that a chapter singles out, the surveys used, and the names of the country and
of its groups with their grammatical cases, which sentences take in places such as `{country_gen}` or `{kin_ins}`.
Every key may be absent; what is then taken is found in the tables by `qonys.inputs.country`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from qonys.catalog.pack import Pack, nearest
from qonys.catalog.rules.findings import Finding
from qonys.errors import BadInput, QonysError

FILE = "country.yaml"
CASES: Mapping[str, Mapping[str, str]] = {
    "en": {"nominative": "", "adjective": "adj"},
    "ru": {"nominative": "", "genitive": "gen", "dative": "dat", "accusative": "acc", "instrumental": "ins",
           "prepositional": "pre"},
    "kk": {"nominative": "", "genitive": "gen", "dative": "dat", "accusative": "acc", "locative": "loc",
           "ablative": "abl", "instrumental": "ins", "attributive": "att"},
}  # fmt: skip
YEARS = ("independence", "account_from", "first_census", "composition_from")
LISTS = ("age_intervals", "composition_dates", "span", "kin_groups")
KEYS = (*YEARS, *LISTS, "contrast_group", "intentions", "surveys", "names", "groups")
Forms = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class Intention:
    """A published intention to move: figure that holds its share, year it was asked in, youngest age of those asked."""

    figure: str
    year: int
    from_age: int


@dataclass(frozen=True)
class CountryDeclaration:
    """What `country.yaml` states; None or empty where it is silent.

    `independence`: first year of the state in its present borders. `account_from`: first year of the national
    account. `composition_from`: first count of groups that is comparable with the later ones. `composition_dates`:
    counts shown one after another. `age_intervals`: first years of the five-year intervals whose net migration by age
    is drawn. `span`: first and last year of the pack's series. `kin_groups`: codes of the
    groups that the state counts as its own, `contrast_group` the one shown next to them. `intentions` to move that
    surveys published. `surveys`: role -> survey.
    `names`: language -> case -> form; `groups`: code -> language -> case -> form.
    """

    independence: int | None = None
    account_from: int | None = None
    first_census: int | None = None
    composition_from: int | None = None
    composition_dates: tuple[int, ...] = ()
    age_intervals: tuple[int, ...] = ()
    span: tuple[int, ...] = ()
    kin_groups: tuple[str, ...] = ()
    contrast_group: str | None = None
    intentions: tuple[Intention, ...] = ()
    surveys: Mapping[str, str] = field(default_factory=dict)
    names: Forms = field(default_factory=dict)
    groups: Mapping[str, Forms] = field(default_factory=dict)

    @property
    def kin(self) -> str | None:
        """The first of the groups that the state counts as its own."""
        return self.kin_groups[0] if self.kin_groups else None


def country_declaration(pack: Pack) -> CountryDeclaration:
    """What the pack's `country.yaml` states; an absent or empty file states nothing.

    Raises
    ------
    BadInput
        The file is no YAML mapping, has an unknown key, or a value is not of its kind.

    """
    return pack.cached("country declaration", lambda: _read(pack))


def country_words(pack: Pack, language: str) -> Mapping[str, str]:
    """What places of a sentence take: `country`, `country_gen` ..., `kin` ..., `contrast` ..., a form each.

    `Kin`, `Contrast` and their forms begin with a capital letter.

    Where `country.yaml` gives no forms in the language, every case is the country's name or the group's label.

    Examples
    --------
    >>> from qonys.catalog import open_pack
    >>> country_words(open_pack("kazakhstan"), "ru")["country_pre"]
    'Казахстане'

    """
    return pack.cached(f"country words:{language}", lambda: MappingProxyType(_words(pack, language)))


def _words(pack: Pack, language: str) -> dict[str, str]:
    given = country_declaration(pack)
    plain = pack.country.get(f"name_{language}") or pack.country.get("name_en") or pack.name
    found = _forms("country", given.names.get(language, {}), plain, language)
    for place, code in (("kin", given.kin), ("contrast", given.contrast_group)):
        if code is not None:
            forms = given.groups.get(code, {}).get(language, {})
            named = _forms(place, forms, _label(pack, code, language), language)
            found |= named | {name.capitalize(): text[:1].upper() + text[1:] for name, text in named.items()}
    return found


def _forms(place: str, forms: Mapping[str, str], plain: str, language: str) -> dict[str, str]:
    return {
        f"{place}_{short}" if short else place: forms.get(case, forms.get("nominative", plain))
        for case, short in CASES.get(language, CASES["en"]).items()
    }


def _label(pack: Pack, code: str, language: str) -> str:
    try:
        return pack.label("ethnic_group", code, language)
    except QonysError:
        return code


def _read(pack: Pack) -> CountryDeclaration:
    kin = tuple(pack.country.get("kin_groups", "").split())
    document = pack.document(FILE) if (pack.path / FILE).is_file() else None
    if document is None:
        return CountryDeclaration(kin_groups=kin)
    if not isinstance(document, dict):
        raise BadInput("catalog.country.no_mapping", path=FILE)
    for key in document:
        if key not in KEYS:
            raise BadInput("catalog.country.key", path=FILE, given=key, near=nearest(str(key), KEYS))
    values: dict[str, Any] = {"kin_groups": kin}
    for key, given in document.items():
        values[key] = _value(key, given)
    return CountryDeclaration(**values)


def _value(key: str, given: Any) -> Any:
    if key in YEARS:
        return _year(key, given)
    if key == "contrast_group":
        return _text(key, given)
    if key in LISTS:
        return tuple(_text(key, item) if key == "kin_groups" else _year(key, item) for item in _list(key, given))
    if key == "intentions":
        return tuple(_intention(f"{key} {place}", one) for place, one in enumerate(_list(key, given), 1))
    depth = {"surveys": 1, "names": 2, "groups": 3}[key]
    return _texts(key, given, depth)


def _list(place: str, given: Any) -> list[Any]:
    if not isinstance(given, list):
        raise BadInput("catalog.country.list", path=FILE, place=place, given=given)
    return given


def _intention(place: str, given: Any) -> Intention:
    if not isinstance(given, dict) or set(given) != {"figure", "year", "from_age"}:
        raise BadInput("catalog.country.intention", path=FILE, place=place, given=given)
    year, age = (_year(f"{place}, {key}", given[key]) for key in ("year", "from_age"))
    return Intention(_text(f"{place}, figure", given["figure"]), year, age)


def _texts(place: str, given: Any, depth: int) -> Any:
    """Mappings nested `depth` deep with texts inside."""
    if not depth:
        return _text(place, given)
    if not isinstance(given, dict):
        raise BadInput("catalog.country.no_mapping", path=f"{FILE}: {place}")
    return {str(key): _texts(f"{place}.{key}", item, depth - 1) for key, item in given.items()}


def _year(place: str, given: Any) -> int:
    if isinstance(given, bool) or not isinstance(given, int):
        raise BadInput("catalog.country.year", path=FILE, place=place, given=given)
    return given


def _text(place: str, given: Any) -> str:
    if not isinstance(given, str) or not given:
        raise BadInput("catalog.country.text", path=FILE, place=place, given=given)
    return given


def country_findings(pack: Pack) -> Iterator[Finding]:
    """What is wrong with `country.yaml`."""
    try:
        given = country_declaration(pack)
    except QonysError as error:
        yield Finding(error.key, error.values)
        return
    if given.span and (len(given.span) != 2 or given.span[0] > given.span[-1]):
        yield Finding("catalog.country.span", {"given": ", ".join(map(str, given.span))})
    labels = pack.labels()
    known = set(labels.filter(labels["axis"] == "ethnic_group")["code"])
    contrast = (given.contrast_group,) if given.contrast_group else ()
    for code in (*given.kin_groups, *contrast, *given.groups):
        if code not in known:
            yield Finding("catalog.country.group", {"group": code, "near": nearest(code, tuple(sorted(known)))})
    surveys = {*pack.surveys()["survey"], *labels.filter(labels["axis"] == "survey")["code"]}
    for role, survey in given.surveys.items():
        if survey not in surveys:
            near = nearest(survey, tuple(sorted(surveys)))
            yield Finding("catalog.country.survey", {"role": role, "survey": survey, "near": near})
    yield from _lacking("names", given.names)
    for code, forms in given.groups.items():
        yield from _lacking(f"groups.{code}", forms)


def _lacking(place: str, forms: Forms) -> Iterator[Finding]:
    for language, cases in forms.items():
        for case in CASES.get(language, CASES["en"]):
            if not cases.get(case):
                yield Finding("catalog.country.case", {"place": place, "language": language, "case": case})
