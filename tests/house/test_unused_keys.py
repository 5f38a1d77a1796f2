"""No key of the word catalogues is left that nothing says: each stands in the code, whole or put together."""

import ast
import re
from functools import cache
from pathlib import Path

import qonys
from qonys import words

SOURCE = Path(qonys.__file__).parent
WRITTEN = re.compile(r"(?<![\w-])[a-zA-Z_][\w-]*(?:\.[\w-]+)+")
OTHER_FILES = (".html", ".j2", ".js", ".typ", ".yaml", ".toml")
STEM = re.compile(r"[\"'](\w+\.[\w.-]*)[\"'] ?[~+]")
LEAST_STEM = 4
ALL = "_all"


def of_code(tree):
    """Texts of a module, and patterns of the keys that it puts together, each with what it begins with."""
    texts, patterns = set(), set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            texts.update(WRITTEN.findall(node.value))
            if re.fullmatch(r"\w+\.[\w.-]+\.", node.value):
                patterns.add((node.value, re.escape(node.value) + ".+"))
        elif isinstance(node, ast.keyword) and node.arg == "texts" and isinstance(node.value, ast.Constant):
            patterns.add((f"{node.value.value}.", re.escape(f"{node.value.value}.") + ".+"))
        elif isinstance(node, ast.JoinedStr):
            parts = [re.escape(part.value) if isinstance(part, ast.Constant) else "[\\w.-]+" for part in node.values]
            fixed = [part.value for part in node.values if isinstance(part, ast.Constant)]
            if "." in "".join(fixed) and any(len(part.strip(".")) >= LEAST_STEM for part in fixed):
                first = node.values[0]
                patterns.add((first.value if isinstance(first, ast.Constant) else "", "".join(parts)))
    return texts, patterns


@cache
def said():
    """All texts of the package, and patterns of keys."""
    texts, patterns = set(), set()
    for path in sorted(SOURCE.rglob("*")):
        if path.suffix == ".py":
            own, put_together = of_code(ast.parse(path.read_text(encoding="utf-8")))
            texts |= own
            patterns |= put_together
        elif path.suffix in OTHER_FILES:
            text = path.read_text(encoding="utf-8")
            texts.update(WRITTEN.findall(text))
            patterns.update((stem, re.escape(stem) + ".+") for stem in STEM.findall(text))
    return texts, patterns


def unused(keys, texts, patterns):
    """Keys that nothing says."""
    left = [key for key in keys if key not in texts and key.removesuffix(ALL) not in texts]
    compiled = [(begin, re.compile(pattern)) for begin, pattern in patterns]
    return sorted(key for key in left if not any(key.startswith(begin) and one.fullmatch(key) for begin, one in compiled))


def test_every_key_is_said():
    assert unused(words.keys("en"), *said()) == []


def test_a_planted_key_rings():
    texts, patterns = said()
    planted = {"catalog.reading.kinds.pdf", "cli.nothing", "nothing.of.all"}
    assert unused(planted | {"catalog.reading.kind.pdf"}, texts, patterns) == sorted(planted)
