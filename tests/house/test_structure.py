"""What the syntax tree of the whole package says: nothing public lies unreached, no modules import each other."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

SOURCE = Path(__file__).parents[2] / "src"
DEFINED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
# rooms whose definitions are reached by people: commands, the public face, pages; chapters by the name of their parts
ROOTS = ("qonys.cli", "qonys.face", "qonys.web")
CHAPTERS = ("qonys.study.chapters.", "qonys.report.chapters.")
# modules that are taken by the name of a lab: what stands in them by itself is reached
LABS = ("qonys.course.exercises.", "qonys.course.notebooks.")
# what no command, page or chapter reaches, and why it stays: a module, or a module and a name
UNREACHED = {
    "qonys.catalog.outline": "how the outlines of regions in a pack were made from boundary files: for those who make one",
    "qonys.catalog.outline_checks": "the checks of such outlines: for those who make a pack",
    "qonys.catalog.country:country_words": "a country's names in sentences: the catalogues begin to take them",
    "qonys.catalog.figures": "figures by id: chapters begin to take them",
    "qonys.course:lab": "what the file of a lab calls",
    "qonys.inputs": "figures by id: chapters begin to take them",
    "qonys.quantities": "public types: quantities as people give them",
    "qonys.spaces": "public types: labels of quantities as people give them",
    "qonys.errors:IdentityBroken": "what `quantities.identities` raises",
    "qonys.estimation.of_quantities": "the methods of `estimation` on quantities, in the reference",
    "qonys.measurement.of_quantities": "the methods of `measurement` on quantities, in the reference",
    "qonys.estimation.net_migration:range_over_methods": "summary of methods side by side, in the reference",
    "qonys.explanation.constrained": "spatial interaction models for tables of one's own, in the docs",
    "qonys.explanation.nested:fit_nested": "choice of staying or moving for tables of one's own, in the reference",
    "qonys.measurement.breakpoints:long_series_breaks": "breaks of monthly and daily series, in the reference",
    "qonys.measurement.schedules:pooled_fit": "schedules of many regions at once, in the reference",
    "qonys.kernels.breaks.change_points": "what `long_series_breaks` runs on",
    "qonys.projection.regional.project:project_regional": "the projection of regions from its parts, in the reference",
    "qonys.kernels.cohorts.component": "the readable specification that `cohorts.engine` is held to",
    "qonys.kernels.multiregional.step:direct": "the readable specification that the fast engines are held to",
    "qonys.kernels.flows.raking:rake_plain": "the plain twin that raking is held to",
    "qonys.kernels.flows.stock_differences": "taken by the name of the method in `flows_from_stocks`",
    "qonys.kernels.indices.fields": "each index by its definition: what `system_indices` is held to",
    "qonys.kernels.indices.system:region_indices": "one table by definition: what `system_indices` is held to",
    "qonys.kernels.indices.intensity:quasi_independent": "one table by definition: what `system_indices` is held to",
    "qonys.kernels.mortality.life_tables": "standard error of a life expectancy, in the reference",
    "qonys.kernels.mortality.multistate_life": "Rogers' life table of several regions, in the reference",
    "qonys.kernels.multiregional.jax_engine": "the engine with derivatives (extra `jax`), in the reference",
    "qonys.kernels.multiregional.low_rank": "moves of low rank for many regions, in the reference",
    "qonys.kernels.multiregional.engine:engine_in_use": "which engine works: by Python, in the docs",
    "qonys.kernels.multiregional.engine:why_not": "why the compiled engine does not work: by Python, in the docs",
    "qonys.kernels.scores:crps_normal": "the closed form that scores of draws are held to",
    "qonys.kernels.structure.ageing": "measures of ages on bare arrays, in the reference",
    "qonys.kernels.structure.decomposition": "decomposition of rates on bare arrays, in the reference",
    "qonys.behaviour.made_up:small_country": "a made-up country for examples, tests and measurements of speed",
    "qonys.behaviour.parameters:to_vector": "the parameters as a vector, for fits and searches, in the reference",
    "qonys.behaviour.parameters:from_vector": "the parameters from a vector, for fits and searches, in the reference",
    "qonys.registers.folding": "keys by which names are compared, in the docs",
    "qonys.registers.opened": "registers by Python, `qonys.registers.open`, in the docs",
    "qonys.registers:open": "registers by Python, in the docs",
    "qonys.registers:names": "registers by Python, in the docs",
    "qonys.words.catalogue:keys": "what tests read the catalogues by",
}
# modules that import each other, known and to be parted
CIRCLES: set[frozenset[str]] = set()


# words that are no names of the field, in identifiers; rooms whose names are yet to follow
WORDS = frozenset({"beside", "asked", "told", "still", "strays"})
YET = ("qonys.web", "qonys.figures", "qonys.report", "qonys.study.chapters", "qonys.study.runs", "qonys.inputs")


class Package:
    """Modules of a package by name, with what they define and import."""

    def __init__(self, texts: dict[str, str], packages: frozenset[str] = frozenset()) -> None:
        self.packages = packages
        self.trees = {name: ast.parse(text) for name, text in texts.items()}
        self.defined = {
            f"{name}:{node.name}": node
            for name, tree in self.trees.items()
            for node in tree.body
            if isinstance(node, DEFINED)
        }
        self.top = {name: self.imported(tree.body, name) for name, tree in self.trees.items()}

    def imported(self, nodes, module: str) -> dict[str, str]:
        """Local name -> module, or module:name, of every import in the nodes."""
        found = {}
        for node in (inner for outer in nodes for inner in ast.walk(outer)):
            if isinstance(node, ast.Import):
                for one in node.names:
                    found[one.asname or one.name] = one.name
            elif isinstance(node, ast.ImportFrom):
                base = node.module or ""
                if node.level:
                    parts = module.split(".") if module in self.packages else module.split(".")[:-1]
                    base = ".".join([*parts[: len(parts) - node.level + 1], *([base] if base else [])])
                found |= {one.asname or one.name: f"{base}:{one.name}" for one in node.names}
        return found

    def target(self, name: str) -> str | None:
        """The module or definition that an import names; names passed on are followed."""
        for _ in range(9):
            module, _, inner = name.partition(":")
            if not inner:
                return module if module in self.trees else None
            if name in self.defined:
                return name
            if f"{module}.{inner}" in self.trees:
                return f"{module}.{inner}"
            if module not in self.trees or inner not in self.top[module]:
                return module if module in self.trees else None
            name = self.top[module][inner]
        return None

    def uses(self, nodes, module: str):
        """Modules and definitions that the nodes name."""
        here = self.imported(nodes, module)
        known = self.top[module] | here
        for one in here.values():
            yield one.partition(":")[0]
            yield one.replace(":", ".")
        for node in (inner for outer in nodes for inner in ast.walk(outer)):
            if isinstance(node, ast.Name):
                yield f"{module}:{node.id}"
                if node.id in known:
                    yield self.target(known[node.id])
            elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in known:
                holder = self.target(known[node.value.id])
                if holder in self.trees:
                    yield self.target(f"{holder}:{node.attr}")
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value
                yield ":".join(node.value.rpartition(".")[::2])

    def reached(self, roots) -> set[str]:
        """All that the roots use, and what that uses."""
        seen, left = set(), list(roots)
        while left:
            name = left.pop()
            if name in seen or (name not in self.trees and name not in self.defined):
                continue
            seen.add(name)
            module, _, inner = name.partition(":")
            if inner:
                left += [module, *self.uses([self.defined[name]], module)]
            else:
                body = [node for node in self.trees[module].body if not isinstance(node, DEFINED)]
                left += [one.partition(":")[0] for one in self.top[module].values()]
                left += self.uses([node for node in body if not isinstance(node, ast.Import | ast.ImportFrom)], module)
        return seen

    def needed(self, module: str) -> set[str]:
        """Modules that a module imports anywhere, in functions too, but not for type checkers alone."""
        tree, skipped = self.trees[module], set()
        for node in ast.walk(tree):
            if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
                skipped |= {id(inner) for part in node.body for inner in ast.walk(part)}
        imports = [n for n in ast.walk(tree) if isinstance(n, ast.Import | ast.ImportFrom) and id(n) not in skipped]
        found = set()
        for one in self.imported(imports, module).values():
            base, _, inner = one.partition(":")
            found.add(f"{base}.{inner}" if f"{base}.{inner}" in self.trees else base)
        return (found & set(self.trees)) - {module}

    def circles(self) -> list[frozenset[str]]:
        """Sets of modules that import each other (Tarjan 1972, SIAM Journal on Computing 1:146)."""
        edges = {name: self.needed(name) for name in self.trees}
        index, low, stack, found = {}, {}, [], []

        def visit(name):
            index[name] = low[name] = len(index)
            stack.append(name)
            for other in edges[name]:
                if other not in index:
                    visit(other)
                    low[name] = min(low[name], low[other])
                elif other in stack:
                    low[name] = min(low[name], index[other])
            if low[name] == index[name]:
                place = stack.index(name)
                part = stack[place:]
                del stack[place:]
                if len(part) > 1:
                    found.append(frozenset(part))

        for name in edges:
            if name not in index:
                visit(name)
        return found


@cache
def house() -> Package:
    texts, packages = {}, set()
    for path in sorted((SOURCE / "qonys").rglob("*.py")):
        parts = list(path.relative_to(SOURCE).with_suffix("").parts)
        if parts[-1] == "__init__":
            parts.pop()
            packages.add(".".join(parts))
        texts[".".join(parts)] = path.read_text(encoding="utf-8")
    return Package(texts, frozenset(packages))


def unreached(package: Package) -> list[str]:
    roots = set()
    for name, node in package.defined.items():
        module, _, inner = name.partition(":")
        chapter = module.startswith(CHAPTERS) and inner in ("compute", "build")
        if module.startswith(ROOTS) or chapter or any("register" in ast.dump(one) for one in node.decorator_list):
            roots |= {name, module}
    roots |= {module for module in package.trees if module.startswith(LABS)}
    seen = package.reached(roots)
    return [name for name in package.defined if name not in seen and not name.partition(":")[2].startswith("_")]


def test_nothing_public_lies_unreached():
    """Delete it with its tests, make it a choice of a command, or say in `UNREACHED` why it stays."""
    left = unreached(house())
    excused = {name for name in left if name in UNREACHED or any(in_room(name, room) for room in UNREACHED)}
    assert sorted(set(left) - excused) == []


def in_room(name: str, room: str) -> bool:
    return ":" not in room and (name.startswith((f"{room}:", f"{room}.")))


def test_every_excuse_is_still_needed_or_names_what_there_is():
    package = house()
    for name in UNREACHED:
        assert name in package.trees or name in package.defined, name


def test_no_modules_import_each_other():
    assert set(house().circles()) <= CIRCLES, set(house().circles()) - CIRCLES


def test_planted_faults_ring():
    """A function that nothing names; two modules that import each other, one of them inside a function."""
    texts = {
        "qonys": "",
        "qonys.cli": "from qonys.science import used, again\n\ndef command():\n    return used() + again.go()\n",
        "qonys.science": "from qonys import again\n\ndef used():\n    return 1\n\ndef idle():\n    return 2\n",
        "qonys.again": "def go():\n    from qonys.science import used\n    return used()\n",
    }
    package = Package(texts)
    assert unreached(package) == ["qonys.science:idle"]
    assert package.circles() == [frozenset({"qonys.science", "qonys.again"})]
    typed = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from qonys.science import used\ndef go():\n    return 1\n"
    assert Package(texts | {"qonys.again": typed}).circles() == []


def identifiers(tree):
    """Every name that the code gives or takes."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.arg | ast.keyword) and node.arg:
            yield node.arg
        elif isinstance(node, DEFINED):
            yield node.name


def wrong_words(package: Package) -> list[str]:
    return [
        f"{module}: {name}"
        for module, tree in package.trees.items()
        if not module.startswith(YET)
        for name in identifiers(tree)
        if WORDS & set(name.lower().split("_"))
    ]


def test_names_are_those_of_the_field():
    assert wrong_words(house()) == []


def test_a_planted_word_rings():
    assert wrong_words(Package({"qonys.a": "def f(tables_beside):\n    return tables_beside.still\n"})) == [
        "qonys.a: tables_beside", "qonys.a: still", "qonys.a: tables_beside",
    ]  # fmt: skip
