"""The corpus of `tests/language/cases` through the running suite.

Cases run many at a time: each has machines and workers of its own. See `tests/language` for what a
case is, and for the other doors that it goes through.
"""

from concurrent.futures import ThreadPoolExecutor

from harness.aws import client
from harness.cases import CASES, EXECUTED, run_case

LIMITS = {"payload": 1000, "history_events": 40, "poll_seconds": 2}
USUAL = {name: case for name, case in EXECUTED.items() if "limits" not in case}
SMALL = {name: case for name, case in EXECUTED.items() if "limits" in case}


def check(sfn, functions, cases: dict) -> None:
    """Runs the cases together, so that their waits pass at the same time."""
    with ThreadPoolExecutor(max_workers=48) as pool:
        runs = {
            name: pool.submit(run_case, sfn, functions, name, case) for name, case in cases.items()
        }
    wrong = [difference(name, cases[name], *run.result()) for name, run in runs.items()]
    assert not any(wrong), "\n".join(filter(None, wrong))


def difference(name: str, case: dict, ending: dict, history: list[dict]) -> str | None:
    for place in range(max(len(history), len(case["history"]))):
        expected, found = case["history"][place : place + 1], history[place : place + 1]
        if expected != found:
            return f"{name}: expected {expected}\n  and saw {found}"
    if ending != case["ending"]:
        return f"{name}: expected {case['ending']}\n  and saw {ending}"
    return None


def test_every_case(suite, functions):
    assert len(USUAL) > 100
    check(client(suite.endpoint), functions, USUAL)


def test_cases_of_small_quotas(suite_with, functions):
    assert all(case["limits"].items() <= LIMITS.items() for case in SMALL.values())
    small = suite_with(flags=["--lambda-endpoint", functions.url], **LIMITS)
    check(client(small.endpoint), functions, SMALL)


def test_findings(sfn):
    validated = {name: case for name, case in CASES.items() if name not in EXECUTED}
    for name, case in validated.items():
        answer = sfn.validate_state_machine_definition(definition=case["definition"])
        assert answer["diagnostics"] == case["findings"], name
