//! Starts the suite and runs the order workflow of `examples/order` end to end: the AWS CLI drives
//! it, a worker in Python and a worker in Go answer its tasks, and its histories are printed.
//!
//! It is a demonstration that is held to what it shows: whatever does not come out as expected
//! ends it with an error. It leaves nothing behind but what it built.

mod aws;
mod build;
mod history;
mod process;

use aws::Aws;
use build::Programs;
use process::{Process, free_address, wait_until_healthy};

use crate::workspace::root;
use anyhow::{Context as _, Result, bail, ensure};
use serde_json::Value;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

/// How long an execution may take: a few seconds of work, on a machine that may be busy.
const PATIENCE: Duration = Duration::from_secs(90);

/// One execution of the workflow, and what must come of it.
struct Run {
    title: &'static str,
    name: &'static str,
    input: &'static str,
    /// Part of the output.
    output: &'static str,
    /// Events that must be in the history in this order: their types, and part of their details.
    events: &'static [(&'static str, &'static str)],
}

const RUNS: &[Run] = &[
    Run {
        title: "An order that is paid and shipped. The carrier is busy at first: ShipParcel retries.",
        name: "order-1001",
        input: "order.json",
        output: "parcel-of-order-1001",
        events: &[
            ("ExecutionStarted", "order-1001"),
            ("PassStateEntered", "AddTerms"),
            ("TaskStateEntered", "ChargePayment"),
            ("ActivityScheduled", "charge-payment"),
            ("ActivityStarted", "charge-payment-python"),
            ("ActivitySucceeded", "17700"),
            ("ChoiceStateEntered", "CheckTotal"),
            ("WaitStateEntered", "FraudHold"),
            ("WaitStateExited", "FraudHold"),
            ("ParallelStateEntered", "Fulfil"),
            ("ParallelStateStarted", ""),
            ("ActivityStarted", "ship-parcel-go"),
            ("ActivityFailed", "CarrierBusy"),
            ("ActivityScheduled", "ship-parcel"),
            ("ActivityStarted", "ship-parcel-go"),
            ("ActivitySucceeded", "parcel-of-order-1001"),
            ("ParallelStateSucceeded", ""),
            ("ParallelStateExited", "Fulfil"),
            ("SucceedStateEntered", "OrderFulfilled"),
            ("ExecutionSucceeded", ""),
        ],
    },
    Run {
        title: "An order whose card is declined. The Catch of ChargePayment cancels it.",
        name: "order-1002",
        input: "declined-order.json",
        output: "CANCELLED",
        events: &[
            ("ExecutionStarted", "order-1002"),
            ("TaskStateEntered", "ChargePayment"),
            ("ActivityStarted", "charge-payment-python"),
            ("ActivityFailed", "PaymentDeclined"),
            ("TaskStateExited", "PaymentDeclined"),
            ("PassStateEntered", "CancelOrder"),
            ("SucceedStateEntered", "OrderCancelled"),
            ("ExecutionSucceeded", ""),
        ],
    },
];

/// Builds what is needed, runs the workflow twice, and stops everything again.
///
/// # Errors
/// Names the toolchain that is missing, the part that could not be built or started, or what did
/// not come out as expected, then with the end of the logs.
pub(crate) fn run() -> Result<()> {
    println!("The order workflow of examples/order, driven by the AWS CLI.");
    let programs = build::programs()?;
    let folder = tempfile::tempdir().context("no temporary folder could be made")?;
    let suite = Suite::start(&programs, folder.path())?;
    if let Err(error) = drive(&suite.aws) {
        suite.print_logs();
        return Err(error);
    }
    suite.stop()?;
    println!("\nBoth executions did what they should. Everything is stopped again.");
    Ok(())
}

/// The server and both workers, running.
struct Suite {
    aws: Aws,
    server: Process,
    workers: [Process; 2],
}

