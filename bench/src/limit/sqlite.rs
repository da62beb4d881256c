//! The rows of a start in SQLite: those that the suite wrote for one execution are written again
//! under other keys, so many in one transaction, with its sync.

use super::append::timed;
use crate::client::{Outcome, Until};
use anyhow::{Context as _, Result};
use rusqlite::Connection;
use rusqlite::types::Value;
use std::path::Path;
use std::time::Duration;
use tempfile::TempDir;
use uuid::Uuid;

/// A database of the suite's tables, and the rows of one execution.
pub(crate) struct Rows {
    connection: Connection,
    rows: Vec<(String, Vec<Value>)>,
    name: Vec<u8>,
    id: i64,
    _folder: TempDir,
}

impl Rows {
    /// Copies the tables of `database`, and the rows of the execution `name`.
    pub(crate) fn copy(database: &Path, name: &str) -> Result<Self> {
        let source = Connection::open(database)?;
        let folder = tempfile::tempdir()?;
        let connection = Connection::open(folder.path().join("rows.db"))?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "cache_size", -65_536)?;
        connection.pragma_update(None, "wal_autocheckpoint", 8_192)?;
        let sql = "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite%'
                   ORDER BY type DESC";
        let mut tables = source.prepare(sql)?;
        for sql in tables.query_map([], |row| row.get::<_, String>(0))? {
            connection.execute_batch(&sql?)?;
        }
        let mut rows = Vec::new();
        let sql = "SELECT id FROM record WHERE key LIKE '%' || ?1";
        let id: i64 = source.query_row(sql, [name], |row| row.get(0))?;
        for (table, filter) in
            [("record", "id = ?1"), ("part", "record = ?1"), ("history", "id >> 24 = ?1")]
        {
            let mut select = source.prepare(&format!("SELECT * FROM {table} WHERE {filter}"))?;
            let columns = select.column_count();
            let marks = vec!["?"; columns].join(", ");
            let mut found = select.query([id])?;
            while let Some(row) = found.next()? {
                let values = (0..columns).map(|at| row.get(at)).collect::<Result<_, _>>()?;
                rows.push((format!("INSERT INTO {table} VALUES ({marks})"), values));
            }
        }
        anyhow::ensure!(rows.len() >= 2, "the execution {name} has no rows");
        // It may wait in the suite's memory; those of one transaction are neighbours.
        let entry = vec![Value::Integer(0), Value::Integer(id)];
        rows.push(("INSERT INTO record_key VALUES (?, ?)".to_owned(), entry));
        Ok(Self { connection, rows, name: name.into(), id, _folder: folder })
    }

    /// Writes for so long, `depth` executions in a transaction.
    pub(crate) fn run(&mut self, depth: usize, time: Duration) -> Result<Outcome> {
        let Self { connection, rows, name, id, .. } = self;
        timed(Until::Time(time), || {
            connection.execute_batch("BEGIN IMMEDIATE")?;
            let near = i64::from_be_bytes(first_bytes(Uuid::new_v4().as_bytes()));
            for _ in 0..depth {
                let new = Uuid::new_v4().to_string().into_bytes();
                *id += 1;
                for (sql, values) in &*rows {
                    let entry = sql.contains("record_key");
                    let values = values.iter().enumerate().map(|(at, value)| match value {
                        // The digest of a key is as good as any other number.
                        Value::Integer(_) if entry && at == 0 => {
                            let digest = i64::from_be_bytes(first_bytes(&new)) & NEIGHBOURS;
                            Ok(Value::Integer(near & !NEIGHBOURS | digest))
                        }
                        Value::Integer(_) if entry => Ok(Value::Integer(*id)),
                        // Rows are numbered by their record, which comes first in all tables.
                        Value::Integer(old) if at == 0 && *old >= 1 << 24 => {
                            Ok(Value::Integer((*id << 24) + (*old & 0xff_ffff)))
                        }
                        Value::Integer(_) if at == 0 => Ok(Value::Integer(*id)),
                        Value::Blob(key) if key.ends_with(name) => {
                            let kept = key.len() - name.len();
                            let start = key.get(..kept).context("a key")?;
                            Ok(Value::Blob([start, &new].concat()))
                        }
                        value => Ok(value.clone()),
                    });
                    let values = values.collect::<Result<Vec<_>>>()?;
                    let mut insert = connection.prepare_cached(sql)?;
                    insert.execute(rusqlite::params_from_iter(values))?;
                }
            }
            connection.execute_batch("COMMIT")?;
            Ok(depth as u64)
        })
    }
}

/// Digests that differ in these bits alone lie in one place of the index.
const NEIGHBOURS: i64 = i64::MAX >> 9;

/// What stands for the digest of a key: the random name's own bytes.
fn first_bytes(name: &[u8]) -> [u8; 8] {
    let mut first = [0; 8];
    first.iter_mut().zip(name).for_each(|(to, from)| *to = *from);
    first
}
