"""Replays the recorded behaviour of AWS Step Functions through a running gateway.

    python tests/compat/run.py [--area AREA] [--case TEXT] [--only-2017] [--json FILE]

Starts `stepwell dev`, replays every case in an account of its own, and prints what share of them
is equal in every recorded member. Fails when a case of holds.txt is not.
"""

import argparse
import json
import os
import shutil
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(HERE), str(ROOT / "tests/e2e")]

from harness.suite import Dev  # noqa: E402
from replay import normalisations, recordings, report, selections  # noqa: E402
from replay.client import Clients  # noqa: E402
from replay.functions import FunctionEndpoint  # noqa: E402
from replay.steps import Result, replay  # noqa: E402

FIRST_ACCOUNT = 100_000_000_000


def main() -> int:
    options = arguments()
    if not (options.recordings / "index.json").exists():
        print(f"no recordings at {options.recordings}: nothing is replayed")
        return 0
    cases = chosen(recordings.load(options.recordings), options)
    if not cases:
        print("no recorded case fits the options")
        return 2
    results = replayed(cases, options)
    print_results(results, options)
    return verdict(results)


def arguments() -> argparse.Namespace:
    target = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--binary", type=Path, default=target / "debug/stepwell")
    parser.add_argument("--endpoint", help="a running gateway, in place of one started here")
    parser.add_argument("--lambda-port", type=int, default=0, help="where functions are served")
    parser.add_argument("--recordings", type=Path, default=ROOT.parent / "shared/conformance/dev")
    parser.add_argument("--case", action="append", default=[], help="a part of the case's id")
    parser.add_argument("--area", action="append", default=[], help="a feature area")
    parser.add_argument("--only-2017", action="store_true", help="only what 2017 had")
    parser.add_argument("--threads", type=int, default=48, help="cases at a time")
    parser.add_argument("--json", type=Path, help="a file for the results")
    parser.add_argument("--quiet", action="store_true", help="no line for each miss")
    return parser.parse_args()


def chosen(cases: list, options: argparse.Namespace) -> list:
    return [
        case
        for case in cases
        if (not options.area or case.area in options.area)
        and (not options.case or any(text in case.id for text in options.case))
        and (not options.only_2017 or selections.of_2017(case))
    ]


def replayed(cases: list, options: argparse.Namespace) -> list[Result]:
    functions = FunctionEndpoint(options.lambda_port)
    if options.endpoint:
        return all_of(cases, options.endpoint, functions, options.threads)
    folder = Path(tempfile.mkdtemp(prefix="stepwell-compat-"))
    suite = Dev(options.binary, folder, ["--lambda-endpoint", functions.url])
    try:
        suite.start()
        return all_of(cases, suite.endpoint, functions, options.threads)
    finally:
        functions.close()
        suite.stop()
        shutil.rmtree(folder, ignore_errors=True)


def all_of(cases: list, endpoint: str, functions: FunctionEndpoint, threads: int) -> list[Result]:
    clients = Clients(endpoint)

    def one(numbered) -> Result:
        number, case = numbered
        return replay(case, clients, functions, str(FIRST_ACCOUNT + number))

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(one, enumerate(cases)))


def print_results(results: list[Result], options: argparse.Namespace) -> None:
    print("Not held against an answer:")
    print(normalisations.told())
    if not options.quiet:
        print("\nMisses:")
        print(report.misses(results))
    for title, belongs in selections.MEASURES.items():
        found = [result for result in results if belongs(result.case)]
        if found:
            print(report.table(title, found))
    if options.json:
        options.json.write_text(json.dumps([report.data(r) for r in results], indent=1))


def verdict(results: list[Result]) -> int:
    """0 where all cases that must hold do; cases that were not replayed are not judged."""
    lines = (HERE / "holds.txt").read_text().splitlines()
    holds = {line for line in lines if line and not line.startswith("#")}
    lost = [result for result in results if result.case.id in holds and not result.equal]
    for result in lost:
        print(f"\nmust hold and does not: {result.case.id}\n    {report.reason(result)}")
    return 1 if lost else 0


if __name__ == "__main__":
    sys.exit(main())
