"""Approved pictures of pages, each as a small map of darkness: robust to fonts and letters, not to what is missing or moved.

A page is cut into cells of a tenth of its width and ROW pixels of height; a digit of base 36 says how dark a cell is. Stored
lines are compared with tolerance, each row with the nearest of three, since a longer sentence moves what is below it.
"""

import io
import json
from pathlib import Path

import numpy as np
from PIL import Image

from qonys.catalog.locks import exclusive

FILE = Path(__file__).with_name("pictures.json")
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
COLUMNS, ROW, TALLEST = 10, 160, 9600
SCALE = 100  # of darkness: a full black cell is beyond the last digit, a line of text gives a few
MEAN, FAR, FEW, TALLER = 0.8, 8, 3, 0.04


def picture_of(page):
    """The map of a page as it stands, from its top to TALLEST pixels."""
    page.evaluate("document.fonts.ready")
    width, height = page.evaluate("[innerWidth, document.documentElement.scrollHeight]")
    clip = {"x": 0, "y": 0, "width": width, "height": min(height, TALLEST)}
    shot = Image.open(io.BytesIO(page.screenshot(full_page=True, clip=clip, type="jpeg", quality=80, animations="disabled", caret="hide")))
    grey = 1 - np.asarray(shot.convert("L"), dtype=np.float64) / 255
    rows = [row.mean(axis=0) for row in np.array_split(grey, max(1, round(len(grey) / ROW)))]
    cells = [[part.mean() for part in np.array_split(row, COLUMNS)] for row in rows]
    return " ".join("".join(DIGITS[min(35, round(SCALE * cell))] for cell in row) for row in cells)


def difference(approved, found):
    """What is other than approved, in words; nothing where the pictures agree."""
    a, b = (np.array([[DIGITS.index(one) for one in row] for row in text.split()]) for text in (approved, found))
    if abs(len(a) - len(b)) > max(1, TALLER * len(a)):
        return f"{len(b)} rows of {ROW} pixels instead of {len(a)}"
    apart = np.array([_nearest(a, row, place) for place, row in enumerate(b)])
    if apart.mean() > MEAN:
        return f"cells differ by {apart.mean():.2f} on average, most at {int(apart.mean(axis=1).argmax()) * ROW} pixels"
    if (apart > FAR).sum() > FEW:
        return f"{(apart > FAR).sum()} cells are quite other, the first at {int((apart > FAR).any(axis=1).argmax()) * ROW} pixels"
    return ""


def _nearest(rows, row, place):
    """Differences of a row to the one of its place or a neighbour, whichever is nearest."""
    near = rows[max(0, min(place, len(rows) - 1) - 1) : place + 2]
    return min((np.abs(one - row) for one in near), key=lambda found: found.sum())


def approved():
    """The stored maps by page."""
    return json.loads(FILE.read_text(encoding="utf-8")) if FILE.is_file() else {}


def approve(found):
    """Store maps beside those of other workers, one line a page."""
    with exclusive(FILE.with_suffix(".lock"), 60):
        kept = approved() | found
        lines = ",\n".join(f" {json.dumps(name)}: {json.dumps(kept[name])}" for name in sorted(kept))
        FILE.write_text(f"{{\n{lines}\n}}\n", encoding="utf-8")
    FILE.with_suffix(".lock").unlink(missing_ok=True)
