"""Code on the pages runs as it stands against the address at which the page was read: curl, Python, R."""

import io
import re
import shutil
import subprocess
import sys
from html import unescape
from urllib.parse import urlsplit

import polars as pl
import pytest

LANGUAGES = ("Python", "R", "curl")
# A table with a choice of its rows, a chart in another state than the usual, and a chart of a page about one thing.
PAGES = ("ru/data/census?year=1999", "kk/flows?year=2021&region=KZ-75", "en/region/KZ-63")


@pytest.fixture(scope="module")
def read_at(base):
    """The server under another of its names than the one that it was started with."""
    return f"http://localhost:{urlsplit(base).port}"


def code_of(client, read_at, page):
    """Pieces of code on a page, each with its language."""
    address = f"{read_at}/{page}"
    found = re.findall(r'<code data-code="(\w+)">(.*?)</code>', client.get(address).text, re.DOTALL)
    return [(language, unescape(code)) for language, code in found]


def run(language, code, folder):
    """What a piece of code prints."""
    program = {"Python": [sys.executable, "-"], "R": ["Rscript", "-"], "curl": ["sh", "-e"]}[language]
    if language == "R":
        (folder / "code.R").write_text(code, encoding="utf-8")
        program = ["Rscript", "code.R"]
    if shutil.which(program[0]) is None:
        pytest.skip(f"no {program[0]}")
    done = subprocess.run(program, input=code, capture_output=True, text=True, cwd=folder, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def file_in(client, code):
    """The file that the code names, as the server gives it."""
    answer = client.get(re.search(r'"(http[^"]+)"', code).group(1))
    assert answer.status_code == 200, code
    return answer.content


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", PAGES)
def test_code_runs_as_it_stands(client, read_at, page, language, tmp_path):
    code = next(code for found, code in code_of(client, read_at, page) if found == language)
    assert f'"{read_at}/' in code
    content = file_in(client, code)
    frame = pl.read_csv(io.BytesIO(content), infer_schema_length=None)
    assert frame.height
    printed = run(language, code, tmp_path)
    if language == "curl":
        assert [path.read_bytes() for path in tmp_path.iterdir()] == [content]
        return
    assert frame.columns[0] in printed
    assert "\ufeff" not in printed
    more = {"Python": "print(frame.shape)", "R": "cat(dim(frame), names(frame))"}[language]
    told = run(language, f"{code}\n{more}\n", tmp_path)
    assert told.startswith(printed)
    wanted = f"{frame.shape}" if language == "Python" else " ".join(map(str, [*frame.shape, *frame.columns]))
    assert told.removeprefix(printed).strip() == wanted


def test_the_choice_of_rows_is_in_the_code(client, read_at):
    for _, code in code_of(client, read_at, PAGES[0]):
        assert set(pl.read_csv(io.BytesIO(file_in(client, code)))["year"]) == {1999}


def test_code_follows_the_state_of_its_chart(client, read_at):
    asked = client.get(f"{read_at}/en/chart/flow_map.json?year=2015").json()
    assert unescape(asked["code"]).count(f'"{read_at}/en/chart/flow_map.csv?year=2015"') == len(LANGUAGES)


@pytest.mark.long
@pytest.mark.parametrize("language", ["Python", "R"])
def test_code_of_every_table_reads_all_its_rows(client, read_at, site, language, tmp_path):
    """In one process: each reads as many rows and columns as the table has, and numbers as numbers."""
    names, pieces = site.pack.tables(), []
    more = {"Python": "print(*frame.shape)", "R": 'cat(dim(frame), "\\n")'}[language]
    for name in names:
        code = next(code for found, code in code_of(client, read_at, f"en/data/{name}") if found == language)
        pieces.append("\n".join([*(line for line in code.splitlines() if not line.startswith("print")), more]))
    told = run(language, "\n".join(pieces) + "\n", tmp_path).split("\n")
    shapes = [site.pack.table(name).shape for name in names]
    assert [line.strip() for line in told if line.strip()] == [f"{rows} {columns}" for rows, columns in shapes]
