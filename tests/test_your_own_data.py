"""The how-to "your own data": its files are written, and its Python blocks run in order."""

import re
from pathlib import Path

import pytest

import placement_opt as po

PAGE = Path(__file__).parent.parent / "docs" / "your_own_data.md"


def blocks(language: str) -> list[tuple[str, str]]:
    """Return the name and the content of each block of a language."""
    text = PAGE.read_text(encoding="utf-8")
    return re.findall(rf"```{language} ?([^\n]*)\n(.*?)```", text, re.DOTALL)


def test_the_blocks_run_as_they_stand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("export").mkdir()
    for name, content in blocks("csv"):
        (Path("export") / name).write_text(content, encoding="utf-8-sig")
    session: dict[str, object] = {}
    for _, block in blocks("python"):
        exec(compile(block, str(PAGE), "exec"), session)  # noqa: S102 - our own page
    printed = capsys.readouterr().out
    note, errors = (text.splitlines() for _, text in blocks("text"))
    assert [line for line in note if line not in printed.splitlines()] == []
    assert "\n".join(errors) in printed
    result = session["result"]
    assert isinstance(result, po.Result)
    assert len(result.placements) == 3
    assert Path("plan.xlsx").is_file()
