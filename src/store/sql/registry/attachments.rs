//! Which organisation has which post office.

use restante_model::Name;

use super::{Fault, OFFICE, Office, SqlStore, Tx, office, stored, unsigned};
use crate::{OfficeOverview, OfficeTerms, Refusal, StoreError, Unavailable, sql};

/// What an organisation's post office says of settings.
pub(in super::super) struct HomeTerms {
    pub(in super::super) terms: OfficeTerms,
    pub(in super::super) settings_revision: u64,
}

impl SqlStore {
    pub(in super::super) async fn attach(
        &self,
        office: &Name,
        organisation: &Name,
    ) -> Result<OfficeOverview, StoreError> {
        self.known_organisation(organisation).await?;
        let overview = self.known_office(office).await?;
        if let Some(why) = overview.unavailable {
            let office = office.to_string();
            return Err(StoreError::Refused(Refusal::OfficeUnavailable { office, why }));
        }
        let now = self.now().await?;
        let write = async {
            let mut tx = self.registry.write_alone().await?;
            sql::query(
                "INSERT INTO attachment (organisation, office, attached_at) VALUES ($1, $2, $3) \
                 ON CONFLICT (organisation) DO UPDATE SET office = excluded.office, attached_at = excluded.attached_at",
            )
            .bind(organisation.as_str())
            .bind(office.as_str())
            .bind(now.unix_ms())
            .execute(&mut tx)
            .await?;
            settings_changed(&mut tx, organisation).await?;
            Ok(tx.commit().await?)
        };
        write.await.map_err(|fault: Fault| fault.at("attaching a post office", &self.registry))?;
        self.known_office(office).await
    }

    pub(in super::super) async fn detach(&self, organisation: &Name) -> Result<Option<Name>, StoreError> {
        self.known_organisation(organisation).await?;
        let write = async {
            let mut tx = self.registry.write_alone().await?;
            let office: Option<String> =
                sql::query_scalar("DELETE FROM attachment WHERE organisation = $1 RETURNING office")
                    .bind(organisation.as_str())
                    .fetch_optional(&mut tx)
                    .await?;
            settings_changed(&mut tx, organisation).await?;
            tx.commit().await?;
            office.map(|name| stored(&name, "attachment", organisation)).transpose()
        };
        write.await.map_err(|fault: Fault| fault.at("detaching a post office", &self.registry))
    }

    /// The organisation's post office, where it has one.
    pub(in super::super) async fn office_of(
        &self,
        organisation: &Name,
    ) -> Result<Option<Office>, StoreError> {
        let read = async {
            let mut tx = self.registry.glance().await?;
            let query = format!("{OFFICE} JOIN attachment a ON a.office = o.name WHERE a.organisation = $1");
            let row = sql::query(sqlx::AssertSqlSafe(query))
                .bind(organisation.as_str())
                .fetch_optional(&mut tx)
                .await?;
            row.map(|row| office(&row)).transpose()
        };
        read.await.map_err(|fault: Fault| fault.at("looking up a post office", &self.registry))
    }

    /// What the organisation's post office says of settings.
    pub(in super::super) async fn home_terms(&self, organisation: &Name) -> Result<HomeTerms, StoreError> {
        let unavailable = StoreError::Unavailable {
            organisation: organisation.to_string(),
            why: Unavailable::NoneAttached,
        };
        let terms = self.office_of(organisation).await?.ok_or(unavailable)?.terms;
        let read = async {
            let mut tx = self.registry.read().await?;
            let revision: i64 =
                sql::query_scalar("SELECT settings_revision FROM organisation WHERE name = $1")
                    .bind(organisation.as_str())
                    .fetch_one(&mut tx)
                    .await?;
            unsigned(revision, "organisation", organisation)
        };
        let settings_revision =
            read.await.map_err(|fault: Fault| fault.at("reading settings", &self.registry))?;
        Ok(HomeTerms { terms, settings_revision })
    }

    /// The organisations that have a post office.
    pub(in super::super) async fn attached_organisations(&self) -> Result<Vec<Name>, StoreError> {
        let read = async {
            let mut tx = self.registry.read().await?;
            // One organisation for each office is enough: mail of all of them lies in the same tables.
            let query = "SELECT min(organisation) FROM attachment GROUP BY office";
            let names: Vec<String> = sql::query_scalar(query).fetch_all(&mut tx).await?;
            names.iter().map(|name| stored(name, "attachment", name)).collect::<Result<Vec<_>, Fault>>()
        };
        read.await.map_err(|fault: Fault| fault.at("listing attachments", &self.registry))
    }
}

async fn settings_changed(tx: &mut Tx, organisation: &Name) -> Result<(), Fault> {
    sql::query("UPDATE organisation SET settings_revision = settings_revision + 1 WHERE name = $1")
        .bind(organisation.as_str())
        .execute(tx)
        .await?;
    Ok(())
}
