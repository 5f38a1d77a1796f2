"""`qonys texts`: code, agree, frames of a person's own coded corpus."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from qonys.cli.effects import say_idle, say_unused
from qonys.cli.files import AS_FOUND, FileOptions
from qonys.cli.help import new_app
from qonys.cli.notes import hear
from qonys.cli.printing import print_frame
from qonys.cli.ranges import Seed, Within

if TYPE_CHECKING:
    from qonys.study.analyses.coded_texts import TextsFile, TextsResult

app = new_app("texts", "cli.command.texts")
File = Annotated[Path, Parameter(help="cli.texts.file")]
Codebook = Annotated[Path | None, Parameter(help="cli.texts.codebook")]


def _file(path: Path, codebook: Path | None, reading: FileOptions) -> TextsFile:
    from qonys.study.analyses.coded_texts import TextsFile

    return TextsFile(path, codebook, reading.choices().before((codebook,)))


def _show(found: TextsResult) -> int:
    for key, values in found.notes:
        hear(key, values)
    print_frame(found.frame, label=None, footer=())
    return 0


@app.command(help="cli.command.texts.code")
def code(
    file: File,
    *,
    codebook: Codebook = None,
    table: Annotated[str, Parameter(help="cli.texts.code_table")] = "codes",
    reading: FileOptions = AS_FOUND,
) -> int:
    """Whether codings keep to the codebook."""
    from qonys.study.analyses.coded_texts import codebook_check

    return _show(codebook_check(_file(file, codebook, reading), table))


@app.command(help="cli.command.texts.agree")
def agree(
    file: File,
    *,
    codebook: Codebook = None,
    table: Annotated[str, Parameter(help="cli.texts.agree_table")] = "alpha",
    level: Annotated[str, Parameter(help="cli.texts.level")] = "nominal",
    draws: Annotated[int, Parameter(help="cli.texts.draws", validator=Within(20, 100_000))] = 1000,
    seed: Seed = 1,
    reading: FileOptions = AS_FOUND,
) -> int:
    """Agreement of the coders."""
    from qonys.study.analyses.coded_texts import coder_agreement

    return _show(coder_agreement(_file(file, codebook, reading), table, level, draws, seed))


@Parameter(name="*")
@dataclass(frozen=True)
class FlowOptions:
    """A flow that frames are set beside, and how their correlation is resampled."""

    flows: Annotated[Path | None, Parameter(help="cli.texts.flows")] = None
    lags: Annotated[int, Parameter(help="cli.texts.lags", validator=Within(0, 30))] = 3
    block: Annotated[int, Parameter(help="cli.texts.block", validator=Within(0, 50))] = 0
    draws: Annotated[int, Parameter(help="cli.texts.draws", validator=Within(20, 100_000))] = 1000
    seed: Seed = 1


ALONE = FlowOptions()


@app.command(help="cli.command.texts.frames")
def frames(
    file: File,
    *,
    codebook: Codebook = None,
    table: Annotated[str, Parameter(help="cli.texts.frame_table")] = "",
    flow: FlowOptions = ALONE,
    reading: FileOptions = AS_FOUND,
) -> int:
    """Frames by year, and beside a flow."""
    from qonys.study.analyses.coded_texts import frames as analysis
    from qonys.study.analyses.coded_texts import lag_options

    shown = table or ("years" if flow.flows is None else "lags")
    say_unused(flow, dict.fromkeys(("lags", "block", "draws", "seed"), shown == "lags"))
    say_idle({"--flows": flow.flows is not None and shown == "years"})
    options = lag_options(flow.lags, flow.block, flow.draws, flow.seed)
    return _show(analysis(_file(file, codebook, reading), shown, flow.flows, options))
