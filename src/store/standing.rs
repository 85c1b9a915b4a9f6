//! How long a server may believe what it was told: so that "anything new?" needs no database.
//!
//! A server remembers answers and forgets them for three reasons: its own calls say what they changed
//! ([`Touched`] and the rest of their answers), [`News`] say what others changed, and [`Standing`] says
//! whether anybody could have changed something of which no news came.

use std::sync::Arc;

use restante_model::Timestamp;

use crate::{Owner, Touched};

/// Where this store stands towards those who write beside it. What was read between two looks that
/// show the same `number` still holds, but for what this store's own methods changed and what [`News`]
/// have told. Whoever remembers an answer looks before he asks for it, and again before he believes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Another one whenever something may have changed unheard.
    pub number: u64,
    /// The latest that the databases' clock can show: what expires by then may have expired.
    pub latest_now: Timestamp,
}

/// What others did with these databases.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum News {
    /// Mailboxes changed.
    Touched(Vec<Touched>),
    /// Something about a user changed: his devices, his settings, whether he may sign in.
    User(Owner),
    /// Anything may have changed.
    Everything,
}

impl News {
    /// Of nothing that anybody remembers.
    pub(crate) const NOTHING: Self = Self::Touched(Vec::new());
}

/// Who hears news. Called by the store at once, before it says anything else; it does not block.
pub type NewsListener = Arc<dyn Fn(News) + Send + Sync>;
