"""The laws of the house that no linter keeps: see CONVENTION.md for the rules of the numbers."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).parents[1]
SKIPPED_FOLDERS = {"__pycache__", "build", "dist", "edgewise-out"}
LONGEST_MODULE = 350
# A module here is longer for a reason that stands beside it.
LONGER_MODULES: dict[str, str] = {}
FORBIDDEN_NAMES = {"common", "helper", "helpers", "misc", "util", "utils"}
# The name that is imported, where it is not the name of the package that brings it.
IMPORT_NAMES = {
    "google": "protobuf",
    "pynvml": "nvidia-ml-py",
    "pytestqt": "pytest-qt",
    "PySide6": "pyside6-essentials",
}
# Other runtimes that `tests/benchmarks/cross_check` measures in environments of their own; no dependency of ours.
FOREIGN_RUNTIMES = {"gguf", "llama_cpp", "onnxruntime_genai"}
CROSS_CHECK = "tests/benchmarks/cross_check/"
ROOMS_WITHOUT_VERBS = ("ui/pages", "ui/tables", "ui/charts", "ui/widgets")
WORDS_AND_UNITS = {  # words and conversions are for everybody
    "planner.outlook.break_even_words",
    "planner.outlook.horizon_words",
    "planner.prices.amounts",
    "planner.text",
    "planner.units",
}
PACKAGES = {"planner", "ui", "device_profiles"}
LOCKS = ("base", "app", "test")


def kept_files() -> Iterator[Path]:
    """Every file that is or may be committed."""
    listing = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    try:
        answer = subprocess.run(listing, cwd=ROOT, capture_output=True, text=True, check=True)
        names = [name for name in answer.stdout.split("\0") if name]
    except (OSError, subprocess.CalledProcessError):
        names = [str(path.relative_to(ROOT)) for path in ROOT.rglob("*")]
    for name in sorted(set(names)):
        path = ROOT / name
        hidden = any(part.startswith(".") and part != ".ci" for part in Path(name).parts[:-1])
        if path.is_file() and not hidden and not SKIPPED_FOLDERS & set(Path(name).parts):
            yield path


FILES = tuple(kept_files())
MODULES = tuple(path for path in FILES if path.suffix == ".py")
CODE = tuple(path for path in MODULES if path.relative_to(ROOT).parts[0] != "tests")


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def project() -> dict[str, dict]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def declared() -> set[str]:
    """The names of all packages that pyproject.toml asks for, for any purpose."""
    tables = project()
    lists = [
        tables["build-system"]["requires"],
        tables["project"]["dependencies"],
        *tables["project"]["optional-dependencies"].values(),
        *tables["dependency-groups"].values(),
    ]
    return {
        re.split(r"[^A-Za-z0-9._-]", requirement)[0].lower() for requirements in lists for requirement in requirements
    }


def pins(lock: str) -> set[str]:
    """The `name==version` of every package in a lock."""
    text = (ROOT / "requirements" / f"{lock}.txt").read_text(encoding="utf-8")
    return {line.split()[0] for line in text.splitlines() if line[:1].isalnum()}


def imports(path: Path) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each absolute import of a module: where from, and the names taken from there."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, ()) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module, tuple(alias.name for alias in node.names)


def test_the_walk_sees_this_repository():
    assert ROOT / "run.py" in CODE
    assert Path(__file__) in MODULES
    assert not [path for path in FILES if ".venv" in path.parts]


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_a_module_opens_with_one_sentence(path: Path):
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    assert docstring, f"{named(path)} does not say what it knows"
    opening = docstring.split("\n\n")[0]
    assert opening.rstrip().endswith((".", ":", "?")), f"{named(path)} opens with no whole sentence: {opening!r}"


def test_no_module_holds_two_ideas():
    lengths = {named(path): len(path.read_text(encoding="utf-8").splitlines()) for path in CODE}
    too_long = {name: lines for name, lines in lengths.items() if lines > LONGEST_MODULE and name not in LONGER_MODULES}
    assert not too_long, f"over {LONGEST_MODULE} lines: which second idea moved in? {too_long}"
    assert not [name for name in LONGER_MODULES if lengths.get(name, 0) <= LONGEST_MODULE], (
        "no longer needs its exception"
    )


def test_no_room_for_things_that_belong_nowhere():
    assert not [named(path) for path in CODE if FORBIDDEN_NAMES & {part.lower() for part in path.with_suffix("").parts}]


def test_no_kept_file_names_a_registry_or_a_place_on_a_machine():
    # Assembled here so that this file does not break its own law.
    hosts = ["pypi" + ".org", "python" + "hosted.org", "registry." + "npmjs", "deb.debian" + ".org"]
    places = ["/work" + "/", "/root" + "/", "/home" + "/", "/Users" + "/", "/opt/" + "wheels", "C:\\" + "Users"]
    allowed = re.compile(r"/(?:home|Users)/(?:user|alice|ada|someone)\b")
    found = []
    for path in FILES:
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            text = path.read_bytes().decode("latin-1")
        text = allowed.sub("", text)
        found += [f"{named(path)} names {word}" for word in (*hosts, *places) if word in text]
    assert not found


def test_every_dependency_is_explained_in_the_readme():
    readme = (ROOT / "README.md").read_text(encoding="utf-8").lower()
    assert not sorted(name for name in declared() if not re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", readme))


def test_every_package_that_is_imported_is_declared():
    ours = {"planner", "ui", "device_profiles", "run", "tests"}
    known = sys.stdlib_module_names | ours
    undeclared = {
        f"{named(path)} imports {package}"
        for path in MODULES
        for package in {origin.partition(".")[0] for origin, _ in imports(path)} - known
        if not (package in FOREIGN_RUNTIMES and named(path).startswith(CROSS_CHECK))
        if IMPORT_NAMES.get(package, package).lower().replace("_", "-") not in declared()
    }
    assert not undeclared


def test_views_call_no_verb_of_the_engine():
    """Rooms of the window that show take types from the engine; what acts is asked of the session (house.md, §3)."""
    verbs = {
        f"{named(path)} imports {origin}.{name}"
        for path in CODE
        if named(path).startswith(ROOMS_WITHOUT_VERBS)
        for origin, names in imports(path)
        if origin.partition(".")[0] == "planner" and origin not in WORDS_AND_UNITS
        for name in names
        if name[0].islower() and f"{origin}.{name}" not in WORDS_AND_UNITS
    }
    assert not verbs


def test_each_lock_holds_the_one_before_in_the_same_versions():
    for smaller, larger in pairwise(LOCKS):
        assert pins(smaller) < pins(larger)


def test_the_locks_hold_every_declared_dependency():
    locked = {pin.partition("==")[0].lower() for pin in pins("test")}
    assert declared() <= locked


def test_every_locked_package_has_hashes():
    for lock in LOCKS:
        text = (ROOT / "requirements" / f"{lock}.txt").read_text(encoding="utf-8")
        blocks = re.split(r"\n(?=\w)", text)
        assert all("--hash=sha256:" in block for block in blocks)


def test_the_changes_are_told_to_users():
    version = project()["project"]["version"]
    assert f"## {version}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_the_wheel_holds_every_file_of_the_program_and_no_test(tmp_path: Path):
    pytest.importorskip("hatchling", reason="run.py test installs it")
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, capture_output=True, check=True)
    with ZipFile(next(tmp_path.glob("*.whl"))) as wheel:
        held = {name for name in wheel.namelist() if ".dist-info/" not in name}
    assert held == {named(path) for path in FILES if path.relative_to(ROOT).parts[0] in PACKAGES}
