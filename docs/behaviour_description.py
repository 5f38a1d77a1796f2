# ruff: noqa: E501
"""Writes the description of the behaviour model (ODD+D) from the code: `python docs/behaviour_description.py`.

Numbers, parameters, columns, equations and the order of events are read from the modules; a test compares the page
with what this gives.
"""

import re
from dataclasses import fields
from pathlib import Path

from qonys import words
from qonys.behaviour import alignment, inputs, made_up, micro, parameters, start, twin
from qonys.behaviour.outcomes import Outcomes
from qonys.kernels.behaviour import chances, counts, hashing, persons, usual, vital
from qonys.kernels.behaviour import start as whole_persons
from qonys.study.analyses.behaviour import ACTS
from qonys.study.base import behaviour as country

PAGE = Path(__file__).parent / "reference" / "behaviour-description.md"


def said(thing):
    """The docstring of a module, class or function without its title, examples and errors."""
    text = re.split(r"\n\s*(?:Examples|Raises)\n\s*-+\n", thing.__doc__)[0]
    lines = [line.strip() if not line.startswith("- ") else line for line in text.strip().splitlines()]
    return re.sub(r"\n +", "\n", "\n".join(lines))


def columns(kind):
    """Names of the fields of a dataclass."""
    return ", ".join(f"`{one.name}`" for one in fields(kind))


def parameter_table():
    """All parameters with priors, ranges, places and bases."""
    head = ["| name | prior | scale | range | place | basis | meaning |", "|---|---|---|---|---|---|---|"]
    rows = [
        f"| `{one.name}` | {one.mean:g} (sd {one.sd:g}) | {one.scale} | {one.low:g} to {one.high:g} | {one.place} "
        f"| {one.basis} | {words.text(f'behaviour.p.{one.name}', 'en')} |"
        for one in parameters.PARAMETERS
    ]
    return "\n".join([*head, *rows])


def act_table():
    """Where the keys of a scenario act."""
    head = ["| key | place | basis | what it does |", "|---|---|---|---|"]
    rows = [f"| `{key}` | {place} | {basis} | {words.text(f'behaviour.act.{place}', 'en')} |"
            for key, (place, basis) in ACTS.items()]  # fmt: skip
    return "\n".join([*head, *rows])


def notes():
    """What is assumed and not observed."""
    return "\n".join(f"- {words.text(key, 'en')}" for key in country.NOTES)


def description():
    """The page."""
    return f"""# Description of the behaviour model (ODD+D)

Written by `docs/behaviour_description.py` from the code; the protocol is that of Müller et al. 2013 (Environmental Modelling &
Software 48:37), after Grimm et al. 2006 and 2020. The [page on behaviour](../explanation/behaviour.md) explains and judges.

## I Overview

**Purpose.** To follow people from no intention over intention and plan to a move and to settling, so that what groups do emerges
from chances of persons, and to say what a change of a place, of control or of a plan does.

**Entities, state, scales.** Persons of {persons.BYTES} bytes: {columns(persons.Persons)}. {chances.STAGES} stages (none,
intention, plan), {chances.PHASES} phases since the last move. Places: {columns(chances.Places)}. One step is a year; at most
{micro.MOST_REGIONS} regions and {micro.MOST_CLASSES} ethnic groups x levels of education.

{said(persons)}

{said(persons.Persons)}

**Process overview and scheduling.** {said(counts)}

## II Design concepts

**Theoretical and empirical background; individual decisions.** {said(chances)}

**Learning, individual prediction.** None: chances are those of the year, from what was there at the end of the year before.

**Sensing.** A person knows the utility of all places, the share of the own group in each, the share of the own group and region who
intended, planned or left in the year before (`{twin.Memory.__name__}`), and the previous region.

**Interaction, collectives.** Only through these shares; households and ties between persons are not there.

**Heterogeneity.** By region, ethnic group, education, sex (births and deaths), age, stage, phase and previous region.

**Stochasticity.** {said(hashing)}

**Observation.** {columns(Outcomes)}. {said(Outcomes)}

## III Details

**Implementation.** Python with Numba; the twin is `{twin.twin.__module__}`, persons are `{micro.micro.__module__}`; one function,
`{chances.chances.__module__}.{chances.chances.__name__}`, computes the chances of both. {said(usual)}

**Initialisation.** {said(start)} The chain runs {start.BURNED} years on the base. {said(whole_persons)}

**Alignment.** {said(alignment)}

**Input data.** {said(inputs.BehaviourInputs)} {said(country)}

{notes()}

**Births, deaths, immigration, education.** {said(vital)} {said(vital.VitalYear)} {said(vital.Schooling)}

### Parameters

{said(parameters)}

{parameter_table()}

### What a scenario changes

{act_table()}

### The made-up country of tests

{said(made_up)}
"""


if __name__ == "__main__":
    PAGE.write_text(description(), encoding="utf-8")
