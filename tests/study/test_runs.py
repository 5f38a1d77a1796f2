"""Runs: chapters side by side give what they give one after the other; failures are named; what moved is listed; why."""

import contextlib
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from qonys.catalog import open_pack
from qonys.cli import main
from qonys.errors import BadInput, UnknownName
from qonys.report.absences import missing_pages
from qonys.report.context import Context
from qonys.study.chapters import registry
from qonys.study.chapters.registry import Absence, chapter_of
from qonys.study.plan import resolve
from qonys.study.runs import crew as crews
from qonys.study.runs import run as runs
from qonys.study.runs.crew import crew, ranked, side_by_side
from qonys.study.runs.diff import compared, relative, stored_at
from qonys.study.runs.results import Number, Results, TableResult, read_results
from qonys.study.runs.run import ChapterFailed, Step, study_results
from qonys.study.runs.why import explained, function_of

QUICK = ("retrospective", "groups", "regions", "present", "claims", "settling")
EARLIER = Path(__file__).parent / "results-of-earlier-version"


@pytest.fixture(scope="module")
def pack():
    return open_pack("kazakhstan")


def only(patch, names):
    """Leave all chapters out but these."""
    chapters = tuple(chapter_of(name) for name in names)
    patch.setattr(runs, "CHAPTERS", chapters)
    patch.setattr(runs, "in_order", lambda given=chapters: registry.in_order(given))
    patch.setattr(runs, "absences", lambda pack: registry.absences(pack, chapters))


@pytest.fixture(scope="module")
def both(pack, tmp_path_factory):
    """The quick chapters in three processes and in this one, with the steps that were told."""
    found, steps = [], []
    for jobs in (3, 0):
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("QONYS_CACHE", str(tmp_path_factory.mktemp(f"jobs{jobs}")))
            only(patch, QUICK)
            told = []
            found.append(study_results(pack, told.append, jobs=jobs))
            steps.append(told)
    return found, steps


def written(results, folder):
    results.write(folder)
    return stored_at(str(folder))


def test_side_by_side_as_one_after_the_other(both, tmp_path):
    (parallel, serial), _ = both
    assert set(parallel.tables) == set(serial.tables)
    a, b = (written(one, tmp_path / name) for one, name in ((parallel, "a"), (serial, "b")))
    assert compared(a, b).is_empty()


def test_steps_are_told(both):
    _, (parallel, serial) = both
    for steps in (parallel, serial):
        assert {step.chapter for step in steps if step.what == "done"} == set(QUICK)
        assert {step.chapter for step in steps if step.what == "begun"} == set(QUICK)


def test_a_run_says_how_it_was_made(both):
    for results in both[0]:
        about = results.about
        assert set(about["chapters"]) == set(QUICK)
        assert about["seeds"]["account"] == 20
        assert about["versions"]["qonys"]
        assert about["plan"] == resolve(open_pack("kazakhstan")).document()
        assert all(one["seconds"] >= 0 and one["figures"] for one in about["chapters"].values())


def test_a_failing_chapter_is_named_and_the_others_are_kept(pack, tmp_path, monkeypatch):
    """Planted fault: the process answers that it could not; the next run computes that chapter only."""
    monkeypatch.setenv("QONYS_CACHE", str(tmp_path))
    only(monkeypatch, ("retrospective", "regions", "settling"))
    asked = crews.Hand.ask

    def ask(self, request):
        if request["chapter"] == "retrospective":
            return {"reason": {"en": "planted.", "ru": "подложено.", "kk": "әдейі."}, "trace": "Traceback"}
        return asked(self, request)

    monkeypatch.setattr(crews.Hand, "ask", ask)
    with pytest.raises(ChapterFailed, match=r"“retrospective” could not be computed: planted\. 2 chapters are stored") as caught:
        study_results(pack, jobs=2)
    assert "подложено" in caught.value.sentence("ru")
    assert (tmp_path / "faults" / "retrospective.txt").read_text() == "Traceback"
    monkeypatch.setattr(crews.Hand, "ask", asked)
    steps = []
    study_results(pack, steps.append, jobs=2)
    assert {step.chapter for step in steps if step.what == "kept"} == {"regions", "settling"}
    assert [step.chapter for step in steps if step.what == "done"] == ["retrospective"]


def test_a_process_that_dies_is_a_sentence(pack):
    with crew(pack.path) as hands:
        answer = hands.ask({"chapter": "no_such_chapter", "plan": resolve(pack).document(), "before": []})
        assert "no chapter “no_such_chapter”" in answer["reason"]["en"]
        hands.hands[0]._process.kill()
        found = hands.ask({"chapter": "regions", "plan": resolve(pack).document(), "before": []})
        assert "ended with code" in found["reason"]["en"]
    assert all(hand._process.poll() is not None for hand in hands.hands)


