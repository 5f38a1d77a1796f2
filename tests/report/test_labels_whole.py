"""No label of a printed chart is cut, by dots or by the edge of the picture, and none stands on another."""

import itertools
import re
from functools import cache

import pytest
from fontTools.ttLib import TTFont
from lxml import etree

from qonys.figures.render import FONTS

BOLD = ("600", "bold")
_SHIFT = re.compile(r"translate\(\s*([-\d.e]+)[ ,]+([-\d.e]+)")


@cache
def font(weight):
    """Letters of a weight, their widths and how many units make its size."""
    with TTFont(FONTS / f"Inter-{weight}.otf") as file:
        widths = {letter: file["hmtx"][name][0] for letter, name in file.getBestCmap().items()}
        return widths, file["head"].unitsPerEm


def wide(line, size, weight="Regular"):
    """Width of a line in pixels."""
    widths, units = font(weight)
    return sum(widths.get(ord(letter), units / 2) for letter in line) * size / units


def lines(svg):
    """Each line of each text of an SVG that lies level: words, left, right, top, foot."""
    for text in etree.fromstring(svg.encode()).iter("{*}text"):
        above = [text, *text.iterancestors()]
        moves = " ".join(one.get("transform") or "" for one in above)
        if "rotate" in moves or any(one.get("opacity") == "0" for one in above):
            continue
        shifts = [(float(x), float(y)) for x, y in _SHIFT.findall(moves)]
        x, y = (sum(ends) + float(text.get(axis) or 0) for axis, ends in (("x", (s[0] for s in shifts)), ("y", (s[1] for s in shifts))))
        size = float(re.sub(r"[^\d.]", "", text.get("font-size") or "10"))
        weight = "SemiBold" if text.get("font-weight") in BOLD else "Regular"
        for down, line in [(float(one.get("dy") or 0), one.text or "") for one in text] or [(0.0, "".join(text.itertext()))]:
            y += down
            width = wide(line, size, weight)
            left = x - {"end": width, "middle": width / 2}.get(text.get("text-anchor"), 0)
            yield line, left, left + width, y - 0.72 * size, y + 0.05 * size


def cut_labels(svg):
    """Texts of an SVG that end in dots of omission, or lie beyond its left or right edge."""
    first, _, width, _ = (float(part) for part in etree.fromstring(svg.encode()).get("viewBox").split())
    for line, left, right, _, _ in lines(svg):
        if line.endswith("…") or left < first - 0.5 or right > first + width + 0.5:
            yield line


def covered_labels(svg):
    """Pairs of texts that stand on each other; a text drawn twice in one place is one."""
    for one, other in itertools.combinations(lines(svg), 2):
        across = min(one[2], other[2]) - max(one[1], other[1])
        down = min(one[4], other[4]) - max(one[3], other[3])
        if one[0] != other[0] and across > 1 and down > 1.5:
            yield one[0], other[0]


@pytest.mark.parametrize("fault", [cut_labels, covered_labels])
def test_every_label_of_the_report_can_be_read(document, fault):
    found = {figure.key: list(fault(figure.svg)) for figure in document.figures()}
    assert {key: labels for key, labels in found.items() if labels} == {}


def drawn(*texts):
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 50"><g transform="translate(0,5)">{"".join(texts)}</g></svg>'


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ('<text font-size="11" text-anchor="end">Agency on Migration…</text>', True),
        ('<text font-size="11" transform="translate(150,0)">this study from the same years</text>', True),
        ('<text font-size="11" text-anchor="end" x="20">Agency on Migration</text>', True),
        ('<text font-size="11" text-anchor="middle" x="195">15</text>', True),
        ('<text font-size="11" x="20">the census</text>', False),
    ],
)
def test_the_check_finds_a_label_that_is_cut(text, cut):
    assert bool(list(cut_labels(drawn(text)))) == cut


@pytest.mark.parametrize(("below", "covered"), [(6, True), (13, False)])
def test_the_check_finds_labels_on_each_other(below, covered):
    first = '<text font-size="11" x="20" y="20">adults of the country</text>'
    second = f'<text font-size="11" x="30" y="{20 + below}">no prospects</text>'
    assert bool(list(covered_labels(drawn(first, second)))) == covered
