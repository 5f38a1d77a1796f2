"""One page: what the figures say, how surely, and what they cannot say."""

from __future__ import annotations

from qonys.report.chapters.retrospective import century_figure
from qonys.report.context import Context
from qonys.report.document import Block, Note, Section

NEEDS = ("annual_components", "census_population", "components_by_period")
PARAGRAPHS = {
    "summary.exodus": {"net": "retrospective.1989_1999.residual", "offset": "retrospective.1989_1999.offset"},
    "summary.decades": {
        "seventies": "retrospective.1970_1979.offset", "eighties": "retrospective.1979_1989.offset",
    },
    "summary.today": {"net": "present.net.latest", "internal": "present.internal.total"},
    "summary.claims": {
        "confirmed": "claims.confirmed", "contradicted": "claims.contradicted", "depends": "claims.depends",
        "cannot": "claims.cannot_tell",
    },
}  # fmt: skip


def build(context: Context) -> Section:
    """The summary: the sentences whose numbers are there."""
    blocks: list[Block] = [
        context.paragraph(key, **names) for key, names in PARAGRAPHS.items() if context.has(*names.values())
    ]
    blocks += [century_figure(context), Note(context.say("summary.secondary"))]
    return Section("summary", context.say("chapter.summary"), tuple(blocks))
