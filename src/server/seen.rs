//! Which devices asked, kept in memory and written down together: a write for each poll would cost more
//! than the poll.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use restante_model::{Name, Timestamp};
use restante_store::{Enrolled, Seen};

/// The last-seen times not written down yet.
#[derive(Default)]
pub(crate) struct SeenDevices {
    organisations: Mutex<HashMap<Name, HashMap<String, Seen>>>,
}

impl SeenDevices {
    /// This device asks at this moment; nothing finer than the minute is kept of it.
    pub(crate) fn note(&self, enrolled: &Enrolled, now: Timestamp, client_version: Option<&str>) {
        let at = Timestamp::from_unix_ms(now.unix_ms().div_euclid(60_000) * 60_000);
        let (organisation, device) = (&enrolled.account.organisation, &enrolled.device.id);
        let mut organisations = self.organisations.lock().unwrap_or_else(PoisonError::into_inner);
        // One that asks often is noted already, and nothing need be copied.
        let noted = organisations.get_mut(organisation).and_then(|devices| devices.get_mut(device));
        if let Some(seen) = noted.filter(|seen| seen.client_version.as_deref() == client_version) {
            seen.at = at;
            return;
        }
        let client_version = client_version.map(ToOwned::to_owned);
        let seen = Seen { device: device.clone(), at, client_version };
        organisations.entry(organisation.clone()).or_default().insert(device.clone(), seen);
    }

    /// What is not written down yet, by organisation; forgotten here.
    pub(crate) fn take(&self) -> HashMap<Name, Vec<Seen>> {
        let noted = std::mem::take(&mut *self.organisations.lock().unwrap_or_else(PoisonError::into_inner));
        noted.into_iter().map(|(name, devices)| (name, devices.into_values().collect())).collect()
    }
}
