"""Pages and handouts of labs: whole or not at all, in three languages, nothing asked from outside."""

import re

import pytest

from qonys import words
from qonys.cli import main
from qonys.course.registry import lab_of, labs

pytest.importorskip("marimo")
ADDRESS = re.compile(r"""(?:src|href)=["']?(https?:)?//|@import|url\((?!data:)""")


@pytest.mark.long
@pytest.mark.parametrize("language", words.LANGUAGES)
def test_all_labs_are_exported(language, tmp_path, capsys):
    folder = tmp_path / "labs"
    assert main(["course", "export", "--to", str(folder), "--lang", language]) == 0
    capsys.readouterr()
    for lab in labs():
        page = (folder / f"{lab.number:02}-{lab.id}.{language}.html").read_text(encoding="utf-8")
        assert f'lang="{language}"' in page
        assert lab.title(language) in page
        assert not ADDRESS.search(page)
        for link in re.findall(r'href="(tables/[^"]+)"', page):
            assert (folder / link).is_file()
        assert (folder / f"{lab.number:02}-{lab.id}.{language}.pdf").read_bytes()[:5] == b"%PDF-"


@pytest.mark.long
def test_a_pack_without_the_figures_leaves_labs_out(tmp_path, capsys):
    folder = tmp_path / "labs"
    assert main(["--pack", "georgia", "course", "export", "--to", str(folder), "--as", "html"]) == 0
    assert "gravity" in capsys.readouterr().err
    assert (folder / "03-balance.en.html").is_file()
    assert not (folder / "06-gravity.en.html").exists()


def test_one_lab_is_exported_and_a_folder_of_others_is_left(tmp_path, capsys):
    folder = tmp_path / "labs"
    assert main(["course", "export", "forms", "--to", str(folder), "--as", "html"]) == 0
    lab = lab_of("forms")
    assert [one.name for one in folder.glob("*.html")] == [f"{lab.number:02}-forms.en.html"]
    assert main(["course", "export", "forms", "--to", str(folder), "--as", "html", "--lang", "kk"]) == 0
    assert sorted(one.name for one in folder.glob("*.html")) == ["01-forms.en.html", "01-forms.kk.html"]
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("mine", encoding="utf-8")
    assert main(["course", "export", "forms", "--to", str(tmp_path / "mine")]) != 0
    assert [one.name for one in (tmp_path / "mine").iterdir()] == ["thesis.txt"]
    assert main(["course", "export", "forms", "--to", str(folder), "--as", "docx"]) != 0
    assert "html, pdf" in capsys.readouterr().err
