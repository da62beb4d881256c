"""Which cases belong to which measure: all, the language of today, the language of 2017.

A measure is chosen by what a case asks for, never by what the project can do.
"""

from replay.language_2017 import of_2017
from replay.recordings import Case

AREAS_OF_THE_LANGUAGE = frozenset(
    [
        "activities",
        "api",
        "api_activities",
        "api_validation",
        "api_variable_references",
        "arguments",
        "assign",
        "base",
        "callback",
        "choice_operators",
        "comments",
        "context_object",
        "credentials",
        "error_handling/lambda",
        "error_handling/sfn",
        "error_handling/states_errors",
        "error_handling/task_lambda",
        "evaluate_jsonata",
        "intrinsic_functions",
        "intrinsic_functions_jsonata",
        "outputdecl",
        "query_language",
        "scenarios",
        "services/lambda",
        "services/lambda_task",
        "services/sfn",
        "states_variables",
        "timeouts",
    ]
)


def of_the_language(case: Case) -> bool:
    """Standard workflows of the areas above, whose tasks are Lambda, activities or executions."""
    return case.area in AREAS_OF_THE_LANGUAGE and all(map(_in_scope, case.features))


def _in_scope(feature: str) -> bool:
    kind, _, name = feature.partition(":")
    if kind == "task":
        return name == "activity" or name.startswith(("lambda", "states:"))
    return feature not in ("map:distributed", "type:EXPRESS")


MEASURES = {
    "all cases": lambda case: True,
    "the language: standard workflows, tasks of lambda, activity and states": of_the_language,
    "the language and API of 2017": of_2017,
}
