"""A server that begins without results: its pages come as chapters end, and say what is there."""

import threading
import time

import pytest

from qonys import words
from qonys.catalog import open_pack
from qonys.errors import BadInput
from qonys.study.chapters.registry import in_order
from qonys.study.runs.results import Results
from qonys.study.runs.run import Step
from qonys.web import server
from qonys.web.app import build_app
from qonys.web.pages.menu import PAGES
from qonys.web.progress import Progress, progress_of
from qonys.web.view import Site


def first(stored, count):
    """The results of the first chapters, in the order of computing."""
    chapters = stored.about["chapters"]
    found = Results(stored.release, plan=stored.plan)
    for one in [one.id for one in in_order() if one.id in chapters][:count]:
        for name in chapters[one]["gives"]:
            found.add(stored.numbers[name] if name in stored.numbers else stored.tables[name])
    return found


def opening(results, folder, progress):
    site = Site(open_pack("kazakhstan"), results, "coming", folder, progress=progress)
    return build_app(site)


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_what_is_there_what_is_computed_and_how_long_it_takes_are_said(language):
    progress = Progress(("data", "accounts", "claims"))
    assert "0" in progress.sentence(language)
    progress.hear(Step("data", "begun"))
    progress.hear(Step("accounts", "begun"))
    progress.hear(Step("data", "done", 1.0))
    said = progress.sentence(language)
    assert words.text("chapter.accounts", language) in said
    assert words.text("chapter.data", language) not in said
    assert "60" in said
    progress.fault = BadInput("web.server.port", host="h", port=1, reason="r")
    assert progress.fault.sentence(language) in progress.sentence(language)


def test_the_chapters_of_a_run_are_those_the_pack_carries(stored):
    assert set(progress_of(open_pack("kazakhstan")).chapters) == set(stored.about["chapters"])


@pytest.mark.parametrize("count", [0, 3, 12])
def test_no_page_fails_over_the_chapters_that_are_there(stored, tmp_path, count, reading):
    client = reading(opening(first(stored, count), tmp_path, progress_of(open_pack("kazakhstan"))))
    statuses = {page.id: client.get(f"/en/{page.id}").status_code for page in PAGES}
    assert set(statuses.values()) <= {200, 503}
    assert statuses[""] == statuses["data"] == statuses["methods"] == 200
    assert statuses["policy"] == 503, "the lab is not opened anew with every chapter"
    late = client.get("/en/claims" if count < 12 else "/en/policy")
    assert (late.status_code, late.headers["retry-after"]) == (503, "3")
    assert 'http-equiv="refresh"' in late.text
    assert 'class="progress"' in client.get("/en/").text


def waited(true):
    end = time.monotonic() + 30
    while not true() and time.monotonic() < end:
        time.sleep(0.01)
    return true()


def test_pages_come_as_chapters_end_and_the_rest_with_the_last(stored, tmp_path, monkeypatch, reading):
    go_on, opened = threading.Event(), []

    def study(pack, tell, part):
        tell(Step("retrospective", "begun"))
        part(first(stored, 12))
        tell(Step("retrospective", "done", 1.0))
        go_on.wait(30)
        return stored

    monkeypatch.setattr(server, "study_results", study)
    monkeypatch.setattr(server, "_open_lab", opened.append)
    site = Site(open_pack("kazakhstan"), Results(stored.release), "coming", tmp_path,
                progress=progress_of(open_pack("kazakhstan")))  # fmt: skip
    app, said = build_app(site), []
    client = reading(app)
    assert client.get("/en/claims").status_code == 503
    server.compute(app, lambda key, values: said.append(key))
    assert waited(lambda: app.state.site.progress.ended and app.state.site.results.tables)
    assert "1 of" in client.get("/en/").text
    assert not opened
    go_on.set()
    assert waited(lambda: app.state.site.progress is None)
    assert client.get("/en/claims").status_code == 200
    assert client.get("/en/nothing").status_code == 404
    assert 'class="progress"' not in client.get("/en/").text
    assert waited(lambda: opened == [app.state.site])
    assert said == ["study.progress.begun", "study.progress.done"]


def test_a_run_that_stops_is_said_on_every_page(stored, tmp_path, monkeypatch, reading):
    def study(pack, tell, part):
        part(first(stored, 3))
        raise BadInput("study.chapter.failed", chapter="x", reason="That is why.", kept=3, left=2, failed="x")

    monkeypatch.setattr(server, "study_results", study)
    app = build_app(Site(open_pack("kazakhstan"), Results(stored.release), "coming", tmp_path,
                         progress=progress_of(open_pack("kazakhstan"))))  # fmt: skip
    server.compute(app)
    assert waited(lambda: app.state.site.progress.fault)
    assert "That is why." in reading(app).get("/en/data").text
