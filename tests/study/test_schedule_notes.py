"""What `schedule fit` says of a chosen model that the ages do not identify."""

import polars as pl
import pytest

from qonys.study.analyses import schedules
from qonys.words.notes import listening


@pytest.mark.parametrize(("identified", "said"), [([True, False], [(11, 7)]), ([True, True], []), ([False, False], [])])
def test_a_chosen_model_that_is_not_identified_is_said_with_the_best_that_is(monkeypatch, tmp_path, identified, said):
    models = pl.DataFrame(
        {"parameters": [7, 11], "bic": [-320.0, -330.0], "identified": identified, "chosen": [False, True]}
    )
    fits = type("Fits", (), {"models": models, "parameters": models, "failed": models})()
    monkeypatch.setattr(schedules, "schedules_of_table", lambda frame, sizes: fits)
    (tmp_path / "ages.csv").write_text("age,value\n0,0.1\n1,0.2\n")
    heard = []
    with listening(lambda key, values: heard.append((values["chosen"], values["best"]))):
        schedules.schedules_of_file(tmp_path / "ages.csv", "parameters", (7, 11))
        schedules.schedules_of_file(tmp_path / "ages.csv", "models", (7, 11))
    assert heard == said
