//! Post offices: their rows, and each one's terms.

use std::{path::Path, sync::Arc};

use restante_model::{CheckInterval, IntervalRange, Name, Seconds};

use super::{
    super::mail,
    Fault, Part, Row, SqlStore, Tx,
    new_database::{self, Ground},
    schema, signed, stored, unsigned,
};
use crate::{
    NewOffice, OfficeChange, OfficeOverview, OfficeTerms, OldestClient, Placement, Refusal, StoreError,
    sql::{self, Installation},
};

/// A post office as the registry has it.
pub(in super::super) struct Office {
    name: Name,
    /// Its database has the same.
    pub(in super::super) id: String,
    placement: &'static str,
    pub(in super::super) location: String,
    pub(in super::super) terms: OfficeTerms,
}

pub(super) const OFFICE: &str = "SELECT o.name, o.id, o.placement, o.location, o.check_interval_seconds, \
    o.interval_min_seconds, o.interval_max_seconds, o.interval_locked, o.message_lifetime_seconds, \
    o.expiry_warning_seconds, o.ledger_retention_seconds, o.oldest_client_version FROM office o";

impl SqlStore {
    pub(in super::super) async fn create_office(
        &self,
        new: &NewOffice,
    ) -> Result<OfficeOverview, StoreError> {
        if let Placement::Current { organisation } = &new.placement {
            self.known_organisation(organisation).await?;
            self.organisation_database(organisation).await?;
        }
        let (placement, location, ground) = match &new.placement {
            Placement::Separate { folder: None } => {
                ("separate", self.installation.office(&new.name), Ground::Beside)
            }
            Placement::Separate { folder: Some(folder) } => {
                ("separate", self.location_in(folder)?, Ground::Elsewhere)
            }
            Placement::Elsewhere { url } => {
                if !sql::elsewhere(&url.0) {
                    return Err(StoreError::Refused(Refusal::NoAddressOfPostgres));
                }
                ("separate", url.0.clone(), Ground::Elsewhere)
            }
            Placement::Current { organisation } => {
                ("current", self.installation.organisation(organisation), Ground::Organisation)
            }
        };
        let database = self.database(&location)?;
        let now = self.now().await?;
        let create = async {
            let mut tx = self.registry.write_alone().await?;
            let taken: i64 = sql::query_scalar("SELECT count(*) FROM office WHERE name = $1")
                .bind(new.name.as_str())
                .fetch_one(&mut tx)
                .await?;
            if taken > 0 {
                return Err(StoreError::NameTaken { what: "post office", name: new.name.to_string() }.into());
            }
            let other: Option<String> = sql::query_scalar("SELECT name FROM office WHERE location = $1")
                .bind(&location)
                .fetch_optional(&mut tx)
                .await?;
            if let Some(other) = other {
                let refusal = Refusal::DatabaseTaken { database: database.address(), office: other };
                return Err(StoreError::Refused(refusal).into());
            }
            let id = format!("{:016x}", rand::random::<u64>());
            new_database::make(&self.installation, &location, Part::Office, ground, &id, now).await?;
            insert_office(&mut tx, new, &id, placement, &location, now.unix_ms()).await?;
            Ok(tx.commit().await?)
        };
        create.await.map_err(|fault: Fault| fault.at("making a post office", &self.registry))?;
        self.known_office(&new.name).await
    }

    /// The location of a database's file in a folder that an administrator named.
    fn location_in(&self, folder: &Path) -> Result<String, StoreError> {
        if let Installation::Server(_) = *self.installation {
            return Err(StoreError::Refused(Refusal::FolderBesidePostgres));
        }
        let finding = |source| StoreError::Folder {
            doing: "finding the folder",
            path: folder.to_owned(),
            source: Arc::new(source),
        };
        // Absolute: the next command may run elsewhere.
        let path = std::path::absolute(folder).map_err(finding)?.join("office.db");
        let not_text = || StoreError::Refused(Refusal::PathNotUtf8 { path: folder.to_owned() });
        path.to_str().map(str::to_owned).ok_or_else(not_text)
    }

