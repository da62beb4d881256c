"""Charges the payment of an order: a worker of the activity `charge-payment`.

Its input is an order as in examples/order/order.json of the project. A card whose number ends in
0002 is declined, which fails the task with the error `PaymentDeclined`.

    python charge_payment.py --endpoint 127.0.0.1:8081
"""

from __future__ import annotations

import argparse
import logging
import signal

import stepwell
from stepwell.worker import TaskError, Worker

DECLINED = "0002"

log = logging.getLogger("charge-payment")


def charge(task, order):
    """Gives what was charged, in cents."""
    total = sum(item["quantity"] * item["unitPrice"] for item in order["items"])
    card = order["card"]
    if card["lastFour"] == DECLINED:
        log.info("%s: declined", order["id"])
        raise TaskError("PaymentDeclined", f"the issuer declined the card ending in {DECLINED}")
    log.info("%s: charged %d", order["id"], total)
    return {"total": total, "chargedTo": f"{card['brand']} ...{card['lastFour']}"}


def main() -> None:
    """Works until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(description="Charges the payments of orders.")
    parser.add_argument("--endpoint", default="127.0.0.1:8081", help="gRPC address of Stepwell")
    parser.add_argument(
        "--activity-arn", default="arn:aws:states:us-east-1:000000000000:activity:charge-payment"
    )
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(name)s: %(message)s")
    with stepwell.connect(arguments.endpoint) as channel:
        worker = Worker(
            channel,
            arguments.activity_arn,
            charge,
            name="charge-payment-python",
            concurrency=4,
            heartbeat_seconds=5,
        )
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: worker.stop())
        worker.run()


if __name__ == "__main__":
    main()
