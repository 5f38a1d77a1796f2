"""No label of a printed chart is cut: neither shortened with dots nor beyond the edge of the picture."""

import re

import pytest
from lxml import etree

LETTER = 0.46  # of the size of the letters: less than any language's mean, so that only what is surely outside rings
_SHIFT = re.compile(r"translate\(\s*([-\d.e]+)")


def cut_labels(svg):
    """Texts of an SVG that end in dots of omission, or lie beyond its left or right edge."""
    root = etree.fromstring(svg.encode())
    left, _, width, _ = (float(part) for part in root.get("viewBox").split())
    for text in root.iter("{*}text"):
        above = [text, *text.iterancestors()]
        moves = " ".join(one.get("transform") or "" for one in above)
        if "rotate" in moves:
            continue
        x = sum(map(float, _SHIFT.findall(moves))) + float(text.get("x") or 0)
        size, anchor = float(re.sub(r"[^\d.]", "", text.get("font-size") or "10")), text.get("text-anchor")
        for line in [one.text or "" for one in text] or ["".join(text.itertext())]:
            wide = LETTER * size * len(line)
            begin = x - {"end": wide, "middle": wide / 2}.get(anchor, 0)
            if line.endswith("…") or begin < left - 2 or begin + wide > left + width + 2:
                yield line


def test_no_label_of_the_report_is_cut(document):
    cut = {figure.key: list(cut_labels(figure.picture.svg(figure.key))) for figure in document.figures()}
    assert {key: lines for key, lines in cut.items() if lines} == {}


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ('<text font-size="11" text-anchor="end">Agency on Migration…</text>', True),
        ('<text font-size="11" transform="translate(150,0)">this study from the same years</text>', True),
        ('<text font-size="11" text-anchor="end" x="20">Agency on Migration</text>', True),
        ('<text font-size="11" x="20">the census</text>', False),
    ],
)
def test_the_check_finds_a_label_that_is_cut(text, cut):
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 50"><g transform="translate(0,5)">{text}</g></svg>'
    assert bool(list(cut_labels(svg))) == cut
