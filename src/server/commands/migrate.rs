//! `migrate-to`.

use clap::Args;
use restante_store::SqlStore;
use serde_json::json;

use super::{answers::Answers, failure::Failure, print_json, println};

#[derive(Args)]
pub(super) struct MigrateTo {
    /// An empty database of PostgreSQL: `postgres://USER@HOST/DATABASE`. Passwords are best in `~/.pgpass`.
    url: String,
}

impl MigrateTo {
    pub(super) async fn run(self, store: &SqlStore, answers: Answers<'_>) -> Result<(), Failure> {
        let tables = store.migrate_to(&self.url).await?.tables;
        if answers.json {
            let tables = tables
                .iter()
                .map(|moved| json!({"database": moved.database, "table": moved.table, "rows": moved.rows}));
            print_json(&json!({"tables": tables.collect::<Vec<_>>()}));
            return Ok(());
        }
        let title = |key| answers.text(key, &[]);
        println(&format!(
            "{:>10}  {:<22} {}",
            title("server-title-rows"),
            title("server-title-table"),
            title("server-title-database")
        ));
        for moved in tables {
            println(&format!("{:>10}  {:<22} {}", moved.rows, moved.table, moved.database));
        }
        answers.say("server-migrated", &[]);
        Ok(())
    }
}
