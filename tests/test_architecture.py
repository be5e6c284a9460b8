"""House rules as code: imports point downwards, nothing heavy on import, complete registries."""

import ast
import inspect
import re
import subprocess
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import placement_opt as po
from placement_opt.constraints import RULES
from placement_opt.constraints.base import Rule
from placement_opt.objectives import TERMS
from placement_opt.objectives.base import Term
from placement_opt.solvers import SOLVERS

PACKAGE = Path(po.__file__).parent
DOCS = Path(__file__).parent.parent / "docs"

ROOMS = (
    "basics",
    "rulebook",
    "records",
    "instance",
    "pairs",
    "formulation",
    "constraints",
    "objectives",
    "rules",
    "solvers.search",
    "solvers.engines",
    "solvers.derived",
    "solvers.flow",
    "solvers.relaxation",
    "solvers.plans",
    "solvers.bounds",
    "solvers.near",
    "solvers.ways",
    "solvers",
    "run",
    "answers",
    "report",
    "result",
    "model",
    "synthetic",
    "checking",
    "many",
    "cli",
)
"""Lowest first. A module imports from its own room or from a lower one."""

DOORS = ("rules", "result", "model")
"""Modules that users meet first, and that are no folders."""

UPWARD = {("records.region", "model")}
"""The one import that points up, inside a method: a region tells its problems as a model."""

JUDGES = ("instance.plan", "instance.proposal", "run.verification")
"""Modules that may share nothing with solvers or lowering, at any number of steps."""


def module_name(path: Path) -> str:
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_name(path): path for path in sorted(PACKAGE.rglob("*.py"))}


def room_of(module: str) -> str:
    """Return the room of a module: the longest name of a room that its own begins with."""
    fitting = [room for room in ROOMS if f"{module}.".startswith(f"{room}.")]
    assert fitting, f"module {module!r} is in no room; add its room to ROOMS"
    return max(fitting, key=len)


def floor_of(module: str) -> int:
    return ROOMS.index(room_of(module))


def imports_of(module: str) -> Iterator[tuple[str, bool]]:
    """Yield each imported module of the package, and whether it is inside a function."""
    yield from _imports(ast.parse(MODULES[module].read_text(encoding="utf-8")), is_lazy=False)


