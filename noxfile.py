"""Every check of the project: ``nox`` runs them all, ``nox -s lint`` one.

The tests run against the wheel, in a copy of the tree without the package, so that nothing but
what users install can be imported: the session `package` makes both, for all others of a run.
``nox -j 2`` prepares one session while another tests; the tests of a session have all cores, one
session at a time.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from itertools import chain
from pathlib import Path

import nox
from filelock import FileLock

ROOT = Path(__file__).parent
PROJECT = nox.project.load_toml("pyproject.toml")
PYTHONS = ("3.11", "3.12", "3.13")
OLDEST = PYTHONS[0]
# 3.11 tells a tracer nothing of a coroutine that goes on by an exception, and its callers are lost.
MEASURED = "3.12"
BESIDE_THE_PACKAGE = (
    *("tests", "docs", "benchmarks", "examples", "scripts"),
    *("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "pyproject.toml"),
)
_EVERY_TEST = ("-m", "slow or not slow")
# What only reads the package finds the same on every Python.
_WHAT_RUNS_IT = ("-m", "not slow and not no_cover")
# Some take minutes, which is no sign that they hang.
_PATIENCE = ("-o", "faulthandler_timeout=1800")
_EVERY_EXTRA = (
    "cli",
    "dask",
    "dlt",
    "duckdb",
    "fast",
    "fsspec",
    "keyring",
    "otel",
    "parquet",
    "postgres",
    "report",
    "sandbox",
    "zstd",
)
_INTERRUPTED = ("tests/cli/create", "tests/cli/test_signals.py")
_KILLED = ("tests/bulk/test_kill.py", "tests/bulk/test_tail.py", "tests/export/test_kill.py")
_OVER_CONNECTIONS = ("tests/session", "tests/flyingdonut", "tests/cli", "tests/test_secrets.py")
_BUILT = ROOT / ".nox" / "built"
# Sessions are processes of nox: of those that run at once, one tests. Many tests bound a time.
_EVERY_CORE = FileLock(ROOT / ".nox" / "every-core.lock")

nox.needs_version = ">=2026.10.20"
nox.options.reuse_venv = "yes"
nox.options.error_on_missing_interpreters = False
nox.options.sessions = [
    "lint",
    "types",
    "docs",
    *(f"tests-{version}" for version in PYTHONS),
    "tests_carriers",
]


@nox.session(default=False, allow_parallel=True)
def package(session: nox.Session) -> None:
    """The wheel of this tree, and a copy of everything but the package."""
    shutil.rmtree(_BUILT, ignore_errors=True)
    wheel = ("--wheel-dir", str(_BUILT), str(ROOT))
    session.run("python", "-m", "pip", "wheel", "--quiet", "--no-deps", *wheel)
    unwanted = shutil.ignore_patterns("__pycache__", "_build", ".*")
    for name in BESIDE_THE_PACKAGE:
        source, copy = ROOT / name, _BUILT / "tree" / name
        copy.parent.mkdir(exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, copy, ignore=unwanted)
        else:
            shutil.copy2(source, copy)


@nox.session(allow_parallel=True)
def lint(session: nox.Session) -> None:
    """The style, by ruff."""
    session.install(*_group("lint"))
    session.run("ruff", "check")
    session.run("ruff", "format", "--check")


@nox.session(allow_parallel=True, requires=["package"])
def types(session: nox.Session) -> None:
    """The types, by mypy and pyright: of the code, of the examples in the documentation, and of
    the public names as users see them.
    """
    _install_wheel(session, *_EVERY_EXTRA, groups=("test", "mocks", "bench", "types"))
    with _EVERY_CORE, ThreadPoolExecutor() as threads:
        for check in [threads.submit(session.run, name) for name in ("mypy", "pyright")]:
            check.result()
    session.run("pytest", *_EVERY_TEST, "tests/typing/test_examples.py")
    session.run("python", "-m", "tests.typing.examples", session.create_tmp())
    session.chdir(session.create_tmp())
    session.run("pyright", "--verifytypes", "agilekit", "--ignoreexternal")


def tests(session: nox.Session) -> None:
    """The tests that `pytest` runs, but for those that only read the package; on the oldest Python
    with the oldest dependencies that are allowed, on the next with coverage; on the newest every
    test, with all that simulate at length, and all values that Hypothesis gives.

    What follows ``--`` chooses for itself: ``nox -s tests-3.13 -- -m slow``.
    """
    if session.name == f"tests-{OLDEST}":
        _install_wheel(session, *_EVERY_EXTRA, groups=("test",), pins=_lowest())
    else:
        _install_wheel(session, *_EVERY_EXTRA, groups=("test", "mocks"))
    _enter_copy(session)
    _compile_tests(session)
    # Being measured, the tests take two to three times as long.
    is_measured = session.name == f"tests-{MEASURED}"
    measured = ("--cov", "--cov-report=term") if is_measured else ()
    newest = session.name == f"tests-{_newest()}"
    in_full = (*_EVERY_TEST, "--hypothesis-profile=slow", *_PATIENCE)
    chosen = in_full if newest else _WHAT_RUNS_IT
    with _EVERY_CORE:
        session.run("pytest", *measured, *(session.posargs or chosen))


def tests_carriers(session: nox.Session) -> None:
    """The tests that go over connections, by httpx2 and by connections of our own, by what they
    name; with each of these as the default, jobs that are interrupted and the command line.
    """
    _install_wheel(session, "httpx2", *_EVERY_EXTRA, groups=("test", "mocks"))
    _enter_copy(session)
    _compile_tests(session, *_OVER_CONNECTIONS)
    httpx2, fast = {"AGILEKIT_HTTP": "httpx2"}, {"AGILEKIT_HTTP": "fast"}
    with _EVERY_CORE:
        session.run("pytest", *(session.posargs or _OVER_CONNECTIONS), env=httpx2)
        if session.posargs:
            session.run("pytest", *session.posargs, env=fast)
            return
        # Jobs that are stopped and cut off, which few tests do quickly.
        session.run("pytest", "-m", "slow", *_INTERRUPTED, env=httpx2)
        session.run("pytest", *_EVERY_TEST, *_INTERRUPTED, "tests/test_secrets.py", env=fast)


@nox.session(allow_parallel=True, requires=["package"])
def docs(session: nox.Session) -> None:
    """The documentation, built without a warning. Its examples run with the tests."""
    _install_wheel(session, *_EVERY_EXTRA, groups=("test", "docs"))
    _enter_copy(session)
    built = ROOT / "docs" / "_build" / "html"
    session.run("sphinx-build", "-q", "-W", "-n", "--keep-going", "-E", "docs", str(built))
    session.log(f"the documentation is in {built}")


@nox.session(default=False, venv_backend="none")
def diagrams(session: nox.Session) -> None:
    """Draws the diagrams of docs/architecture.md anew, by Graphviz."""
    for text in sorted((ROOT / "docs" / "architecture").glob("*.dot")):
        picture = text.with_suffix(".svg")
        session.run("dot", "-Tsvg", str(text), "-o", str(picture), external=True)


@nox.session(default=False, requires=["package"])
def bench(session: nox.Session) -> None:
    """The benchmarks; they write docs/benchmarks.md and where the time goes, whose figures are of
    the machine that runs them.
    """
    _benchmarks(session, *session.posargs)
    if not session.posargs:
        _benchmarks(session, "profile")


@nox.session(default=False, requires=["package"])
def bench_gate(session: nox.Session) -> None:
    """The benchmarks with a goal: fails where a ratio is worse than its goal by more than 15 %, or
    could not be measured.
    """
    _benchmarks(session, "--gate", *session.posargs)


@nox.session(default=False, requires=["package"])
def chaos(session: nox.Session) -> None:
    """Every test in its full form: jobs killed, servers that fail, and new values of Hypothesis."""
    _install_wheel(session, *_EVERY_EXTRA, groups=("test",))
    _enter_copy(session)
    full = {"AGILEKIT_CHAOS": "full"}
    session.run("pytest", *_EVERY_TEST, *_PATIENCE, *session.posargs, env=full)
    if not session.posargs:
        fast = {**full, "AGILEKIT_HTTP": "fast"}
        session.run("pytest", *_EVERY_TEST, *_PATIENCE, *_KILLED, *_INTERRUPTED, env=fast)


@nox.session(default=False, requires=["package"])
def mutants(session: nox.Session) -> None:
    """Small changes of the code that decides most: the tests have to find each of them.

    Which code, and which changes need not be found, is in tests/mutants/mutants.toml. Parts of the
    modules' names choose some of them: ``nox -s mutants -- rate_limiter``.
    """
    _install_wheel(session, *_EVERY_EXTRA, groups=("test", "mutants"))
    session.run("python", "-m", "tests.mutants.run", session.create_tmp(), *session.posargs)


def _benchmarks(session: nox.Session, *arguments: str) -> None:
    """With what the README installs, and what the other sides of the comparisons need."""
    _install_wheel(session, "cli", "fast", "sandbox", groups=("bench",))
    _enter_copy(session)
    docs = ("--docs", str(ROOT / "docs"))
    session.run("python", "-m", "benchmarks", *docs, *arguments)


def _group(*names: str) -> list[str]:
    return list(nox.project.dependency_groups(PROJECT, *names))


def _install_wheel(
    session: nox.Session,
    *extras: str,
    groups: tuple[str, ...] = (),
    pins: list[str] | None = None,
) -> None:
    """Not compiled, which is most of an installation: what is used compiles when it is imported."""
    (wheel,) = _BUILT.glob("*.whl")
    install = partial(session.install, "--no-compile")
    install(f"{wheel}[{','.join(extras)}]", *_group(*groups), *(pins or ()))
    # pip leaves an installed wheel of the same version alone, and environments are used again.
    install("--force-reinstall", "--no-deps", str(wheel))


def _lowest() -> list[str]:
    """The oldest of each dependency that is allowed."""
    extras = PROJECT["project"]["optional-dependencies"]
    allowed = chain(PROJECT["project"]["dependencies"], *(extras[name] for name in _EVERY_EXTRA))
    return sorted({requirement.replace(">=", "==") for requirement in allowed})


def _enter_copy(session: nox.Session) -> None:
    """Goes on in the copy of everything but the package."""
    session.chdir(_BUILT / "tree")
    # What is compiled is kept, as nothing is when it is installed.
    session.env["PYTHONDONTWRITEBYTECODE"] = None


def _compile_tests(session: nox.Session, *below: str) -> None:
    """All tests, or those below, and what they import, once: else each worker of pytest does it for
    itself, and all of them do at once.
    """
    if not session.posargs:
        session.run("pytest", "--collect-only", "-qq", "--numprocesses=0", *below, silent=True)


def _interpreter(version: str) -> str | None:
    """A Python of this version that really runs: a shim on the PATH may lead nowhere."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    installed = sorted(pyenv.glob(f"versions/{version}.*/bin/python"), key=_patch, reverse=True)
    on_path = shutil.which(f"python{version}")
    candidates = [sys.executable, *([on_path] if on_path else []), *map(str, installed)]
    return next((path for path in candidates if _version(path) == version), None)


def _newest() -> str:
    """The newest Python that this machine has."""
    return next(filter(_interpreter, reversed(PYTHONS)), OLDEST)


def _patch(path: Path) -> list[int]:
    return [int(digits) for digits in re.findall(r"\d+", path.parts[-3])]


@cache
def _version(path: str) -> str | None:
    ask = "import sys; print('{}.{}'.format(*sys.version_info))"
    try:
        answer = subprocess.run([path, "-c", ask], capture_output=True, text=True, check=False)
    except OSError:
        return None
    return answer.stdout.strip() if answer.returncode == 0 else None


def _on(version: str, name: str, run: Callable[[nox.Session], None]) -> None:
    """Declares a session for one version; it is skipped where this machine lacks it."""
    interpreter = _interpreter(version)
    if interpreter:
        session = nox.session(
            name=name, python=interpreter, allow_parallel=True, requires=["package"]
        )
        session(run)
        return

    def skip(session: nox.Session) -> None:
        session.skip(f"this machine has no Python {version} that runs")

    skip.__doc__ = run.__doc__
    nox.session(name=name, venv_backend="none")(skip)


for _one in PYTHONS:
    _on(_one, f"tests-{_one}", tests)
_on(OLDEST, "tests_carriers", tests_carriers)
