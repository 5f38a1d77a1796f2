"""Reading of `claims.yaml`."""

from __future__ import annotations

from dataclasses import dataclass

from qonys.catalog import Pack
from qonys.errors import BadInput

FILE = "claims.yaml"


@dataclass(frozen=True)
class Claim:
    """One statement. `compare`: near (within `tolerance`), above, below or sign.

    `years` and `base` are half-open. `outside` gives the reason why a statement is listed but not
    computed: union (about the whole USSR), literature, no_measure. `lower_bound`: a source states
    a quantity that can only be smaller than the one claimed, so a smaller value does not contradict.
    """

    id: str
    words: str
    formula: str | None = None
    years: tuple[int, int] = (0, 0)
    base: tuple[int, int] | None = None
    claimed: float | str | None = None
    tolerance: float = 0.0
    compare: str = "near"
    unit: str = "persons"
    group: str | None = None
    outside: str | None = None
    lower_bound: bool = False


def read_claims(pack: Pack) -> tuple[Claim, ...]:
    """All claims of the pack; empty when it has none."""
    import yaml

    path = pack.path / FILE
    if not path.is_file():
        return ()
    document = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    return tuple(_claim(item, str(path)) for item in document.get("claims") or ())


def claims_source(pack: Pack) -> str:
    """Title of the text that the claims are taken from; empty where `claims.yaml` names none."""
    document = pack.document(FILE) if (pack.path / FILE).is_file() else None
    titles = dict(pack.sources().select("id", "title").rows())
    return str(titles.get((document or {}).get("source"), ""))


def _claim(item: dict[str, object], path: str) -> Claim:
    values = dict(item)
    for name in ("years", "base"):
        if isinstance(values.get(name), list):
            values[name] = tuple(values[name])  # type: ignore[arg-type]
    try:
        return Claim(**values)  # type: ignore[arg-type]
    except TypeError as error:
        raise BadInput("study.claims.field", path=path, id=item.get("id", "?"), reason=str(error)) from None
