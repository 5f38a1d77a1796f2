"""On which page each figure and table of a chapter stands, so that pages are full.

The text of a chapter runs on; its figures and its short tables keep their order and stand at the head or the foot of a
page, not before the page of the text that refers to them. Of all such arrangements the cheapest is taken: a page more
than a third empty costs most, then pages, drawings made smaller, and pages between a figure and its mention. The last
page of the chapter may be empty; a chapter that runs on begins there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import accumulate, count, product
from math import ceil

PAGE_WIDTH = 660.0  # pixels of a drawing that fills the width of the page; a narrower one keeps the size of its letters
ROOM = 701.0  # points: height of the text of a page, less what lines and blocks leave
CLEAR = 18.5  # points that what floats takes beyond its height: a little more in the text than at the head or foot
SPACE = 11.5  # points between blocks of the text
SLACK = 14.0  # points of a page that the text may leave, because a paragraph parts between lines only
EMPTY = 1 / 3  # share of a page that may stay empty
SCALES = (1.0, 0.94, 0.88, 0.82)  # how far a drawing may be made smaller
MOST = 4  # floats on a page
TOO_EMPTY, PAGE, SMALLER, LATE, UNEVEN = 1000.0, 30.0, 100.0, 12.0, 60.0


@dataclass(frozen=True)
class Piece:
    """A block of a chapter: its height in points, its queue if it floats, and how much of its height a drawing takes.

    Pieces of one queue keep their order; figures and tables, which are counted apart, may pass each other.
    """

    height: float
    queue: str = ""
    drawn: float = 0.0


@dataclass(frozen=True)
class Step:
    """What is set next: the block at `place`, at the head or foot of its page or in the text; none: a new page."""

    place: int | None = None
    side: str = "none"
    scale: float = 1.0


@dataclass(frozen=True)
class _Page:
    """The floats of a page by their places, the scale of their drawings, and the text from a height to another."""

    floats: tuple[int, ...]
    scale: float
    text: float
    until: float
    cost: float
    free: float


@dataclass(frozen=True)
class _Chapter:
    """Blocks of a chapter: places of its texts and of what floats by queue, and heights of text before each block."""

    pieces: tuple[Piece, ...]
    texts: tuple[int, ...]
    queues: tuple[tuple[int, ...], ...]
    before: tuple[float, ...]

    @property
    def ends(self) -> tuple[float, ...]:
        """Height of text up to the end of each text."""
        return tuple(self.before[place + 1] for place in self.texts)

    @property
    def length(self) -> float:
        """Height of all its text."""
        return self.before[-1]

    def height(self, place: int, scale: float) -> float:
        """Height of what floats, its drawing at a scale, with the distance to the text."""
        piece = self.pieces[place]
        return piece.height - (1 - scale) * piece.drawn + CLEAR


@dataclass(frozen=True)
class Arrangement:
    """The blocks of a chapter in their order, and the height that stays empty on its last page, points."""

    steps: tuple[Step, ...]
    free: float


def arranged(pieces: Sequence[Piece], title: float) -> Arrangement:
    """The order in which blocks are set, with new pages where the text does not bring them.

    `title`: height on the first page above the chapter's blocks, points: of its title and of what stands before it.

    Examples
    --------
    >>> pieces = [Piece(300.0), Piece(350.0, "table"), Piece(250.0, "figure")]
    >>> [step.place for step in arranged(pieces, 30.0).steps]
    [0, 2, 1]

    """
    names = sorted({piece.queue for piece in pieces if piece.queue})
    chapter = _Chapter(
        tuple(pieces),
        tuple(place for place, piece in enumerate(pieces) if not piece.queue),
        tuple(tuple(place for place, piece in enumerate(pieces) if piece.queue == name) for name in names),
        (0.0, *accumulate(0.0 if piece.queue else piece.height + SPACE for piece in pieces)),
    )
    found = _cheapest(chapter, title)
    return Arrangement(tuple(_steps(found, chapter)), found[-1].free if found else ROOM - title)


def filling(heights: Sequence[float], title: float = 0.0) -> list[int]:
    """An order in which blocks that do not break fill pages: each takes the highest one, then the highest that fits.

    `heights`: of the blocks, points; `title`: what stands above them on the first page. First fit of the decreasing
    (Johnson, Demers, Ullman, Garey and Graham 1974, https://doi.org/10.1137/0203025).

    Examples
    --------
    >>> filling([400.0, 500.0, 250.0, 180.0])
    [1, 3, 0, 2]

    """
    left, order = sorted(range(len(heights)), key=lambda one: -heights[one]), list[int]()
    free, room = 0.0, ROOM - title
    while left:
        place = next((one for one in left if heights[one] <= free), left[0])
        if heights[place] > free:
            free, room = room, ROOM
        free -= heights[place]
        left.remove(place)
        order.append(place)
    return order


def _cheapest(chapter: _Chapter, title: float) -> tuple[_Page, ...]:
    """The pages of least cost, found from the cheapest beginnings on (A*; Hart, Nilsson and Raphael 1968)."""
    lengths = tuple(len(queue) for queue in chapter.queues)
    begin = ((0,) * len(lengths), 0.0)
    order = count()
    ahead = [(0.0, next(order), 0.0, begin, tuple[_Page, ...]())]
    done = set()
    while ahead:
        _, _, cost, state, pages = heappop(ahead)
        placed, text = state
        if placed == lengths and text >= chapter.length:
            return pages
        if state in done:
            continue
        done.add(state)
        room = ROOM - (0.0 if pages else title)
        ranges = (range(one, min(one + MOST, all_) + 1) for one, all_ in zip(placed, lengths, strict=True))
        for after in product(*ranges):
            parts = zip(chapter.queues, placed, after, strict=True)
            floats = tuple(sorted(place for queue, a, b in parts for place in queue[a:b]))
            least = _least(chapter, after)
            for page in _pages(chapter, floats, text, room, after == lengths):
                so_far = cost + page.cost
                still = PAGE * ceil((least + chapter.length - page.until) / ROOM)
                heappush(ahead, (so_far + still, next(order), so_far, (after, page.until), (*pages, page)))
    return ()


def _least(chapter: _Chapter, placed: tuple[int, ...]) -> float:
    """Height that the floats which are left take at the smallest scale."""
    left = (place for queue, done in zip(chapter.queues, placed, strict=True) for place in queue[done:])
    return sum(chapter.height(place, SCALES[-1]) for place in left)


def _pages(chapter: _Chapter, floats: tuple[int, ...], text: float, room: float, all_placed: bool) -> Iterator[_Page]:
    """What a page with these floats may hold, with its cost: drawings at each scale at which there is room."""
    scales = SCALES if any(chapter.pieces[place].drawn for place in floats) else SCALES[:1]
    late = sum(max(text - chapter.before[place], 0.0) / ROOM for place in floats)
    late += len(floats) * (text >= chapter.length) * EMPTY
    for scale in scales:
        left = room - sum(chapter.height(place, scale) for place in floats)
        if left < 0 and (len(floats) > 1 or scale != scales[-1]):
            continue
        for until in _ends(chapter, text, max(left, 0.0)):
            if (not floats and until <= text) or any(chapter.before[place] > until for place in floats):
                continue
            free = max(left - (until - text), 0.0)
            cost = PAGE + SMALLER * len(floats) * (1 - scale) + LATE * late
            if not (all_placed and until >= chapter.length):
                cost += UNEVEN * (free / ROOM) ** 2 + TOO_EMPTY * (free > EMPTY * ROOM - 2 * SLACK) * free / ROOM
            yield _Page(floats, scale, text, until, cost, free)


def _ends(chapter: _Chapter, text: float, room: float) -> list[float]:
    """Up to where the text of a page may go: as far as there is room, or to the end of a block of it."""
    full = chapter.length if chapter.length <= text + room else text + max(room - SLACK, 0.0)
    near = EMPTY * ROOM - 2 * SLACK
    return [full, *(end for end in chapter.ends if text < end < full and full - end < near), text]


def _steps(pages: Sequence[_Page], chapter: _Chapter) -> list[Step]:
    """Blocks in the order of the pages.

    Where the text fills the page, what floats is set before the first text that begins on it, or before the one that
    runs through it; where it does not, after the text that refers to it.
    """
    found: list[Step] = []
    said, last = 0, 0  # texts that are set, and the step of the last one
    for number, page in enumerate(pages):
        parted = page.text < chapter.length and page.text in chapter.ends
        if number > 0 and parted:
            found.append(Step())
        filled = page.until < chapter.length and page.until not in chapter.ends
        starting = [place for place in chapter.texts[said:] if chapter.before[place] < page.until]
        waiting = []
        for place in page.floats:
            early = chapter.before[place] <= page.text < page.until
            if not (filled or early):
                waiting.append(place)
                continue
            through = not starting and not parted
            side = ("top" if number else "none") if early else "bottom"
            found.insert(last if through else len(found), Step(place, side, page.scale))
            last += through
        for text in starting:
            while waiting and chapter.before[waiting[0]] <= chapter.before[text]:
                found.append(Step(waiting.pop(0), scale=page.scale))
            last = len(found)
            found.append(Step(text))
        found += [Step(place, scale=page.scale) for place in waiting]
        said += len(starting)
    return found
