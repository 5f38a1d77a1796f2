"""Made-up countries for tests of the chain of a move: nothing here is a figure."""

from dataclasses import replace

import numpy as np
import pytest

from qonys.behaviour.made_up import small_country
from qonys.behaviour.parameters import mechanism
from qonys.behaviour.start import burned


@pytest.fixture(scope="session")
def chain():
    return mechanism()


@pytest.fixture(scope="session")
def country():
    return small_country(2e5, 4, 2, years=6)


@pytest.fixture(scope="session")
def start(chain, country):
    return burned(chain, country)


def still(country, years=None):
    """The country without births, deaths, immigrants and schooling."""
    shape = country.base.shape
    vital = replace(
        country.years[0],
        survival=np.ones((*shape[:2], 2, shape[-1])),
        fertility=np.zeros((*shape[:2], shape[-1])),
        arriving=np.zeros((*shape[:2], 2, shape[-1])),
    )
    school = replace(country.school, ages=country.school.ages[:0], gained=country.school.gained[:0])
    return replace(country, years=(vital,) * (years or len(country.years)), school=school)


def shut(country):
    """The country whose people do not go abroad."""
    closed = tuple(replace(one, abroad=np.full_like(one.abroad, -np.inf)) for one in country.places)
    return replace(country, places=closed)


@pytest.fixture(scope="session")
def changed():
    """Functions that change a country."""
    return {"still": still, "shut": shut}