def test_the_longest_way_goes_first_and_what_stands_behind_a_failure_waits():
    chapters = tuple(chapter_of(name) for name in ("retrospective", "regions", "accounts", "shocks"))
    before = {"retrospective": (), "regions": (), "accounts": ("retrospective",), "shocks": ("accounts",)}
    assert ranked(chapters, before, {"regions": 2.5}) == ["retrospective", "regions", "accounts", "shocks"]
    assert ranked(chapters, before, {"regions": 9.0})[0] == "regions"
    done = []

    def do(name):
        done.append(name)
        return name != "accounts"

    left = side_by_side(ranked(chapters, before, {}), before, do, 2, lambda: None)
    assert left == ["shocks"]
    assert set(done) == {"retrospective", "regions", "accounts"}


def test_an_interruption_ends_what_runs():
    stopped = []

    def do(name):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        side_by_side(["a"], {"a": ()}, do, 1, lambda: stopped.append(1))
    assert stopped == [1]


def test_a_worker_speaks_lines_and_keeps_its_channel(pack, tmp_path):
    request = json.dumps({"chapter": "regions", "plan": resolve(pack).document(), "before": []})
    done = subprocess.run(
        [sys.executable, "-m", "qonys.study.runs.worker", str(pack.path)], input=request + "\n", text=True,
        capture_output=True, check=True, env=os.environ | {"QONYS_CACHE": str(tmp_path)},
    )  # fmt: skip
    place = Path(json.loads(done.stdout)["place"])
    assert read_results(place).table("components_by_region").frame.height


# what moved


def results_of(values, **numbers):
    results = Results("r")
    results.add(TableResult("t", pl.DataFrame({"year": [1, 2, 3], "x": values}), "persons", 1, ("s",), "m"))
    results.add(*(Number(name, value, "persons", low, None) for name, (value, low) in numbers.items()))
    return results


def test_what_moved_is_listed_with_its_relative_size(tmp_path):
    a = written(results_of([1.0, 2.0, 4.0], same=(1.0, None), moved=(10.0, 5.0), gone=(3.0, None)), tmp_path / "a")
    b = written(results_of([1.0, 2.0, 5.0], same=(1.0 + 1e-14, None), moved=(11.0, 5.0), new=(2.0, None)), tmp_path / "b")
    rows = {(row["name"], row["part"]): row for row in compared(a, b).to_dicts()}
    assert set(rows) == {("moved", "value"), ("gone", None), ("new", None), ("t", "x")}
    assert rows["moved", "value"]["relative"] == pytest.approx(0.1)
    assert (rows["t", "x"]["cells"], rows["t", "x"]["of"], rows["t", "x"]["relative"]) == (1, 3, pytest.approx(0.25))
    assert compared(a, a).is_empty()
    assert compared(a, b, tolerance=0.5).filter(pl.col("change") == "moved").is_empty()


def test_rows_in_another_order_are_the_same_and_lost_rows_are_not(tmp_path):
    a = written(results_of([1.0, 2.0, 4.0]), tmp_path / "a")
    turned, short = results_of([1.0, 2.0, 4.0]), results_of([1.0, 2.0, 4.0])
    for results, change in ((turned, pl.DataFrame.reverse), (short, lambda frame: frame.head(2))):
        old = results.tables["t"]
        results.tables["t"] = TableResult("t", change(old.frame), "persons", 1, ("s",), "m")
    assert compared(a, written(turned, tmp_path / "b")).is_empty()
    assert compared(a, written(short, tmp_path / "c")).row(0, named=True)["change"] == "rows"
    assert relative(0.0, 1.0) is None


def test_the_command_prints_and_answers_with_zero_unless_told(tmp_path, capsys):
    for name, values in (("a", [1.0, 2.0, 4.0]), ("b", [1.0, 2.0, 5.0])):
        results_of(values).write(tmp_path / name)
    folders = (str(tmp_path / "a"), str(tmp_path / "b"))
    assert main(("study", "diff", *folders)) == 0
    assert "Changed: 0 numbers, 1 table." in capsys.readouterr().out
    assert main(("study", "diff", *folders, "--exit-code")) == 1
    assert main(("study", "diff", folders[0], folders[0], "--exit-code")) == 0
    assert main(("study", "diff", folders[0], str(tmp_path))) == 0  # the first results inside
    assert main(("study", "diff", folders[0], str(tmp_path / "none"))) == 1
    assert "no results of a study" in capsys.readouterr().err


