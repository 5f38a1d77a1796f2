"""One page: what the figures say, how surely, and what they cannot say."""

from __future__ import annotations

from qonys.report.chapters.retrospective import century_figure
from qonys.report.context import Context
from qonys.report.document import Note, Section


def build(context: Context) -> Section:
    """The summary."""
    blocks = (
        context.paragraph(
            "summary.exodus", net="retrospective.1989_1999.residual", offset="retrospective.1989_1999.offset"
        ),
        context.paragraph(
            "summary.decades",
            seventies="retrospective.1970_1979.offset",
            eighties="retrospective.1979_1989.offset",
        ),
        context.paragraph("summary.today", net="present.net.latest", internal="present.internal.total"),
        context.paragraph(
            "summary.claims",
            confirmed="claims.confirmed",
            contradicted="claims.contradicted",
            depends="claims.depends",
            cannot="claims.cannot_tell",
        ),
        century_figure(context),
        Note(context.say("summary.secondary")),
    )
    return Section("summary", context.say("chapter.summary"), blocks)