    pub(super) async fn known_office(&self, name: &Name) -> Result<OfficeOverview, StoreError> {
        let offices = self.offices().await?;
        let unknown = || StoreError::Unknown { what: "post office", name: name.to_string() };
        offices.into_iter().find(|office| office.name == *name).ok_or_else(unknown)
    }

    pub(in super::super) async fn offices(&self) -> Result<Vec<OfficeOverview>, StoreError> {
        let offices = self.all_offices().await?;
        let mut list = Vec::with_capacity(offices.len());
        for office in offices {
            list.push(self.overview(office).await?);
        }
        Ok(list)
    }

    /// The post offices with databases of their own, and where those lie.
    pub(in super::super) async fn separate_offices(&self) -> Result<Vec<(Name, String)>, StoreError> {
        let offices = self.all_offices().await?;
        let separate = offices.into_iter().filter(|office| office.placement == "separate");
        Ok(separate.map(|office| (office.name, office.location)).collect())
    }

    async fn all_offices(&self) -> Result<Vec<Office>, StoreError> {
        let read = async {
            let mut tx = self.registry.read().await?;
            let query = sqlx::AssertSqlSafe(format!("{OFFICE} ORDER BY o.name"));
            let rows = sql::query(query).fetch_all(&mut tx).await?;
            rows.iter().map(office).collect::<Result<Vec<_>, Fault>>()
        };
        read.await.map_err(|fault: Fault| fault.at("listing post offices", &self.registry))
    }

    pub(super) async fn overview(&self, office: Office) -> Result<OfficeOverview, StoreError> {
        let database = self.database(&office.location)?;
        let unavailable = schema::gate(&database, Part::Office, Some(&office.id)).await?;
        let location = database.address();
        let read = async {
            let mut tx = self.registry.read().await?;
            let query = "SELECT organisation FROM attachment WHERE office = $1 ORDER BY organisation";
            let names: Vec<String> =
                sql::query_scalar(query).bind(office.name.as_str()).fetch_all(&mut tx).await?;
            names.iter().map(|name| stored(name, "attachment", name)).collect::<Result<Vec<Name>, Fault>>()
        };
        let organisations =
            read.await.map_err(|fault: Fault| fault.at("listing attachments", &self.registry))?;
        let Office { name, placement, terms, .. } = office;
        Ok(OfficeOverview { name, placement, location, terms, organisations, unavailable })
    }

    pub(in super::super) async fn change_office(
        &self,
        name: &Name,
        change: OfficeChange,
    ) -> Result<OfficeOverview, StoreError> {
        let write = async {
            let mut tx = self.registry.write_alone().await?;
            let query = sqlx::AssertSqlSafe(format!("{OFFICE} WHERE o.name = $1"));
            let row = sql::query(query).bind(name.as_str()).fetch_optional(&mut tx).await?;
            let unknown = || StoreError::Unknown { what: "post office", name: name.to_string() };
            let Office { terms: before, location, .. } = office(&row.ok_or_else(unknown)?)?;
            let terms = match change {
                OfficeChange::All(terms) => terms,
                OfficeChange::CheckInterval(check_interval) => OfficeTerms { check_interval, ..before },
                OfficeChange::MessageLifetime(message_lifetime) => OfficeTerms { message_lifetime, ..before },
                OfficeChange::ExpiryWarning(expiry_warning) => OfficeTerms { expiry_warning, ..before },
                OfficeChange::LedgerRetention(ledger_retention) => OfficeTerms { ledger_retention, ..before },
                OfficeChange::OldestClient(oldest_client) => OfficeTerms { oldest_client, ..before },
                OfficeChange::IntervalRange(interval_range) => OfficeTerms { interval_range, ..before },
                OfficeChange::IntervalLocked(interval_locked) => OfficeTerms { interval_locked, ..before },
            };
            sql::query(
                "UPDATE office SET check_interval_seconds = $2, interval_min_seconds = $3, \
                 interval_max_seconds = $4, interval_locked = $5, message_lifetime_seconds = $6, \
                 expiry_warning_seconds = $7, ledger_retention_seconds = $8, oldest_client_version = $9 WHERE name = $1",
            )
            .bind(name.as_str())
            .bind(signed(terms.check_interval.seconds()))
            .bind(signed(terms.interval_range.min().seconds()))
            .bind(signed(terms.interval_range.max().seconds()))
            .bind(terms.interval_locked)
            .bind(signed(terms.message_lifetime.get()))
            .bind(signed(terms.expiry_warning.get()))
            .bind(signed(terms.ledger_retention.get()))
            .bind(terms.oldest_client.map(|version| version.to_string()))
            .execute(&mut tx)
            .await?;
            sql::query(
                "UPDATE organisation SET settings_revision = settings_revision + 1 \
                 WHERE name IN (SELECT organisation FROM attachment WHERE office = $1)",
            )
            .bind(name.as_str())
            .execute(&mut tx)
            .await?;
            tx.commit().await?;
            Ok((location, terms.message_lifetime != before.message_lifetime))
        };
        let (location, lives_otherwise) =
            write.await.map_err(|fault: Fault| fault.at("changing a post office", &self.registry))?;
        let overview = self.known_office(name).await?;
        // Interrupted before this, the next housekeeping does it.
        if lives_otherwise && overview.unavailable.is_none() {
            let database = self.database(&location)?;
            mail::redate(&database, overview.terms.message_lifetime, self.now().await?)
                .await
                .map_err(|fault| fault.at("dating waiting mail anew", &database))?;
        }
        Ok(overview)
    }
}

