import json

from fixtures import ACCOUNT, case
from replay.functions import Function
from replay.placeholders import Names

FAILED = {"payload": "{}", "response": '{"errorType": "E"}', "functionError": "Unhandled"}


def function(*invocations: dict) -> Function:
    return Function(list(invocations), Names(case(), ACCOUNT))


def test_invocations_answer_by_payload_and_then_in_order():
    served = function(
        {"payload": '{"n": 1}', "response": '"one"'},
        FAILED,
        {"payload": "{}", "response": '"done"'},
    )
    assert served.answer({}) == ('{"errorType": "E"}', "Unhandled", None)
    assert served.answer({"n": 1}) == ('"one"', None, None)
    assert served.answer({}) == ('"done"', None, None)


def test_the_last_answer_is_given_again():
    served = function(FAILED)
    assert served.answer({}) == served.answer({})


def test_a_function_that_gave_back_its_payload_does_so():
    served = function({"payload": '{"id": "theirs"}', "response": '{"id": "theirs"}'})
    assert json.loads(served.answer({"id": "ours"})[0]) == {"id": "ours"}


def test_without_an_invocation_there_is_no_answer():
    assert function().answer({}) is None


def test_an_invocation_that_timed_out_takes_as_long():
    body = json.dumps({"errorMessage": "x Task timed out after 3.00 seconds"})
    served = function({"payload": "{}", "response": body, "functionError": "Unhandled"})
    assert served.answer({})[2] == 3.0
