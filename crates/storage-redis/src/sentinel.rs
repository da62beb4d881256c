//! Asking Sentinels where the master is.

use crate::address::{SentinelAddress, at, host};
use crate::link::connect;
use redis::{Client, ConnectionInfo, RedisError};
use std::time::Duration;
use stepwell_storage::StoreError;
use tokio::time::timeout;

/// How long one Sentinel may take. The others are asked when it doesn't answer.
const PATIENCE: Duration = Duration::from_secs(1);

impl SentinelAddress {
    /// The master as the first Sentinel that answers knows it. Right after a failover that can
    /// still be the old one: whoever connects looks whether it is a master.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], with what each of them said.
    pub(crate) async fn master(&self) -> Result<ConnectionInfo, StoreError> {
        let mut faults = Vec::new();
        for sentinel in &self.sentinels {
            match timeout(PATIENCE, self.ask(sentinel)).await {
                Ok(Ok(Some((host, port)))) => return Ok(at(&self.master, &host, port)),
                Ok(Ok(None)) => faults.push(format!("{}: no such master", sentinel.addr())),
                Ok(Err(error)) => faults.push(format!("{}: {error}", sentinel.addr())),
                Err(_) => faults.push(format!("{}: no answer", sentinel.addr())),
            }
        }
        let faults = faults.join("; ");
        Err(StoreError::Unavailable(format!(
            "no Sentinel knows the master {:?}: {faults}",
            self.name
        )))
    }

    /// Whether the Sentinels, where one answers, name another master than this.
    pub(crate) async fn has_replaced(&self, known: &ConnectionInfo) -> bool {
        self.master().await.is_ok_and(|master| host(&master) != host(known))
    }

    async fn ask(&self, sentinel: &ConnectionInfo) -> Result<Option<(String, u16)>, RedisError> {
        let mut connection = connect(&Client::open(sentinel.clone())?, PATIENCE).await?;
        let mut ask = redis::cmd("SENTINEL");
        ask.arg("GET-MASTER-ADDR-BY-NAME").arg(&self.name);
        ask.query_async(&mut connection).await
    }
}