impl Suite {
    fn start(programs: &Programs, folder: &Path) -> Result<Self> {
        let (http, grpc) = (free_address()?, free_address()?);
        let mut command = Command::new(&programs.stepwell);
        command.args(["dev", "--listen", &http, "--grpc-listen", &grpc, "--data-dir"]);
        let data = folder.join("data");
        let mut server = Process::start("stepwell dev", command.arg(&data), folder)?;
        wait_until_healthy(&http, &mut server)?;
        println!("stepwell dev serves the AWS API on http://{http} and gRPC on {grpc}.");

        let mut python = Command::new(programs.venv.python());
        python.arg(root().join("clients/python/examples/charge_payment.py"));
        python.env("PYTHONPATH", root().join("clients/python/src"));
        python.env("PYTHONDONTWRITEBYTECODE", "1").args(["--endpoint", &grpc]);
        let mut go = Command::new(&programs.ship_parcel);
        go.args(["--endpoint", &grpc]);
        // The activities that they work for must be there before them.
        let aws = Aws::new(programs.venv.program("aws"), format!("http://{http}"));
        for activity in ["charge-payment", "ship-parcel"] {
            aws.call(&["create-activity", "--name", activity])?;
        }
        let workers = [
            Process::start("the Python worker", &mut python, folder)?,
            Process::start("the Go worker", &mut go, folder)?,
        ];
        println!("A worker in Python answers charge-payment, a worker in Go ship-parcel.\n");
        Ok(Self { aws, server, workers })
    }

    /// Ends the workers, then the server; each must end by itself and without an error.
    fn stop(self) -> Result<()> {
        for process in self.workers.into_iter().chain([self.server]) {
            process.stop()?;
        }
        Ok(())
    }

    fn print_logs(&self) {
        for process in self.workers.iter().chain([&self.server]) {
            process.print_log();
        }
    }
}

/// Creates the state machine and runs it.
fn drive(aws: &Aws) -> Result<()> {
    let definition = example("order.asl.json");
    let role = "arn:aws:iam::000000000000:role/any";
    let created = aws.call(&[
        "create-state-machine",
        "--name",
        "order",
        "--definition",
        &definition,
        "--role-arn",
        role,
    ])?;
    let machine = aws::text(&created, "stateMachineArn")?;
    for run in RUNS {
        execute(aws, machine, run).with_context(|| format!("the execution {}", run.name))?;
    }
    Ok(())
}

/// Runs the workflow once, prints its history and checks it.
fn execute(aws: &Aws, machine: &str, run: &Run) -> Result<()> {
    println!("\n{}\n", run.title);
    let input = example(run.input);
    let start = ["start-execution", "--state-machine-arn", machine, "--name", run.name];
    let started = aws.call(&[&start[..], &["--input", &input]].concat())?;
    let arn = aws::text(&started, "executionArn")?;
    let ended = wait_for_the_end(aws, arn)?;
    let answer = aws.call(&["get-execution-history", "--execution-arn", arn])?;
    let events = answer["events"].as_array().context("the answer has no events")?;
    println!();
    for line in history::lines(events) {
        println!("  {line}");
    }
    let status = aws::text(&ended, "status")?;
    ensure!(status == "SUCCEEDED", "it ended {status}");
    let output = aws::text(&ended, "output")?;
    println!("\n  {status}, with the output");
    for line in history::members(output)? {
        println!("    {line}");
    }
    ensure!(output.contains(run.output), "its output lacks {}", run.output);
    history::check(events, run.events)
}

/// Asks until an execution has ended, and gives the last answer.
fn wait_for_the_end(aws: &Aws, arn: &str) -> Result<Value> {
    let begun = Instant::now();
    let mut answer = aws.call(&["describe-execution", "--execution-arn", arn])?;
    while answer["status"] == "RUNNING" {
        if begun.elapsed() > PATIENCE {
            bail!("it still runs after {} seconds", PATIENCE.as_secs());
        }
        std::thread::sleep(Duration::from_millis(200));
        answer = aws.call_again(&["describe-execution", "--execution-arn", arn])?;
    }
    Ok(answer)
}

/// A file of the example as the AWS CLI reads it, from the root of the checkout.
fn example(name: &str) -> String {
    format!("file://examples/order/{name}")
}
