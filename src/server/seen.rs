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
    devices: Mutex<HashMap<(Name, String), Seen>>,
}

impl SeenDevices {
    /// This device asks at this moment; nothing finer than the minute is kept of it.
    pub(crate) fn note(&self, enrolled: &Enrolled, now: Timestamp, client_version: Option<String>) {
        let at = Timestamp::from_unix_ms(now.unix_ms().div_euclid(60_000) * 60_000);
        let device = enrolled.device.id.clone();
        let key = (enrolled.account.organisation.clone(), device.clone());
        let mut devices = self.devices.lock().unwrap_or_else(PoisonError::into_inner);
        devices.insert(key, Seen { device, at, client_version });
    }

    /// What is not written down yet, by organisation; forgotten here.
    pub(crate) fn take(&self) -> HashMap<Name, Vec<Seen>> {
        let devices = std::mem::take(&mut *self.devices.lock().unwrap_or_else(PoisonError::into_inner));
        let mut by_organisation: HashMap<Name, Vec<Seen>> = HashMap::new();
        for ((organisation, _), seen) in devices {
            by_organisation.entry(organisation).or_default().push(seen);
        }
        by_organisation
    }
}
