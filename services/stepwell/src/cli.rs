//! The command line: a contract that others script against. Every flag has an environment
//! variable `STEPWELL_<FLAG>`; the flag wins.

use clap::{Args, Parser, Subcommand, ValueEnum};
use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::path::PathBuf;

/// AWS Step Functions on your own machines.
#[derive(Debug, Parser)]
#[command(name = "stepwell", version)]
pub(crate) struct Cli {
    /// What this process does.
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// A role, or all of them.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// All roles in one process, on a store of its own unless told otherwise.
    Dev(Dev),
    /// The AWS JSON API over HTTP.
    Gateway(Node),
    /// State machines and activities.
    ControlPlane(Node),
    /// Executions: partitions, interpreter, timers, histories.
    Execution(Node),
    /// Activity queues, long polls and worker streams.
    Activity(Node),
    /// Calls of Lambda functions.
    Integration(Node),
}

/// All roles in one process.
#[derive(Debug, Args)]
pub(crate) struct Dev {
    /// Where the AWS JSON API, /healthz and /metrics are served over HTTP.
    #[arg(long, env = "STEPWELL_LISTEN", default_value = "127.0.0.1:8080", value_name = "ADDR")]
    pub(crate) listen: SocketAddr,
    /// Where workers and internal services reach the roles over gRPC.
    #[arg(
        long,
        env = "STEPWELL_GRPC_LISTEN",
        default_value = "127.0.0.1:8081",
        value_name = "ADDR"
    )]
    pub(crate) grpc_listen: SocketAddr,
    /// Folder of the embedded store; by default `stepwell` under the user's data directory.
    #[arg(long, env = "STEPWELL_DATA_DIR", value_name = "DIR", conflicts_with_all = ["in_memory", "redis"])]
    pub(crate) data_dir: Option<PathBuf>,
    /// Keep everything in memory: all is lost when the process ends.
    #[arg(long, env = "STEPWELL_IN_MEMORY", conflicts_with = "redis")]
    pub(crate) in_memory: bool,
    /// Keep everything in this Redis; see `--redis` of the roles.
    #[arg(long, env = "STEPWELL_REDIS", value_name = "URL")]
    pub(crate) redis: Option<String>,
    #[command(flatten)]
    pub(crate) shared: Shared,
}

/// One role over Redis.
#[derive(Debug, Args)]
pub(crate) struct Node {
    /// The Redis that all roles share: redis://[[user]:password@]host:port[/db] for a server or a
    /// cluster; redis+cluster://…host:port,host:port; redis+sentinel://…host:port,host:port/master.
    /// With TLS the scheme begins with rediss.
    #[arg(long, env = "STEPWELL_REDIS", value_name = "URL")]
    pub(crate) redis: String,
    /// HTTP: the API of the gateway, and /healthz and /metrics of every role.
    #[arg(long, env = "STEPWELL_LISTEN", default_value = "127.0.0.1:8080", value_name = "ADDR")]
    pub(crate) listen: SocketAddr,
    /// gRPC; of no use to the gateway and to integration, which serve none.
    #[arg(
        long,
        env = "STEPWELL_GRPC_LISTEN",
        default_value = "127.0.0.1:8081",
        value_name = "ADDR"
    )]
    pub(crate) grpc_listen: SocketAddr,
    /// Where peers reach this node's gRPC, as host:port; by default the gRPC listen address.
    #[arg(long, env = "STEPWELL_ADVERTISE", value_name = "ADDR")]
    pub(crate) advertise: Option<String>,
    #[command(flatten)]
    pub(crate) shared: Shared,
}

/// What several roles need.
#[derive(Debug, Args)]
pub(crate) struct Shared {
    /// The account of callers whose access key id is not a 12-digit account.
    #[arg(long, env = "STEPWELL_ACCOUNT_ID", default_value = "000000000000", value_name = "ID", value_parser = account)]
    pub(crate) account_id: String,
    /// The Lambda API that function tasks are invoked on, as http://host:port.
    #[arg(long, env = "STEPWELL_LAMBDA_ENDPOINT", value_name = "URL")]
    pub(crate) lambda_endpoint: Option<String>,
    /// Whether requests must be signed by a known key; only `off` yet: any signature is accepted.
    #[arg(long, env = "STEPWELL_AUTH", default_value = "off")]
    pub(crate) auth: Auth,
    /// JSON file with quotas that differ from the profile's.
    #[arg(long, env = "STEPWELL_LIMITS", value_name = "FILE")]
    pub(crate) limits: Option<PathBuf>,
    /// The quotas to start from: those of today's service or of the 2017 API reference.
    #[arg(long, env = "STEPWELL_LIMITS_PROFILE", default_value = "today", value_name = "PROFILE")]
    pub(crate) limits_profile: Profile,
    /// When a write to Redis is acknowledged: when the server has it, as durably as its own
    /// settings say, or also a replica.
    #[arg(long, env = "STEPWELL_DURABILITY", default_value = "server", value_name = "LEVEL")]
    pub(crate) durability: Level,
    /// How many partitions the store has; fixed when it is created.
    #[arg(long, env = "STEPWELL_PARTITIONS", default_value = "256", value_name = "N", value_parser = clap::value_parser!(u32).range(1..=16_384))]
    pub(crate) partitions: u32,
    /// Threads that serve requests; by default half of the processors for a role, which shares the
    /// machine with others, and all of them for `dev`.
    #[arg(long, env = "STEPWELL_THREADS", value_name = "N")]
    pub(crate) threads: Option<NonZeroUsize>,
}

/// Whether signatures are checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Auth {
    /// They are not.
    Off,
}

/// When a write to Redis is acknowledged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Level {
    /// When the server has it.
    Server,
    /// When a replica has it too; without its answer the outcome is unknown.
    Replicated,
}

/// Where quotas start from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Profile {
    /// Today's service.
    Today,
    /// The 2017 API reference.
    #[value(name = "2017")]
    Of2017,
}

fn account(text: &str) -> Result<String, String> {
    let fits = text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit());
    if fits { Ok(text.to_owned()) } else { Err("an account id has 12 digits".to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_is_well_formed_and_every_flag_has_its_variable() {
        let mut command = Cli::command();
        command.build();
        command.clone().debug_assert();
        for role in command.get_subcommands().filter(|role| role.get_name() != "help") {
            for flag in role.get_arguments() {
                let Some(name) = flag.get_long().filter(|name| *name != "help") else { continue };
                let variable = format!("STEPWELL_{}", name.to_uppercase().replace('-', "_"));
                let found = flag.get_env().map(|name| name.to_string_lossy().into_owned());
                assert_eq!(found, Some(variable));
            }
        }
    }
}