# results of earlier versions


def test_results_stored_by_an_earlier_version_open(pack, tmp_path):
    results = read_results(EARLIER)
    context = Context(results, pack, "en")
    assert context.value("consequences.median_age.with.2023").shown == "30.4†"
    assert context.value("labour.schooling.2020").shown.startswith("1")
    assert results.about == {}
    assert {page.chapter for page in missing_pages(results)} > {"accounts", "skill"}
    assert "claims" not in {page.chapter for page in missing_pages(results)}
    found = explained(pack, results, "retrospective.1989_1999.residual")
    assert found.chapter is None
    assert found.function == "qonys.measurement.components.components"
    again = written(results, tmp_path)
    assert compared(stored_at(str(EARLIER)), again).is_empty()


# where a number comes from


def test_why_names_rows_function_parameters_and_versions(both, pack):
    results = both[0][0]
    found = explained(pack, results, "retrospective.1989_1999.residual")
    assert found.chapter == "retrospective"
    assert found.place.startswith("qonys/measurement/components.py:")
    births = next(one for one in found.figures if one.figure == "births")
    assert births.table == "national"
    rows = found.rows(pack, "births")
    assert births.rows == rows.height == 10  # one a year of 1989-1998, by the written order of sources
    assert {"year", "value", "source", "status"} <= set(rows.columns)
    assert set(rows["source"]) <= set(found.item.sources)
    assert found.versions["qonys"]
    assert found.run == results.about["run"]
    json.dumps(found.document(), default=str)
    pyramids = explained(pack, results, "pyramids")
    assert pyramids.parameters == {"present": {"pyramids": [1959, 1979, 1999, 2023]}}


def test_an_unknown_result_is_a_sentence_with_the_nearest(both, pack):
    with pytest.raises(UnknownName, match=r"similar names: .*retrospective.1989_1999.residual"):
        explained(pack, both[0][0], "retrospective.1989_1999.residul")


def test_a_function_that_is_no_more_has_no_place():
    assert function_of("no.such.function") == ("qonys.no.such.function", None)


def test_the_command_why(both, tmp_path, capsys):
    both[0][0].write(tmp_path)
    assert main(("why", "retrospective.1989_1999.residual", "--results", str(tmp_path), "--lang", "ru")) == 0
    out = capsys.readouterr().out
    assert "measurement.components.components" in out
    assert "births" in out
    assert main(("why", "retrospective.1989_1999.residual", "--results", str(tmp_path), "--rows", "--format", "json")) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["kind"] == "number"
    assert document["rows"]["births"]
    assert main(("why", "nothing", "--results", str(tmp_path))) == 1
    assert main(("why", "nothing", "--results", str(tmp_path / "x"))) == 1


def test_the_plan_prints_chapters_and_reasons(capsys, monkeypatch):
    absent = {"skill": Absence("skill", ("un_revisions",)), "shocks": Absence("shocks", (), ("accounts",))}
    monkeypatch.setattr(registry, "absences", lambda pack: absent)
    assert main(("study", "--plan", "--lang", "en")) == 0
    out = capsys.readouterr().out
    assert "[account]\ndraws = 1000" in out
    assert "#   skill: The pack has no figures for: Projections of past UN revisions." in out
    assert "#   shocks: It depends on omitted chapters: Reconciled account of the population." in out


def test_a_study_file_that_cannot_be_is_one_sentence(tmp_path):
    path = tmp_path / "study.toml"
    path.write_text("[regions]\ndrows = 3\n", encoding="utf-8")
    err = io.StringIO()
    with contextlib.redirect_stderr(err):
        assert main(("study", "--plan", "--study", str(path))) == 1
    assert "regions.drows" in err.getvalue()
    assert len(err.getvalue().strip().splitlines()) == 1


def test_plain_lines_where_there_is_no_terminal(capsys):
    from qonys.cli.progress import run_shown

    with run_shown(3) as tell:
        tell(Step("accounts", "begun"))
        tell(Step("accounts", "done", 1.26))
    assert capsys.readouterr().err.splitlines() == [
        "computing: Reconciled account of the population", "done: Reconciled account of the population, 1.3 s",
    ]


def test_an_error_of_a_run_is_bad_input():
    assert issubclass(ChapterFailed, BadInput)
    told = ChapterFailed("skill", {"en": "division by zero", "ru": "ноль", "kk": "нөл."}, ("skill",), 3, 0)
    assert "division by zero. 3 chapters" in str(told)
    assert "ноль. Сохранено" in told.sentence("ru")
