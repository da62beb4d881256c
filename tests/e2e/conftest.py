"""Suites and clients for the tests; see `harness` for what they are made of."""

import os
from pathlib import Path

import pytest

pytest.register_assert_rewrite("harness", "errors", "crash")

from harness.aws import client
from harness.examples import build_ship_parcel
from harness.functions import FunctionEndpoint
from harness.raw import Wire
from harness.running import LIMITS, RUNNING, started
from harness.suite import SHAPES
from harness.workflow import Workflows

ROOT = Path(__file__).resolve().parents[2]


def pytest_generate_tests(metafunc):
    if "mode" in metafunc.fixturenames:
        modes = metafunc.config.getoption("--mode") or ["dev", "roles"]
        metafunc.parametrize("mode", modes, scope="session")


@pytest.fixture(scope="session")
def binary(pytestconfig) -> Path:
    target = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    path = Path(pytestconfig.getoption("--binary") or target / "debug/stepwell")
    assert path.exists(), f"{path} is not there: cargo build -p stepwell"
    return path


@pytest.fixture(scope="session")
def ship_parcel(tmp_path_factory) -> str:
    """The example worker of the Go client, built once."""
    return build_ship_parcel(tmp_path_factory.mktemp("go"))


@pytest.fixture(scope="session")
def functions():
    endpoint = FunctionEndpoint()
    yield endpoint
    endpoint.close()


@pytest.fixture(scope="session")
def suite(mode, binary, functions, tmp_path_factory):
    """The suite that most tests share, in each shape."""
    flags = ["--lambda-endpoint", functions.url]
    shared = SHAPES[mode](binary, tmp_path_factory.mktemp(mode), flags, LIMITS)
    yield from started(shared)


@pytest.fixture
def suite_with(binary, tmp_path, request):
    """Starts suites of a test's own, with the limits and flags that it needs."""
    begun = []

    def start(shape="dev", flags=(), store=None, **limits):
        folder = tmp_path / f"suite-{len(begun)}"
        more = {"store": store} if store else {}
        own = SHAPES[shape](binary, folder, flags, {**LIMITS, **limits}, **more)
        begun.append(own)
        RUNNING.append(own)
        own.start()
        return own

    yield start
    for own in begun:
        own.stop()
        RUNNING.remove(own)


@pytest.fixture(scope="session")
def sfn(suite):
    """The AWS SDK, without retries: a test sees each answer."""
    return client(suite.endpoint)


@pytest.fixture(scope="session")
def wire(suite) -> Wire:
    return Wire(suite.port)


@pytest.fixture(scope="session")
def workflows(sfn) -> Workflows:
    return Workflows(sfn)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """Shows the ends of the server logs beside a failure."""
    outcome = yield
    report = outcome.get_result()
    if report.failed:
        for own in RUNNING:
            report.sections.append((f"logs of {own.folder.name}", own.logs()))
