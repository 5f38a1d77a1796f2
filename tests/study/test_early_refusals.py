"""What cannot be is refused from the text, before the account is read or anything is fitted."""

import pytest

from qonys.catalog import open_pack
from qonys.errors import BadInput
from qonys.study.analyses import consequences, project
from qonys.study.analyses.consequences import ConsequencesRequest
from qonys.study.analyses.project import ProjectionRequest


def _nothing(key, **values):
    raise AssertionError(key)


@pytest.mark.parametrize(
    ("given", "key"),
    [
        ({"shard": "9/8"}, "regional.shard"),
        ({"shard": "0/0"}, "regional.shard"),
        ({"shard": "a"}, "regional.shard"),
        ({"question": "population[2030] >"}, "regional.question"),
        ({"regions": "all", "ages": "young"}, "regional.ages"),
    ],
)
def test_a_projection_that_cannot_be_is_refused_as_it_is_asked_for(tmp_path, given, key):
    with pytest.raises(BadInput) as refusal:
        ProjectionRequest(out=tmp_path / "shards", **given)
    assert refusal.value.key == key


@pytest.mark.parametrize("inside", ["", "deeper"])
def test_a_file_is_no_folder_of_shards(tmp_path, inside):
    (tmp_path / "m.csv").write_text("a,b\n")
    with pytest.raises(BadInput, match=r"m\.csv"):
        ProjectionRequest(out=tmp_path / "m.csv" / inside)


@pytest.mark.parametrize("horizon", [1990, 2300])
def test_a_horizon_that_is_not_projected_is_refused_before_the_account_is_read(horizon):
    with pytest.raises(BadInput) as refusal:
        project.answer(open_pack("kazakhstan"), ProjectionRequest(horizon=horizon), _nothing)
    assert refusal.value.key == "projection.year"


@pytest.mark.parametrize(
    ("since", "until", "key"),
    [(2050, 2040, "until"), (1800, 0, "since"), (2000, 2000, "until"), (2000, 2300, "until"), (2300, 0, "until")],
)
def test_years_that_cannot_be_are_refused_before_the_account_is_read(since, until, key):
    request = ConsequencesRequest(since=since, until=until)
    with pytest.raises(BadInput) as refusal:
        consequences.answer(open_pack("kazakhstan"), request, _nothing)
    assert refusal.value.key == f"consequences.{key}"
