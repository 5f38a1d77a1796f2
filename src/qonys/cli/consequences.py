"""`qonys consequences`: what migration did to the country and may do: with and without it, ages, groups, regions."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Annotated

from cyclopts import Parameter

from qonys import words
from qonys.cli.options import settings
from qonys.cli.printing import print_frame
from qonys.cli.ranges import DRAWS, YEAR, Seed


def _tell(key: str) -> None:
    print(words.text(key, settings().language), file=sys.stderr, flush=True)


@Parameter(name="*")
@dataclass(frozen=True)
class ConsequencesOptions:
    """Since when nobody moves, until when, which table."""

    since: Annotated[int, Parameter(help="cli.consequences.since", validator=YEAR)] = 0
    until: Annotated[int, Parameter(help="cli.consequences.until", validator=YEAR)] = 0
    table: Annotated[str, Parameter(help="cli.consequences.table")] = "effect"
    draws: Annotated[int, Parameter(help="cli.consequences.draws", validator=DRAWS)] = 200
    seed: Seed = 1


DEFAULTS = ConsequencesOptions()
DIGITS = {"effect": 0, "labour": 0, "ethnic": 4}


def consequences(*, options: ConsequencesOptions = DEFAULTS) -> int:
    """What migration did and may do."""
    from polars import selectors

    from qonys.catalog import open_pack
    from qonys.study.analyses.consequences import ConsequencesRequest, answer

    pack = open_pack(settings().pack)
    language = settings().language
    frame = answer(pack, ConsequencesRequest(**vars(options)), _tell)
    frame = frame.with_columns(selectors.float().round(DIGITS.get(options.table, 2)))

    def label(column: str, code: str) -> str | None:
        if column == "region":
            return pack.region_name(code, language, short=True)
        key = f"consequences.{column}.{code}"
        if words.has(key, language):
            return words.text(key, language)
        return pack.label("ethnic_group", code, language) if column == "group" else None

    print_frame(frame, label=label, footer=(words.text(f"cli.consequences.note.{options.table}", language),))
    return 0
