from fixtures import ACCOUNT, case, comparison, create, history_of
from replay.placeholders import Names, Placeholders

ARN = "arn:aws:states:us-east-1:{}:execution:{}:{}"
UUIDS = ["8f1dbb5c-6a4f-4c8f-9d8e-0a1b2c3d4e5f", "1c9f7f0e-2b3a-4d5c-8e7f-6a5b4c3d2e1f"]


def test_generated_executions_are_paired_in_the_order_of_their_starts():
    names = Names(case([create("m"), history_of("m", "theirs-1")]), ACCOUNT)
    names.started(ARN.format(ACCOUNT, "m", "ours-1"), None)
    names.started(ARN.format(ACCOUNT, "m", "ours-2"), None)
    asked = [names.ours(ARN.format("000000000000", "m", f"theirs-{n}")) for n in (1, 2, 1)]
    assert [arn.rpartition(":")[2] for arn in asked] == ["ours-1", "ours-2", "ours-1"]
    assert f":{ACCOUNT}:" in asked[0]


def test_a_name_that_the_client_chose_is_kept():
    start = {"operation": "StartExecution", "request": {"stateMachineArn": "x:m", "name": "chosen"}}
    names = Names(case([create("m"), start, history_of("m", "chosen")]), ACCOUNT)
    names.started(ARN.format(ACCOUNT, "m", "generated"), None)
    assert names.ours(ARN.format("0" * 12, "m", "chosen")).endswith(":m:chosen")


def test_an_account_inside_a_longer_number_is_kept():
    assert Names(case(), ACCOUNT).ours("0.0000000000001") == "0.0000000000001"


def test_a_known_placeholder_is_what_the_client_named():
    recorded = case([create("machine-1")], placeholders={"<ArnPart_0idx>": "machine-1"})
    compare = comparison(recorded)
    assert compare.difference("the <ArnPart_0idx> of it", "the machine-1 of it") is None
    assert compare.difference("the <ArnPart_0idx> of it", "the machine-2 of it") is not None


def test_a_generated_placeholder_is_one_value_all_through_a_case():
    compare = comparison()
    assert compare.difference("id <uuid:1>", f"id {UUIDS[0]}") is None
    assert compare.difference(["<uuid:1>", "<uuid:2>"], UUIDS) is None
    assert compare.difference("<uuid:1>", UUIDS[1]) is not None
    assert compare.difference("<uuid:3>", "not a uuid") is not None


def test_the_same_placeholder_twice_in_a_text_is_the_same_value():
    compare = comparison()
    assert compare.difference("<token:1>/<token:1>", "a/b") is not None
    assert compare.difference("<token:1>/<token:1>", "a/a") is None


def test_numbered_names_are_fixed_inside_an_answer_and_free_in_the_next():
    recorded = case([create("m-1"), create("m-2")], placeholders={"<ArnPart_0idx>": "m-2"})
    placeholders = Placeholders(recorded, Names(recorded, ACCOUNT))
    assert placeholders.same("<ArnPart_0idx>", "m-1")
    assert not placeholders.same("<ArnPart_0idx>", "m-2")
    placeholders.new_answer()
    assert placeholders.same("<ArnPart_0idx>", "m-2")
    placeholders.new_answer()
    assert not placeholders.same("<ArnPart_0idx>", "m-3")


def test_a_key_may_be_a_placeholder():
    recorded = case([create("m-1")], placeholders={"<ArnPart_0idx>": "m-1"})
    assert comparison(recorded).difference({"<ArnPart_0idx>": 1}, {"m-1": 1}) is None


def test_the_region_and_the_account_are_this_runs():
    recorded = case(placeholders={"<region>": "us-east-1", "arn:<partition>:": "arn:aws:"})
    expected = "arn:<partition>:states:<region>:111111111111:activity:a"
    assert (
        comparison(recorded).difference(expected, f"arn:aws:states:us-east-1:{ACCOUNT}:activity:a")
        is None
    )


def test_a_generated_value_of_the_logged_run_is_not_held_against_this_one():
    recorded = case(placeholders={"<next-token:1>": "theirs", "<uuid:1>": UUIDS[0]})
    compare = comparison(recorded)
    assert compare.difference(["<next-token:1>", "<uuid:1>"], ["ours", UUIDS[1]]) is None


def test_a_text_like_a_time_that_the_client_sent_stands_for_itself():
    start = {"operation": "StartExecution", "request": {"input": '{"t": "05-12-2016T21:29:29Z"}'}}
    compare = comparison(case([start]))
    assert compare.difference("timestamp", "05-12-2016T21:29:29Z") is None
    assert compare.difference("timestamp", "06-12-2016T21:29:29Z") is not None


def test_what_every_recording_has_needs_no_placeholder_of_the_case():
    recorded = case([create("m", "arn:aws:iam::000000000000:role/r")])
    compare = comparison(recorded)
    got = [f"arn:aws:iam::{ACCOUNT}:role/r", "us-east-1", "m"]
    assert compare.difference(["snf_role_arn", "<region>", "<ArnPart_0idx>"], got) is None
    assert compare.difference("snf_role_arn", f"arn:aws:iam::{ACCOUNT}:role/other") is not None