async fn insert_office(
    tx: &mut Tx,
    new: &NewOffice,
    id: &str,
    placement: &str,
    location: &str,
    created_at: i64,
) -> Result<(), Fault> {
    sql::query(
        "INSERT INTO office (name, placement, location, check_interval_seconds, interval_min_seconds, \
         interval_max_seconds, interval_locked, message_lifetime_seconds, expiry_warning_seconds, \
         ledger_retention_seconds, oldest_client_version, created_at, id) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
    )
    .bind(new.name.as_str())
    .bind(placement)
    .bind(location)
    .bind(signed(new.terms.check_interval.seconds()))
    .bind(signed(new.terms.interval_range.min().seconds()))
    .bind(signed(new.terms.interval_range.max().seconds()))
    .bind(new.terms.interval_locked)
    .bind(signed(new.terms.message_lifetime.get()))
    .bind(signed(new.terms.expiry_warning.get()))
    .bind(signed(new.terms.ledger_retention.get()))
    .bind(new.terms.oldest_client.map(|version| version.to_string()))
    .bind(created_at)
    .bind(id)
    .execute(tx)
    .await?;
    Ok(())
}

pub(super) fn office(row: &Row) -> Result<Office, Fault> {
    let name: String = row.try_get("name")?;
    let seconds = |column: &str| -> Result<Seconds, Fault> {
        Ok(Seconds::new(unsigned(row.try_get(column)?, "office", &name)?))
    };
    let interval = |column: &str| seconds(column).map(|seconds| CheckInterval::from_seconds(seconds.get()));
    let placement: String = row.try_get("placement")?;
    Ok(Office {
        id: row.try_get("id")?,
        placement: if placement == "current" { "current" } else { "separate" },
        location: row.try_get("location")?,
        terms: OfficeTerms {
            check_interval: interval("check_interval_seconds")?,
            interval_range: IntervalRange::new(
                interval("interval_min_seconds")?,
                interval("interval_max_seconds")?,
            ),
            interval_locked: row.try_get("interval_locked")?,
            message_lifetime: seconds("message_lifetime_seconds")?,
            expiry_warning: seconds("expiry_warning_seconds")?,
            ledger_retention: seconds("ledger_retention_seconds")?,
            oldest_client: oldest_client(row, &name)?,
        },
        name: stored(&name, "office", &name)?,
    })
}

/// The oldest agent that an office serves, of a row of it or of an organisation with it.
pub(super) fn oldest_client(row: &Row, address: &dyn std::fmt::Display) -> Result<OldestClient, Fault> {
    let version: Option<String> = row.try_get("oldest_client_version")?;
    version.map(|version| stored(&version, "office", address)).transpose()
}
