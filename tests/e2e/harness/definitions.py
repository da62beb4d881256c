"""Small definitions in the Amazon States Language."""


def machine(*states: tuple[str, dict], **top) -> dict:
    """A machine of named states, the first of them its start, each leading to the next.

    A state that says where it leads, or that can't lead anywhere, is left as it is.
    """
    names = [name for name, _ in states]
    whole = {}
    for place, (name, state) in enumerate(states):
        leads = {"Next", "End"} & state.keys() or state["Type"] in ("Choice", "Succeed", "Fail")
        follow = {} if leads else following(names, place)
        whole[name] = {**state, **follow}
    return {"StartAt": names[0], "States": whole, **top}


def following(names: list[str], place: int) -> dict:
    return {"Next": names[place + 1]} if place + 1 < len(names) else {"End": True}


def passing(**fields) -> dict:
    return {"Type": "Pass", **fields}


def task(resource: str, **fields) -> dict:
    return {"Type": "Task", "Resource": resource, **fields}


def waiting(**fields) -> dict:
    return {"Type": "Wait", **fields}


def failing(error: str = "Broken", cause: str = "on purpose") -> dict:
    return {"Type": "Fail", "Error": error, "Cause": cause}


def succeeding(**fields) -> dict:
    return {"Type": "Succeed", **fields}


def parallel(*branches: dict, **fields) -> dict:
    return {"Type": "Parallel", "Branches": list(branches), **fields}


def choice(*rules: dict, default: str | None = None, **fields) -> dict:
    return {"Type": "Choice", "Choices": list(rules), **fields} | (
        {"Default": default} if default else {}
    )
