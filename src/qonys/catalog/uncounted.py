"""`uncounted.yaml` of a pack: forms of migration that no register counts, what would count them and who could."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from qonys.catalog.listed import listed
from qonys.catalog.pack import Pack
from qonys.catalog.reading.numbers.entries import Entry
from qonys.catalog.rules.findings import Finding
from qonys.errors import QonysError

FILE, AXIS = "uncounted.yaml", "form"
TEXTS = ("name", "needed", "agency")


@dataclass(frozen=True)
class UncountedForm:
    """A form of migration without a register.

    `codes`: published numbers that come near, as the column `form` names them. `name`, `needed` (what would count it)
    and `agency` (who could) by language.
    """

    id: str
    codes: tuple[str, ...]
    name: Mapping[str, str]
    needed: Mapping[str, str]
    agency: Mapping[str, str]


def uncounted_forms(pack: Pack) -> tuple[UncountedForm, ...]:
    """The forms of the pack's `uncounted.yaml`; none where there is no file.

    Raises
    ------
    BadInput
        The file is no YAML of forms, or a field is unknown or not of its kind.

    """
    return pack.cached("uncounted forms", lambda: tuple(_form(entry) for entry in listed(pack, FILE, "forms")))


def _form(entry: Entry) -> UncountedForm:
    entry.only(("id", "codes", *TEXTS))
    name, needed, agency = (entry.texts(one) for one in TEXTS)
    return UncountedForm(entry.text("id"), entry.words("codes"), name, needed, agency)


def uncounted_findings(pack: Pack) -> Iterator[Finding]:
    """What is wrong with `uncounted.yaml`: codes that no label names, languages that lack."""
    try:
        found = uncounted_forms(pack)
    except QonysError as error:
        yield Finding(error.key, error.values)
        return
    labels = pack.labels()
    known = set(labels.filter(labels["axis"] == AXIS)["code"])
    for one in found:
        for code in one.codes:
            if code not in known:
                yield Finding("catalog.uncounted.code", {"id": one.id, "code": code})
        for field in TEXTS:
            for language in pack.languages:
                if not getattr(one, field).get(language, "").strip():
                    yield Finding("catalog.uncounted.language", {"id": one.id, "field": field, "language": language})
