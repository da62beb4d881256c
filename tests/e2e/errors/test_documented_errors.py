"""Every error that the reference lists for each action, by status and `__type`."""

import random

import pytest

import errors.provoke_executions
import errors.provoke_limits
import errors.provoke_machines
import errors.provoke_names_and_arns
import errors.provoke_versions
from errors.documented import PAIRS, PROVOKERS
from errors.provoke_limits import LIMITED
from errors.scene import Scene
from harness.raw import SERVICE_NAMESPACE, VALIDATION_NAMESPACE, Wire, assert_error
from harness.running import LIMITS, started
from harness.suite import SHAPES


def test_no_documented_error_is_left_out():
    assert set(PROVOKERS) == PAIRS
    assert len({action for action, _ in PAIRS}) == 32


@pytest.fixture(scope="module")
def limited_suite(mode, binary, tmp_path_factory):
    limits = {**LIMITS, **errors.provoke_limits.LIMITS}
    own = SHAPES[mode](binary, tmp_path_factory.mktemp(f"limited-{mode}"), [], limits)
    yield from started(own)


@pytest.mark.parametrize(("action", "error"), sorted(PAIRS - LIMITED))
def test_errors(wire, action, error):
    answer = PROVOKERS[action, error](Scene(wire), action)
    assert_error(answer, error)
    of_any_service = error == "ValidationException"
    namespace = VALIDATION_NAMESPACE if of_any_service else SERVICE_NAMESPACE
    assert answer.type == f"{namespace}#{error}"


@pytest.mark.parametrize(("action", "error"), sorted(LIMITED))
def test_errors_of_limits(limited_suite, action, error):
    account = f"{random.randrange(10**12):012}"
    answer = PROVOKERS[action, error](Scene(Wire(limited_suite.port, account)), action)
    assert_error(answer, error)
    assert answer.type == f"{SERVICE_NAMESPACE}#{error}"
