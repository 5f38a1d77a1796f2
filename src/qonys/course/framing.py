"""What every lab says in the same order: aim and task, data with doubt, steps, exercises, limits, reading."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.util import find_spec

from qonys import inputs, words
from qonys.catalog import Pack
from qonys.catalog.bibliography import references
from qonys.catalog.citing import gost
from qonys.course.exercise import Exercise, LabTable
from qonys.course.parts import Title
from qonys.course.registry import Lab
from qonys.course.verdicts import Verdict
from qonys.errors import BadInput
from qonys.inputs.figures import sources_of_role
from qonys.report.document import Block, Bullets, Heading, Note, Paragraph

NAMED_SOURCES = 6


def said(lab: Lab, pack: Pack, language: str, key: str, **values: object) -> str:
    """A text of a lab with its places filled, those of the country's name among them."""
    return lab.phrase(key, language, **{**inputs.country_words(pack, language), **values})


def word(lab: Lab, code: str, language: str) -> str:
    """Words of a code: those of the lab (`option.CODE`), else of the forms of migration or the classes of residence.

    Examples
    --------
    >>> from qonys.course.registry import lab_of
    >>> word(lab_of("balance"), "unsure", "en"), word(lab_of("forms"), "labour", "en")
    ('it cannot be told', 'labour')
    """
    keys = (f"labs.{lab.id}.option.{code}", f"typology.form.{code}", f"typology.un.{code}")
    return next((words.text(key, language) for key in keys if words.has(key, language)), code)


def refuse_without(lab: Lab, pack: Pack) -> None:
    """Refuse a pack that lacks figures of a lab's tables.

    Raises
    ------
    BadInput
        The pack lacks them; the sentence names them and says what to do.

    """
    missing = inputs.available(pack, lab.needs)
    if missing:
        names = {code: ", ".join(inputs.figure_name(pack, name, code) for name in missing) for code in words.LANGUAGES}
        raise BadInput("labs.lacks", lab=lab.id, pack=pack.name, figures=words.Worded(names))


def refuse_unready(lab: Lab, pack: Pack) -> None:
    """Refuse to run a lab where marimo is not installed or the pack lacks figures of it.

    Raises
    ------
    BadInput
        Either is so; the sentence says what to do.

    """
    if find_spec("marimo") is None:
        raise BadInput("labs.no_marimo")
    refuse_without(lab, pack)


def paragraphs(*texts: str) -> tuple[Paragraph, ...]:
    """Texts as paragraphs."""
    return tuple(Paragraph((text,)) for text in texts)


def opening(lab: Lab, pack: Pack, language: str) -> tuple[Block, ...]:
    """Title, country and time, aim, task, object and subject, and the question that comes first."""
    title = words.text("labs.titled", language, number=lab.number, title=lab.title(language))
    known = inputs.country_words(pack, language)
    about = words.text("labs.about", language, minutes=lab.minutes, country=known["country"])
    named = [
        words.text(f"labs.{name}", language, text=said(lab, pack, language, name))
        for name in ("aim", "object", "subject")
    ]
    return (
        Title(title), *paragraphs(about), Bullets((*named, *_statements(lab, pack, language))),
        Heading(words.text("labs.question", language)), *paragraphs(said(lab, pack, language, "question")),
    )  # fmt: skip


def _statements(lab: Lab, pack: Pack, language: str) -> list[str]:
    """What the text of the course demands here, where the pack has it."""
    known = {one.id: one.says[language] for one in inputs.course(pack).statements}
    return [words.text("labs.task", language, text=known[name]) for name in lab.statements if name in known]


def headed(lab: Lab, pack: Pack, name: str, language: str) -> tuple[Block, ...]:
    """A heading of all labs and the text of this one below it."""
    return (Heading(words.text(f"labs.{name}", language)), *paragraphs(said(lab, pack, language, name)))


def doubt(lab: Lab, pack: Pack, language: str) -> tuple[Block, ...]:
    """What is doubtful in the figures."""
    return (Note(said(lab, pack, language, "doubt")),)


def source(pack: Pack, table: LabTable, language: str) -> str:
    """The sources of a table as a line; that it is simulated where there are none."""
    if not table.figures and not table.sources:
        return words.text("labs.source", language, names=words.text("labs.simulated", language))
    titles: list[str] = []
    for one in (pack, *table.packs):
        wanted = {*(name for figure in table.figures for name in _sources(one, figure)), *table.sources}
        known = references(one, language)
        titles += [known[name].name for name in sorted(wanted) if name in known]
    more = len(titles) - NAMED_SOURCES
    names = "; ".join(titles[:NAMED_SOURCES]) + (f" (+{more})" if more > 0 else "")
    return words.text("labs.source", language, names=names)


def _sources(pack: Pack, figure: str) -> tuple[str, ...]:
    """Sources of a figure, or of those of a role of it (net_migration:register)."""
    name, _, role = figure.partition(":")
    return sources_of_role(pack, name, role) if role else inputs.sources_of(pack, (name,))


def computed(language: str) -> str:
    """The source line of what a lab computed."""
    return words.text("labs.source", language, names=words.text("labs.computed", language))


def step(lab: Lab, pack: Pack, number: int, language: str, values: Mapping[str, object]) -> tuple[Block, ...]:
    """A step with its number, title and text."""
    title = said(lab, pack, language, f"step.{number}.title")
    text = said(lab, pack, language, f"step.{number}", **values)
    return (Heading(words.text("labs.step", language, number=number, title=title)), *paragraphs(text))


def unit(task: Exercise, language: str) -> str:
    """The unit in which a number is asked, and the decimals."""
    name = words.text(f"unit.{task.unit}", language) if task.unit else words.text("labs.number", language)
    return words.text("labs.unit", language, unit=name, decimals=task.decimals) if task.decimals else name


def exercise(task: Exercise, pack: Pack, language: str) -> tuple[Block, ...]:
    """An exercise with its number and its words."""
    missing = inputs.available(pack, task.needs)
    title = Heading(words.text("labs.exercise", language, number=task.number))
    if missing:
        names = ", ".join(inputs.figure_name(pack, name, language) for name in missing)
        return (title, Note(words.text("labs.no_data", language, figures=names)))
    values = task.right(pack).values
    return (title, *paragraphs(said(task.lab, pack, language, f"exercise.{task.number}", **values)))


def verdict(given: Verdict, language: str) -> tuple[Block, ...]:
    """A verdict with its mark."""
    return paragraphs(words.text(f"labs.mark.{given.state}", language, text=given.text))


def closing(lab: Lab, pack: Pack, language: str) -> tuple[Block, ...]:
    """What the figures cannot tell, what to read, and where the same figures stand."""
    read = [gost(one) for one in inputs.works(pack) if one.shelf == lab.number or one.key in lab.reading]
    reading = (Heading(words.text("labs.reading", language)), Bullets(tuple(read))) if read else ()
    places = [words.text("labs.on_page", language, page=words.text(f"web.page.{name}", language)) for name in lab.pages]
    places += [
        words.text("labs.in_chapter", language, chapter=words.text(f"chapter.{name}", language))
        for name in lab.chapters
    ]
    return (
        *headed(lab, pack, "limits", language),
        *reading,
        Heading(words.text("labs.further", language)),
        Bullets(tuple(places)),
    )
