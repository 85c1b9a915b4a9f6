//! The kinds of tables that a database of ours may hold.

/// A kind of tables; several may share one file (an office inside an organisation's database).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Part {
    Registry,
    Organisation,
    Office,
}

impl Part {
    /// The name used in SQL and in messages.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Registry => "registry",
            Self::Organisation => "organisation",
            Self::Office => "office",
        }
    }
}
