"""The README's Python blocks run as they stand, in order, as one session."""

import re
from pathlib import Path

import pytest

import placement_opt as po

README = Path(__file__).parent.parent / "README.md"


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)


def test_the_python_blocks_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    session: dict[str, object] = {}
    for block in blocks("python"):
        exec(compile(block, str(README), "exec"), session)  # noqa: S102 - our own README
    printed = capsys.readouterr().out
    assert "a proposal, to be confirmed by people" in printed
    assert "OPTIMAL -10.0" in printed
    assert isinstance(session["result"], po.Result)


def test_the_two_commands_are_there() -> None:
    assert blocks("sh") == [
        "pip install . && placement-opt demo\n",
        "pip install '.[test]' && pytest -n auto\n",
    ]


def test_links_lead_somewhere() -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", README.read_text(encoding="utf-8"))
    assert links
    assert [link for link in links if not (README.parent / link).exists()] == []
