"""The blocks of docs/answers.md run as they stand, in order, as one session."""

import re
from pathlib import Path

import placement_opt as po

PAGE = Path(__file__).parents[2] / "docs" / "answers.md"


def test_the_python_blocks_run(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    session: dict[str, object] = {}
    for block in re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL):
        exec(compile(block, str(PAGE), "exec"), session)  # noqa: S102 - our own page
    assert isinstance(session["new"], po.Result)
    assert "is gone; " in capsys.readouterr().out
