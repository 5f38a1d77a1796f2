"""What a person would see wrong on a page: text that is cut, labels over each other, words of another language."""

import re
from functools import cache

from qonys import words
from qonys.words.catalogue import _entries

# Text that ends outside of a box that hides what does not fit; what can be scrolled or is meant for listeners is not cut.
CLIPPED = """() => {
    const shown = (element) => element.checkVisibility({visibilityProperty: true, opacityProperty: true}) && !element.closest(".unseen, .skip, script, style, noscript");
    const found = [], walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), range = document.createRange();
    for (let node = walk.nextNode(); node; node = walk.nextNode()) {
        const element = node.parentElement;
        if (!node.textContent.trim() || !shown(element) || element.closest("option, svg") || element.matches("details:not([open])")) continue;
        range.selectNodeContents(node);
        const text = range.getBoundingClientRect();
        if (!text.width) continue;
        if (text.left < -1 || (text.right > innerWidth + 1 && !element.closest(".scroll, pre"))) found.push(node.textContent.trim());
        for (let box = element; box && box !== document.body; box = box.parentElement) {
            const {overflowX, overflowY, textOverflow} = getComputedStyle(box), edge = box.getBoundingClientRect();
            if (["auto", "scroll"].includes(overflowX)) break;
            const wide = ["hidden", "clip"].includes(overflowX) && (text.right > edge.right + 2 || text.left < edge.left - 2);
            const high = ["hidden", "clip"].includes(overflowY) && (text.bottom > edge.bottom + 3 || text.top < edge.top - 3);
            if (wide || high) { found.push(node.textContent.trim()); break; }
        }
    }
    for (const text of document.querySelectorAll("[data-plot] svg text")) {
        if (/\\S…$/.test(text.textContent.trim())) found.push(text.textContent.trim());
    }
    const pen = document.createElement("canvas").getContext("2d");
    for (const select of document.querySelectorAll("select")) {
        if (!shown(select) || select.hidden || !select.selectedOptions[0]) continue;
        const style = getComputedStyle(select), text = select.selectedOptions[0].text.trim();
        pen.font = style.font;
        const room = select.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
        if (pen.measureText(text).width > room + 2) found.push(text);
    }
    return found;
}"""

# Labels of a picture, or lines of text of the page, that lie over each other by a good part of their height and width.
OVERLAPPING = """() => {
    const boxes = [];
    for (const text of document.querySelectorAll("[data-plot] svg text")) {
        const turn = text.getScreenCTM(), words = text.textContent.trim(), style = getComputedStyle(text);
        if (!words || !turn || (Math.abs(turn.b) > 0.01 && Math.abs(turn.a) > 0.01) || !text.checkVisibility({visibilityProperty: true, opacityProperty: true})) continue;
        if (style.opacity === "0" || style.fillOpacity === "0" || text.getAttribute("opacity") === "0") continue;
        boxes.push({words, of: text.closest("svg"), box: text.getBoundingClientRect()});
    }
    const walk = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT), range = document.createRange();
    for (let node = walk.nextNode(); node; node = walk.nextNode()) {
        const element = node.parentElement;
        if (!node.textContent.trim() || element.closest("svg, option, .unseen, .skip, noscript, .ahead, script, style, .scroll, pre") || !element.checkVisibility() || element.matches("details:not([open])")) continue;
        range.selectNodeContents(node);
        for (const box of range.getClientRects()) boxes.push({words: node.textContent.trim(), of: document.body, box});
    }
    boxes.sort((a, b) => a.box.top - b.box.top);
    const found = [];
    boxes.forEach((one, place) => {
        for (let next = place + 1; next < boxes.length && boxes[next].box.top < one.box.bottom; next++) {
            const other = boxes[next];
            if (other.of !== one.of) continue;
            const wide = Math.min(one.box.right, other.box.right) - Math.max(one.box.left, other.box.left);
            const high = Math.min(one.box.bottom, other.box.bottom) - other.box.top;
            const lowest = Math.min(one.box.height, other.box.height);
            if (wide <= 3 || high <= 0.4 * lowest) continue;
            const twice = one.words === other.words && Math.abs(one.box.left - other.box.left) < 3 && Math.abs(one.box.top - other.box.top) < 3;
            if (!twice) found.push([one.words, other.words]);
        }
    });
    return found;
}"""

# What is read as the page's own words: without code, sources as they are titled, names of files and what names its language.
SPOKEN = """(more) => {
    const apart = more + ", code, pre, .source, .origin, [data-part=source], [data-part=forms], [data-part=pictures], [data-part=permalink], [data-form], .listing a, script, style, noscript, .bottom, .languages, .brand, [id^=origin-]";
    const found = [], walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walk.nextNode(); node; node = walk.nextNode()) {
        const element = node.parentElement, named = element.closest("[lang]");
        if (!element.checkVisibility() || element.matches("details:not([open])")) continue;
        if (node.textContent.trim() && !element.closest(apart) && named === document.documentElement) found.push(node.textContent.trim());
    }
    return found;
}"""

NAMES = re.compile(r"\w*_\w*|\w+(?:\.\w+)+")  # of stored tables and numbers
CITED = re.compile(r"[^.;:(]*\(?\b(?:1[89]|20)\d\d[a-z]?\)[^;]*")  # author (year), and the title in its own language
LATIN, CYRILLIC, KAZAKH = re.compile(r"[A-Za-z]{4,}"), re.compile(r"[А-Яа-яЁёІіӘәҒғҚқҢңӨөҰұҮүҺһ]{5,}"), re.compile(r"[ӘәҒғҚқҢңӨөҰұҮүҺһІі]")
APART = re.compile(r"\[[^\]]*\]|\bqonys(?: [a-z-]+)+")  # titles as they were given, and commands
AUTHOR = re.compile(r"[^\W\d_]+, (?:[A-Z]\. ?)+")  # of a publication, named in its own language
ORGANISATIONS = frozenset({"Central"})  # BISAM Central Asia
PLACE = re.compile(r"\{[^}]*\}")


@cache
def spoken(language):
    """Texts of a catalogue."""
    return {key: text if isinstance(text, str) else " ".join(text) for key, text in _entries(language).items()}


@cache
def vocabulary(language):
    """Words of a catalogue, in small letters."""
    texts = " ".join(PLACE.sub(" ", text) for text in spoken(language).values())
    return frozenset(found.lower() for found in re.findall(r"[^\W\d_]+", texts))


def untranslated(texts, language):
    """Keys of the catalogues, and words that only another language has."""
    others = [one for one in words.LANGUAGES if one != language]
    found = set()
    for text in texts:
        found |= {word for word in re.findall(r"\b[a-z]+(?:\.[a-z_0-9]+)+\b", text) if word in spoken("en")}
        if AUTHOR.search(text):
            continue
        for word in re.findall(r"[^\W\d_]+", NAMES.sub(" ", CITED.sub(" ", APART.sub(" ", text)))):
            foreign = LATIN.fullmatch(word) if language != "en" else CYRILLIC.fullmatch(word)
            if language == "ru":
                foreign = foreign or (KAZAKH.search(word) and len(word) > 4)
            if foreign and word not in ORGANISATIONS and word.lower() not in vocabulary(language) and any(word.lower() in vocabulary(one) for one in others):
                found.add(word)
    return sorted(found)