def _imports(node: ast.AST, *, is_lazy: bool) -> Iterator[tuple[str, bool]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.dump(child.test):
            continue
        if isinstance(child, ast.ImportFrom):
            source = child.module or ""
            for alias in child.names:
                for full in (f"{source}.{alias.name}", source):
                    name = full.removeprefix("placement_opt").removeprefix(".")
                    if full.split(".")[0] == "placement_opt" and name in MODULES:
                        yield name, is_lazy
                        break
        elif isinstance(child, ast.Import):
            for alias in child.names:
                if alias.name.split(".")[0] == "placement_opt":
                    yield alias.name.removeprefix("placement_opt").removeprefix("."), is_lazy
        inner = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        yield from _imports(child, is_lazy=is_lazy or inner)


@pytest.mark.parametrize("module", [name for name in MODULES if name])
def test_imports_point_downwards(module: str) -> None:
    upward = [
        imported
        for imported, is_lazy in imports_of(module)
        if imported
        and floor_of(imported) > floor_of(module)
        and not (is_lazy and (module, imported) in UPWARD)
    ]
    assert upward == []


def test_imports_form_no_cycle() -> None:
    graph = {
        module: {name for name, is_lazy in imports_of(module) if name != module and not is_lazy}
        for module in MODULES
    }
    assert list(TopologicalSorter(graph).static_order())


def test_the_package_itself_imports_nothing_of_its_own() -> None:
    assert [name for name, _ in imports_of("")] == []


@pytest.mark.parametrize("judge", JUDGES)
def test_judges_share_nothing_with_lowering(judge: str) -> None:
    reached, left = {judge}, [judge]
    while left:
        module = left.pop()
        found = {name for name, _ in imports_of(module) if name and (module, name) not in UPWARD}
        found -= reached
        reached |= found
        left += found
    lowering = {"pairs", "formulation", "constraints", "objectives", "solvers"}
    assert {module for module in reached if module.split(".")[0] in lowering} == set()


@pytest.mark.parametrize("room", [room for room in ROOMS if room not in DOORS])
def test_a_room_says_what_it_is_for(room: str) -> None:
    said = ast.get_docstring(ast.parse(MODULES[room].read_text(encoding="utf-8")))
    assert said is not None
    assert len(said.splitlines()) > 1, "what belongs here, and what may it import?"


def test_nothing_lies_loose_at_the_top() -> None:
    loose = {path.stem for path in PACKAGE.glob("*.py")} - {"__init__"}
    assert loose == set(DOORS)
    folders = {path.name for path in PACKAGE.iterdir() if (path / "__init__.py").exists()}
    assert folders == {room.split(".", maxsplit=1)[0] for room in ROOMS} - set(DOORS)


def test_tests_mirror_the_rooms() -> None:
    tests = Path(__file__).parent
    beside = {"benchmarks", "whole"}
    wrong = [
        str(path.relative_to(tests))
        for path in tests.rglob("test_*.py")
        if (room := ".".join(path.relative_to(tests).parent.parts))
        and room not in {*ROOMS, *beside}
    ]
    assert wrong == []


def constants_of(module: str) -> Iterator[str]:
    """Yield the names that a module gives a value to, outside of classes and functions."""
    for node in ast.parse(MODULES[module].read_text(encoding="utf-8")).body:
        targets = node.targets if isinstance(node, ast.Assign) else []
        targets += [node.target] if isinstance(node, ast.AnnAssign) else []
        for target in targets:
            yield from (part.id for part in ast.walk(target) if isinstance(part, ast.Name))


def test_kinds_of_arrays_have_one_home() -> None:
    kinds = set(constants_of("basics.arrays"))
    assert "Ints" in kinds
    others = {
        module: found
        for module in MODULES
        if module != "basics.arrays" and (found := kinds & set(constants_of(module)))
    }
    assert others == {}


def test_a_constant_of_the_solvers_has_one_home() -> None:
    homes: dict[str, list[str]] = {}
    for module in MODULES:
        if module.startswith("solvers"):
            for name in constants_of(module):
                homes.setdefault(name, []).append(module)
    assert {name: found for name, found in homes.items() if name.isupper() and found[1:]} == {}


def test_the_time_plan_of_the_solvers_is_on_one_page() -> None:
    page = "solvers.search.schedule"
    elsewhere = [
        (module, name)
        for module in MODULES
        if module.startswith("solvers") and module != page
        for name in constants_of(module)
        if re.search(r"(_S|SECONDS|PATIENCE)$", name)
    ]
    assert elsewhere == []
    body = ast.parse(MODULES[page].read_text(encoding="utf-8")).body[1:]
    given, reasons = body[::2], body[1::2]
    assert len(given) == len(reasons) > 1
    assert {type(node) for node in given} == {ast.Assign}
    assert {type(node) for node in reasons} == {ast.Expr}, "each constant with its reason"


def loaded_by(code: str) -> set[str]:
    script = f"import sys\n{code}\nprint(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


LATE = {
    *("ortools", "highspy", "networkx", "pandas", "narwhals", "polars", "pyarrow"),
    *("jinja2", "matplotlib", "rich", "typer", "distributed", "asyncio", "scipy.optimize"),
}
"""Loaded only where a solver, a frame, a page or a bar asks for it."""


def test_import_loads_nothing_heavy() -> None:
    loaded = loaded_by("import placement_opt")
    assert loaded & (LATE | {"numpy", "scipy", "pydantic"}) == set()


def test_a_model_loads_nothing_that_only_a_solve_or_a_page_needs() -> None:
    loaded = loaded_by("import placement_opt as po\npo.Model, po.Result, po.check_result")
    assert {"numpy", "pydantic", "scipy.sparse"} < loaded
    assert loaded & LATE == set()


def test_import_touches_no_logging_setup() -> None:
    code = (
        "import logging\nbefore = list(logging.getLogger().handlers)\nimport placement_opt\n"
        "assert logging.getLogger().handlers == before"
    )
    assert "placement_opt" in loaded_by(code)


def test_every_public_name_is_there() -> None:
    for name in po.__all__:
        assert getattr(po, name) is not None
        assert name in dir(po)
    assert sorted(po.__all__) == list(po.__all__)


def test_type_checkers_see_the_public_names() -> None:
    """They read the imports under TYPE_CHECKING; rules and terms come from the registries."""
    tree = ast.parse(MODULES[""].read_text(encoding="utf-8"))
    told = next(node for node in tree.body if isinstance(node, ast.If))
    imports = [node for node in told.body if isinstance(node, ast.ImportFrom)]
    seen = {
        f"from {node.module} import {alias.name} as {alias.asname}"
        for node in imports
        for alias in node.names
        if alias.name != "*"
    }
    asked = {
        f"from placement_opt.{module} import {name} as {name}"
        for name, module in (po._MODULE_OF | po._MODULES).items()
    }
    assert sorted(asked - seen) == [], "add these lines under TYPE_CHECKING"
    assert sorted(seen - asked) == [], "these are in no row of _MODULE_OF"
    starred = [node.module for node in imports if node.names[0].name == "*"]
    assert starred == [f"placement_opt.{registry}" for registry in po._REGISTRIES]


@pytest.mark.parametrize("registry", po._REGISTRIES)
def test_a_line_of_a_registry_makes_a_public_name(registry: str) -> None:
    """Type checkers take a name as public only where it is imported as itself."""
    _, *lines = ast.parse(MODULES[registry].read_text(encoding="utf-8")).body
    for line in lines:
        assert isinstance(line, ast.ImportFrom)
        for alias in line.names:
            assert alias.asname == alias.name
            assert alias.name in po.__all__


def test_an_unknown_public_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Placer'"):
        _ = po.Placer


def defined_in(folder: str, base: type) -> set[str]:
    """Names of the classes in the files of a folder that inherit from `base`, read, not run."""
    parents = {
        node.name: {parent.id for parent in node.bases if isinstance(parent, ast.Name)}
        for path in (PACKAGE / folder).glob("*.py")
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.ClassDef)
    }
    found = {base.__name__}
    while more := {name for name, of in parents.items() if of & found} - found:
        found |= more
    return found - {base.__name__}


