"""Up to four regions side by side: the numbers that lead their pages, and their series on one chart."""

from __future__ import annotations

from qonys.web.content import Block, Content
from qonys.web.kinds import REGION
from qonys.web.pages.charted import boxes
from qonys.web.pages.portraits import doors
from qonys.web.view import View

CHARTS = ("compare_population", "compare_numbers", "compare_net")


def build(view: View) -> Content:
    """The page in the state of its address."""
    charts, parameters = boxes(view, "compare", CHARTS, ("compare_numbers",))
    blocks: tuple[Block, ...] = (*charts, *doors(view, REGION))
    return Content(view.say("web.page.compare"), view.say("web.lead.compare"), blocks, parameters)
