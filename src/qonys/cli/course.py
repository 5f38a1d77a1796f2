"""``qonys course``: labs and their checks, the works that the course cites, the terms of its science."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from qonys import words
from qonys.cli.course_labs import add_labs
from qonys.cli.help import new_app
from qonys.cli.options import settings
from qonys.cli.printing import heading, print_frame
from qonys.cli.ranges import Within
from qonys.errors import BadInput

if TYPE_CHECKING:
    import polars as pl

    from qonys.catalog import Pack
    from qonys.catalog.glossary import Term
    from qonys.catalog.works import Work

app = new_app("course", "cli.command.course")
add_labs(app)
TABLE, CSL, BIBTEX, GOST = "table", "csl-json", "bibtex", "gost"
FORMS = (TABLE, CSL, BIBTEX, GOST)
SHOWN = ("id", "stage_of_research", "shelf", "author", "title", "year", "checked")


@app.command(name="bibliography", help="cli.command.course.bibliography")
def bibliography(
    *,
    stage: Annotated[int | None, Parameter(help="cli.course.stage", validator=Within(1, 4), negative=())] = None,
    form: Annotated[str, Parameter(name="--as", help="cli.course.form", negative=())] = TABLE,
) -> int:
    """The works of the course by stage and the shelf of its labs, or only those of a stage."""
    from qonys.catalog import open_pack
    from qonys.catalog.citing import bibtex, csl, gost
    from qonys.catalog.pack import nearest
    from qonys.catalog.works import FILE, works

    if form not in FORMS:
        raise BadInput("cli.course.no_form", form=form, near=nearest(form, FORMS), known=", ".join(FORMS))
    pack = open_pack(settings().pack)
    if not works(pack):
        raise BadInput("cli.course.no_works", pack=pack.name, file=FILE)
    found = works(pack, stage)
    if form == CSL:
        print(json.dumps(csl(found), ensure_ascii=False, indent=1))
    elif form == BIBTEX:
        print(bibtex(found))
    elif form == GOST:
        print("\n".join(gost(one) for one in found))
    else:
        _show(found)
    return 0


def _show(found: tuple[Work, ...]) -> None:
    """The table, and below it what the course says wrongly."""
    language = settings().language
    frame = _works_frame(found, language)
    if settings().format != "table":
        print_frame(frame)
        return
    wrong = [
        words.text("course.works.fault", language, key=one.key, said=one.said, reason=one.reasons[language])
        for one in found
        if one.said
    ]
    checked = words.plural("course.works.checked", sum(one.checked for one in found), language, all=len(found))
    print_frame(frame.select(SHOWN), label=_label, footer=[checked, *wrong])


def _works_frame(found: tuple[Work, ...], language: str) -> pl.DataFrame:
    import polars as pl

    from qonys.catalog.citing import gost

    rows = [
        {
            "id": one.key,
            "stage_of_research": one.stage,
            "shelf": one.shelf,
            "author": ", ".join(name.listed for name in one.authors or one.editors) or None,
            "title": one.title,
            "year": one.year,
            "checked": "yes" if one.checked else "no",
            "checked_against": one.against or None,
            "compared": "; ".join(one.compared) or None,
            "reference": gost(one),
            "text": one.texts[language],
            "cited_in": "; ".join(one.cited) or None,
            "said": one.said or None,
            "reason": one.reasons.get(language),
        }
        for one in found
    ]
    return pl.DataFrame(rows, schema_overrides={"stage_of_research": pl.Int32, "shelf": pl.Int32, "year": pl.Int32})


def _label(column: str, code: str) -> str | None:
    return words.text(f"course.works.{code}", settings().language) if column == "checked" else None


@app.command(name="glossary", help="cli.command.course.glossary")
def glossary(term: Annotated[str | None, Parameter(help="cli.course.term")] = None, /) -> int:
    """All terms with their meaning, or one in three languages with its formula, source and place."""
    from qonys.catalog import open_pack
    from qonys.catalog.glossary import term_of

    pack = open_pack(settings().pack)
    if term is not None:
        _tell(pack, term_of(pack, term))
        return 0
    frame = _terms_frame(pack, settings().language)
    print_frame(frame.select("id", "term", "text") if settings().format == "table" else frame)
    return 0


def _terms_frame(pack: Pack, language: str) -> pl.DataFrame:
    import polars as pl

    from qonys.catalog.glossary import ordered

    return pl.DataFrame([_facts(pack, one, language) for one in ordered(pack, language)])


def _facts(pack: Pack, one: Term, language: str) -> dict[str, str | None]:
    from qonys.catalog.glossary import sources_of

    return {
        "id": one.id,
        "term": one.names[language],
        **{f"term_{code}": one.names[code] for code in words.LANGUAGES},
        "text": one.texts[language],
        "formula": one.formula or None,
        "source": sources_of(pack, one, language),
        "commands": ", ".join(f"qonys {name}" for name in one.commands) or None,
        "page": one.page or None,
    }


@app.command(name="guide", help="cli.command.course.guide")
def guide(
    *,
    week: Annotated[int | None, Parameter(help="cli.course.week", validator=Within(1, 15), negative=())] = None,
    mapping: Annotated[bool, Parameter(help="cli.course.mapping", negative=())] = False,
) -> int:
    """The weeks of the teacher's guide, one of them, or where every statement of the text is worked on."""
    import polars as pl

    from qonys.catalog import open_pack
    from qonys.course.guide import places, week_of, weeks

    language = settings().language
    if mapping:
        rows = [
            {
                "id": one.statement.id, "week": one.week.number, "labs": ", ".join(one.labs),
                "chapters": ", ".join(one.chapters), "pages": ", ".join(one.pages),
                "text": one.statement.says[language],
            }
            for one in places(open_pack(settings().pack)) if week in (None, one.week.number)
        ]  # fmt: skip
        print_frame(
            pl.DataFrame(
                rows, schema=dict.fromkeys(("id", "week", "labs", "chapters", "pages", "text"), pl.String), strict=False
            )
        )
        return 0
    if week is not None:
        found = week_of(week)
        print("\n".join((found.titled(language), *(f"  {text}" for text in found.paragraphs(language)))))
        return 0
    table = [
        {"week": one.number, "title": one.phrase("title", language), "labs": ", ".join(lab.id for lab in one.labs)}
        for one in weeks()
    ]
    print_frame(pl.DataFrame(table))
    return 0


def _tell(pack: Pack, one: Term) -> None:
    language = settings().language
    facts = _facts(pack, one, language)
    if settings().format != "table":
        facts |= {f"text_{code}": one.texts[code] for code in words.LANGUAGES}
        print(
            json.dumps(
                {name: value for name, value in facts.items() if value is not None}, ensure_ascii=False, indent=1
            )
        )
        return
    print(one.names[language])
    print(f"  {one.texts[language]}")
    for code in words.LANGUAGES:
        if code != language:
            print(f"  {words.text(f'language.{code}', language)}: {one.names[code]}")
    for name in ("formula", "source", "commands", "page"):
        if facts[name] is not None:
            print(f"  {heading(name, language)}: {facts[name]}")
