"""Kin groups are known by the names that the pack has for them; what no move meets is said."""

import pytest

from qonys.cli import main

HEAD = "origin_country,destination_country,ethnic_group,cause,stay_months,citizenship"


def classified(tmp_path, capsys, group, *given, head=HEAD):
    path = tmp_path / "moves.csv"
    path.write_text(f"{head}\nUZB,KAZ,{group},ethnic,24,UZB\n", encoding="utf-8")
    assert main(["flows", "classify", str(path), *given, "--format", "csv"]) == 0
    out, err = capsys.readouterr()
    return out.replace(group, "GROUP"), err


@pytest.mark.parametrize("group", ["Kazakh", "kazakhs", "казахи", "Қазақтар"])
def test_any_name_of_a_kin_group(tmp_path, capsys, group):
    assert classified(tmp_path, capsys, group)[0] == classified(tmp_path, capsys, "kazakh")[0]
    assert classified(tmp_path, capsys, group)[0] != classified(tmp_path, capsys, "uzbek")[0]


def test_what_no_move_has_is_said(tmp_path, capsys):
    assert "--kin zzz" in classified(tmp_path, capsys, "kazakh", "--kin", "zzz")[1]
    assert "--home FRA" in classified(tmp_path, capsys, "kazakh", "--home", "FRA")[1]
    assert "meets" not in classified(tmp_path, capsys, "kazakh", "--kin", "казахи", "--home", "KAZ")[1]
    assert "stay_days" in classified(tmp_path, capsys, "kazakh", head=HEAD.replace("months", "days"))[1]
