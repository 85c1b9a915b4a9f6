//! What a poll asks: answered from memory where that is believed, and remembered where it was not known.

use super::Remembering;
use crate::{ChangesQuery, Checked, Enrolled, News, Owner, Settings, StoreError};

impl Remembering {
    pub(super) async fn remembered_token(
        &self,
        organisation_tag: &str,
        token_sum: &[u8; 32],
    ) -> Result<Option<Enrolled>, StoreError> {
        let Some(standing) = self.store.standing() else {
            return self.store.device_by_token_sum(organisation_tag, token_sum).await;
        };
        if let Some(enrolled) = self.memory.token(standing, organisation_tag, token_sum) {
            return Ok(Some(enrolled));
        }
        let ticket = self.memory.ask_token(standing, *token_sum);
        let enrolled = self.store.device_by_token_sum(organisation_tag, token_sum).await?;
        if let Some(enrolled) = &enrolled {
            self.memory.learn_token(ticket, token_sum, enrolled);
        }
        Ok(enrolled)
    }

    pub(super) async fn remembered_settings(&self, user: &Owner) -> Result<Settings, StoreError> {
        let Some(standing) = self.store.standing() else { return self.store.settings(user).await };
        if let Some(settings) = self.memory.settings(standing, user) {
            return Ok(settings);
        }
        let ticket = self.memory.ask_settings(standing, user);
        let settings = self.store.settings(user).await?;
        self.memory.learn_settings(ticket, user, &settings);
        Ok(settings)
    }

    pub(super) async fn remembered_changes(
        &self,
        owner: &Owner,
        query: &ChangesQuery,
    ) -> Result<Checked, StoreError> {
        let standing = self.store.standing();
        let known = standing.and_then(|standing| self.memory.unchanged(standing, owner, query));
        if let Some(checked) = known {
            return Ok(checked);
        }
        let ticket = standing.map(|standing| self.memory.ask_changes(standing, owner));
        let (whose, asked) = (owner.clone(), query.clone());
        let checked = self
            .tell(
                |store| async move { store.changes(&whose, &asked).await },
                |checked| News::Touched(checked.expired.clone()),
            )
            .await?;
        if let Some(ticket) = ticket {
            self.memory.learn_changes(ticket, owner, &checked);
        }
        Ok(checked)
    }
}
