//! `migrate-to`.

use clap::Args;
use restante_store::SqlStore;
use serde_json::json;

use super::{failure::Failure, print_json, println};

#[derive(Args)]
pub(super) struct MigrateTo {
    /// An empty database of PostgreSQL: `postgres://USER@HOST/DATABASE`. Passwords are best in `~/.pgpass`.
    url: String,
}

impl MigrateTo {
    pub(super) async fn run(self, store: &SqlStore, as_json: bool) -> Result<(), Failure> {
        let tables = store.migrate_to(&self.url).await?.tables;
        if as_json {
            let tables = tables
                .iter()
                .map(|moved| json!({"database": moved.database, "table": moved.table, "rows": moved.rows}));
            print_json(&json!({"tables": tables.collect::<Vec<_>>()}));
            return Ok(());
        }
        println(&format!("{:>10}  {:<22} DATABASE", "ROWS", "TABLE"));
        for moved in tables {
            println(&format!("{:>10}  {:<22} {}", moved.rows, moved.table, moved.database));
        }
        println("every row is there with its content; serve with --database from now on");
        Ok(())
    }
}
