//! Who may use the administrators' pages.

use restante_model::{Login, Timestamp};

use super::{Fault, SqlStore, stored};
use crate::{Administrator, News, StoreError, sql};

impl SqlStore {
    pub(in super::super) async fn add_administrator(
        &self,
        name: &Login,
        password_hash: &str,
    ) -> Result<(), StoreError> {
        let now = self.now().await?;
        let write = async {
            let mut tx = self.registry.write().await?;
            tx.tells(News::NOTHING);
            let added = sql::query(
                "INSERT INTO administrator (name, password_hash, created_at) VALUES ($1, $2, $3) \
                 ON CONFLICT (name) DO NOTHING",
            )
            .bind(name.as_str())
            .bind(password_hash)
            .bind(now.unix_ms())
            .execute(&mut tx)
            .await?;
            if added == 0 {
                return Err(StoreError::NameTaken { what: "administrator", name: name.to_string() }.into());
            }
            Ok(tx.commit().await?)
        };
        write.await.map_err(|fault: Fault| fault.at("adding an administrator", &self.registry))
    }

    pub(in super::super) async fn administrators(&self) -> Result<Vec<Administrator>, StoreError> {
        let read = async {
            let mut tx = self.registry.read().await?;
            let rows = sql::query("SELECT name, created_at FROM administrator ORDER BY name")
                .fetch_all(&mut tx)
                .await?;
            rows.iter()
                .map(|row| {
                    let name: String = row.try_get("name")?;
                    let created_at = Timestamp::from_unix_ms(row.try_get("created_at")?);
                    Ok(Administrator { name: stored(&name, "administrator", &name)?, created_at })
                })
                .collect::<Result<Vec<_>, Fault>>()
        };
        read.await.map_err(|fault: Fault| fault.at("listing administrators", &self.registry))
    }

    pub(in super::super) async fn administrator_hash(
        &self,
        name: &Login,
    ) -> Result<Option<String>, StoreError> {
        let read = async {
            let mut tx = self.registry.read().await?;
            let query = "SELECT password_hash FROM administrator WHERE name = $1";
            Ok(sql::query_scalar(query).bind(name.as_str()).fetch_optional(&mut tx).await?)
        };
        read.await.map_err(|fault: Fault| fault.at("looking up an administrator", &self.registry))
    }

    pub(in super::super) async fn remove_administrator(&self, name: &Login) -> Result<bool, StoreError> {
        let write = async {
            let mut tx = self.registry.write().await?;
            tx.tells(News::NOTHING);
            let gone = sql::query("DELETE FROM administrator WHERE name = $1")
                .bind(name.as_str())
                .execute(&mut tx)
                .await?;
            tx.commit().await?;
            Ok(gone > 0)
        };
        write.await.map_err(|fault: Fault| fault.at("removing an administrator", &self.registry))
    }
}
