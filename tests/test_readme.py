"""The Python blocks of the README and of the tour run as they stand, each page as one session."""

import re
from pathlib import Path

import pytest

import placement_opt as po

README = Path(__file__).parent.parent / "README.md"
TOUR = README.parent / "docs" / "tour.md"


def blocks(page: Path, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)


@pytest.mark.parametrize(
    ("page", "says"), [(README, "in O-0001: "), (TOUR, "OPTIMAL -10.0")], ids=["README", "tour"]
)
def test_the_python_blocks_run(
    page: Path,
    says: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    session: dict[str, object] = {}
    for block in blocks(page, "python"):
        exec(compile(block, str(page), "exec"), session)  # noqa: S102 - our own pages
    printed = capsys.readouterr().out
    assert "a proposal, to be confirmed by people" in printed
    assert says in printed
    assert isinstance(session["result"], po.Result)


def test_the_two_commands_come_first() -> None:
    text = README.read_text(encoding="utf-8")
    assert text.index("```sh") < text.index("```python")
    assert blocks(README, "sh") == [
        "pip install . && placement-opt demo\n",
        "pip install '.[test]' && pytest -n auto\n",
    ]


def test_links_lead_somewhere() -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", README.read_text(encoding="utf-8"))
    assert links
    assert [link for link in links if not (README.parent / link).exists()] == []
