"""A process that computes chapters for another: one JSON line in, one JSON line out.

`python -m qonys.study.runs.worker PACK [PARENT]`; it ends with its PARENT. A request names the chapter, the plan and
the folders of the chapters before it; the answer says where the chapter is kept, or what went wrong. Whatever a chapter
prints goes to the error stream.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import IO, Any

from qonys.catalog import Pack, open_pack
from qonys.errors import BadInput, QonysError
from qonys.study.chapters.registry import chapter_of
from qonys.study.plan import Plan, merged
from qonys.study.runs.cache import Kept, kept_chapter, opened
from qonys.study.runs.folders import cache_folder
from qonys.study.runs.following import follow
from qonys.study.runs.results import Results
from qonys.words.system import system_reason


@lru_cache(maxsize=64)
def _chapter(place: str) -> Results:
    return opened(Path(place)).results


def computed(pack: Pack, request: Mapping[str, Any]) -> Kept:
    """The chapter of a request, computed or read."""
    plan = merged(Plan(), request["plan"])
    before = Results(pack.digest(), plan=plan)
    for place in request["before"]:
        found = _chapter(place)
        before.add(*found.numbers.values(), *found.tables.values())
    return kept_chapter(chapter_of(request["chapter"]), pack, before, plan)


def answered(pack: Pack, request: Mapping[str, Any]) -> dict[str, Any]:
    """The answer to a request: `place`, or `reason` (in three languages) and, for a fault of the program, `trace`."""
    try:
        return {"place": str(computed(pack, request).place)}
    except QonysError as error:
        return _refusal(error)
    except OSError as error:
        where = error.filename or str(cache_folder())
        return _refusal(BadInput("study.worker.system", path=where, reason=system_reason(error)))
    except Exception as error:  # the other chapters go on
        shown = " ".join(f"{type(error).__name__}: {error}".split())
        return {"reason": dict.fromkeys(("en", "ru", "kk"), shown), "trace": traceback.format_exc()}


def _refusal(error: QonysError) -> dict[str, Any]:
    return {"reason": {language: error.sentence(language) for language in ("en", "ru", "kk")}}


def main(pack: str, asked: IO[str], answers: IO[str]) -> None:
    """Answer requests until their stream ends."""
    opened_pack = open_pack(pack)
    for line in asked:
        answers.write(json.dumps(answered(opened_pack, json.loads(line))) + "\n")
        answers.flush()


if __name__ == "__main__":
    follow(int(sys.argv[2]) if len(sys.argv) > 2 else os.getppid())
    channel = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    main(sys.argv[1], sys.stdin, channel)
