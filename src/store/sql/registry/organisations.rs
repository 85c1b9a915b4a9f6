//! Organisations: their rows, and each one's database.

use restante_model::Name;

use super::{
    super::people,
    Fault, Part, Row, SqlStore,
    new_database::{self, Ground},
    offices::oldest_client,
    stored,
};
use crate::{OldestClient, OrganisationOverview, StoreError, Unavailable, sql};

/// An organisation as the registry has it.
pub(in super::super) struct Home {
    pub(in super::super) name: Name,
    pub(in super::super) title: String,
    pub(in super::super) tag: String,
    pub(in super::super) oldest_client: OldestClient,
}

/// What [`Home`] is read from.
const HOME: &str = "SELECT g.name, g.title, g.tag, o.oldest_client_version FROM organisation g \
    LEFT JOIN attachment a ON a.organisation = g.name LEFT JOIN office o ON o.name = a.office";

impl SqlStore {
    pub(in super::super) async fn create_organisation(
        &self,
        name: &Name,
        title: &str,
    ) -> Result<(), StoreError> {
        let location = self.installation.organisation(name);
        let now = self.now().await?;
        let create = async {
            let mut tx = self.registry.write_alone().await?;
            let taken: i64 = sql::query_scalar("SELECT count(*) FROM organisation WHERE name = $1")
                .bind(name.as_str())
                .fetch_one(&mut tx)
                .await?;
            if taken > 0 {
                return Err(StoreError::NameTaken { what: "organisation", name: name.to_string() }.into());
            }
            let tag = format!("{:08x}", rand::random::<u32>());
            // The database comes first: a registry row without one would be an organisation that cannot work.
            let (part, ground) = (Part::Organisation, Ground::Beside);
            new_database::make(&self.installation, &location, part, ground, &tag, now).await?;
            sql::query("INSERT INTO organisation (name, title, tag, created_at) VALUES ($1, $2, $3, $4)")
                .bind(name.as_str())
                .bind(title)
                .bind(tag)
                .bind(now.unix_ms())
                .execute(&mut tx)
                .await?;
            Ok(tx.commit().await?)
        };
        create.await.map_err(|fault: Fault| fault.at("making an organisation", &self.registry))
    }

    pub(in super::super) async fn organisation(&self, name: &Name) -> Result<Option<Home>, StoreError> {
        self.home("g.name = $1", name.as_str()).await
    }

    pub(in super::super) async fn organisation_by_tag(&self, tag: &str) -> Result<Option<Home>, StoreError> {
        self.home("g.tag = $1", tag).await
    }

    async fn home(&self, which: &'static str, key: &str) -> Result<Option<Home>, StoreError> {
        let read = async {
            let mut tx = self.registry.glance().await?;
            let query = sqlx::AssertSqlSafe(format!("{HOME} WHERE {which}"));
            let row = sql::query(query).bind(key).fetch_optional(&mut tx).await?;
            row.map(|row| home(&row)).transpose()
        };
        read.await.map_err(|fault: Fault| fault.at("looking up an organisation", &self.registry))
    }

    /// An administrator's command names an organisation that must be there.
    pub(in super::super) async fn known_organisation(&self, name: &Name) -> Result<Home, StoreError> {
        let unknown = || StoreError::Unknown { what: "organisation", name: name.to_string() };
        self.organisation(name).await?.ok_or_else(unknown)
    }

    pub(in super::super) async fn organisations(&self) -> Result<Vec<OrganisationOverview>, StoreError> {
        let read = async {
            let mut tx = self.registry.read().await?;
            let query = sqlx::AssertSqlSafe(format!("{HOME} ORDER BY g.name"));
            let rows = sql::query(query).fetch_all(&mut tx).await?;
            rows.iter().map(home).collect::<Result<Vec<_>, Fault>>()
        };
        let homes = read.await.map_err(|fault: Fault| fault.at("listing organisations", &self.registry))?;
        let mut list = Vec::with_capacity(homes.len());
        for Home { name, title, .. } in homes {
            let office = match self.office_of(&name).await? {
                Some(office) => Some(self.overview(office).await?),
                None => None,
            };
            let (users, own) = match self.organisation_database(&name).await {
                Ok(database) => {
                    let count = people::count(&database).await;
                    (Some(count.map_err(|fault| fault.at("counting users", &database))?), None)
                }
                Err(StoreError::Unavailable { why, .. }) => (None, Some(why)),
                Err(error) => return Err(error),
            };
            let unavailable = own.or_else(|| match &office {
                None => Some(Unavailable::NoneAttached),
                Some(office) => office.unavailable.clone(),
            });
            list.push(OrganisationOverview { name, title, users, office, unavailable });
        }
        Ok(list)
    }
}

fn home(row: &Row) -> Result<Home, Fault> {
    let name: String = row.try_get("name")?;
    Ok(Home {
        name: stored(&name, "organisation", &name)?,
        title: row.try_get("title")?,
        tag: row.try_get("tag")?,
        oldest_client: oldest_client(row, &name)?,
    })
}