@pytest.mark.parametrize(
    ("folder", "base", "registry"), [("constraints", Rule, RULES), ("objectives", Term, TERMS)]
)
def test_registries_are_complete(
    folder: str, base: type, registry: tuple[type[Rule | Term], ...]
) -> None:
    names = [kind.__name__ for kind in registry]
    assert len(set(names)) == len(names)
    assert defined_in(folder, base) == set(names)
    assert set(names) <= set(po.__all__)


@pytest.mark.parametrize("kind", [*RULES, *TERMS])
def test_every_rule_and_term_is_documented(kind: type[Rule | Term]) -> None:
    page = (DOCS / "rules.md").read_text(encoding="utf-8")
    entries = re.split(r"^#+ ", page, flags=re.MULTILINE)
    entry = next((entry for entry in entries if entry.startswith(f"{kind.__name__}\n")), None)
    assert entry is not None, f"docs/rules.md has no entry ## {kind.__name__}"
    assert "    " in entry, "no inequality or formula"
    assert "Standard" in entry or "standard" in entry
    for field in set(kind.model_fields) - {"rule", "term"}:
        assert f"`{field}`" in entry, f"no word about {field}"
    own = inspect.cleandoc(kind.__dict__["__doc__"])
    assert ".. math::" in own
    assert kind.title
    assert kind.title_nl, "people who read Dutch get reasons with this title"


def test_every_solver_has_a_row_that_leads_somewhere() -> None:
    for name, place in SOLVERS.items():
        module, _, title = place.partition(":")
        source = MODULES[module.removeprefix("placement_opt.")].read_text(encoding="utf-8")
        assert f"class {title}" in source
        assert f'"{name}"' in source


def calls_and_asserts(module: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(MODULES[module].read_text(encoding="utf-8"))):
        if isinstance(node, ast.Assert):
            yield "assert"
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            yield node.func.id


@pytest.mark.parametrize("module", list(MODULES))
def test_no_assert_and_no_print(module: str) -> None:
    found = set(calls_and_asserts(module))
    assert "assert" not in found
    if not module.startswith("cli") and module != "run.progress_lines":
        assert "print" not in found


@pytest.mark.parametrize("module", list(MODULES))
def test_every_module_says_what_it_is(module: str) -> None:
    source = MODULES[module].read_text(encoding="utf-8")
    assert ast.get_docstring(ast.parse(source))


def test_typed_marker_and_parameters_are_in_the_package() -> None:
    assert (PACKAGE / "py.typed").is_file()
    assert list((PACKAGE / "rulebook" / "parameters").glob("*.toml"))
