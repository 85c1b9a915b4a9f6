//! Rows that the agent gives a page at a time, as many as a command may show.

use clap::Args;
use restante_l10n::Value;
use restante_local_api::{ClientError, model::MessageId};

use crate::{failure::Failure, message_id, session::Session, table::Table};

/// The most rows that the agent is asked for at once.
const PAGE: u32 = 500;

#[derive(Clone, Copy, Debug, Args)]
pub(super) struct Limit {
    /// At most so many
    #[arg(long, short = 'n', value_name = "NUMBER", default_value_t = 50)]
    pub(super) limit: u32,
}

/// Rows, and what to give as `before` for those that follow.
pub(super) type Rows<T> = (Vec<T>, Option<String>);

/// As many pages as the limit takes, as one; `ask` is given `before` and how many.
pub(super) async fn rows<T>(
    limit: u32,
    ask: impl AsyncFn(Option<String>, u32) -> Result<Rows<T>, ClientError>,
) -> Result<Rows<T>, Failure> {
    let (mut all, mut next_before) = (Vec::new(), None);
    let mut left = limit;
    while left > 0 {
        let (rows, next) = ask(next_before, left.min(PAGE)).await?;
        left = left.saturating_sub(u32::try_from(rows.len()).unwrap_or(u32::MAX));
        all.extend(rows);
        next_before = next;
        if next_before.is_none() {
            break;
        }
    }
    Ok((all, next_before))
}

/// Scripts that read tables get the whole id; people need its end only.
pub(super) fn id(session: &Session<'_, '_>, id: MessageId) -> String {
    if session.columns().is_some() { message_id::short(id) } else { id.to_string() }
}

/// A table of so many rows; where there are more, how to see them.
pub(super) fn print(
    session: &mut Session<'_, '_>,
    table: &Table,
    count: usize,
    more: bool,
) -> Result<(), Failure> {
    for line in table.lines(session.columns()) {
        session.line(&line)?;
    }
    if more {
        session.note(&session.words.with("cli-more", &[("count", Value::Number(count as u64))]));
    }
    Ok(())
}
