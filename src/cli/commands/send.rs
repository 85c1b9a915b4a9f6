//! `restante send`

use clap::Args;
use restante_local_api::{
    CheckOutcome, ClientError, Connection, LetterId, LocalProblemKind, Mode, RowState, Undo,
    model::{Folder, Importance, Letter, MAX_BODY_BYTES, MessageId, Seconds, Timestamp},
};
use restante_process::Exit;
use uuid::{NoContext, Uuid};

use crate::{failure::Failure, session::Session};

/// The most rows that the agent is asked for at once.
const PAGE: u32 = 500;

/// Send what comes from the input; prints the id once it is safe in the outbox
#[derive(Debug, Args)]
pub(crate) struct Send {
    /// Whom to: logins, separated by commas or each with an option of its own
    #[arg(long, short, value_name = "LOGIN", value_delimiter = ',', required_unless_present = "draft")]
    to: Vec<String>,
    /// One line
    #[arg(long, short, default_value = "", hide_default_value = true)]
    subject: String,
    /// High importance: asks for attention with a window
    #[arg(long)]
    high: bool,
    /// Save it as a draft instead
    #[arg(long, conflicts_with = "wait")]
    draft: bool,
    /// Come back when the server has accepted it
    #[arg(long)]
    wait: bool,
    /// Let it wait so long, such as 10s, so that `restante outbox undo` can take it back
    #[arg(long, value_name = "DURATION", conflicts_with = "draft")]
    undo: Option<Seconds>,
}

impl Send {
    pub(crate) async fn run(self, session: &mut Session<'_, '_>) -> Result<Exit, Failure> {
        let letter = Letter {
            to: recipients(&self.to),
            subject: self.subject,
            body: text(session)?,
            importance: if self.high { Importance::High } else { Importance::Normal },
        };
        let id = new_id(session.now());
        if self.draft {
            let saved = session.client.save_draft(id, &letter, None).await?;
            print_id(session, saved)?;
            return Ok(Exit::Done);
        }
        // An id given back is a promise kept by the ledger, so it is printed before any waiting.
        let sent = session.client.send(id, &letter, undo(self.undo)).await?;
        print_id(session, sent)?;
        if self.wait {
            until_accepted(session, id).await?;
        }
        Ok(Exit::Done)
    }
}

/// On the command line a letter goes at once, unless it is asked to wait.
pub(crate) fn undo(asked: Option<Seconds>) -> Undo {
    asked.map_or(Undo::AtOnce, Undo::Seconds)
}

/// A `UUIDv7`: a new letter's id is made by whoever writes it, so that sending again sends the same.
fn new_id(now: Timestamp) -> MessageId {
    let (seconds, milliseconds) = (now.unix_ms().div_euclid(1000), now.unix_ms().rem_euclid(1000));
    let seconds = u64::try_from(seconds).unwrap_or(0);
    let nanoseconds = u32::try_from(milliseconds * 1_000_000).unwrap_or(0);
    MessageId::from_uuid(Uuid::new_v7(uuid::Timestamp::from_unix(NoContext, seconds, nanoseconds)))
}

/// The recipients as meant: `--to "anna, boris,"` names two.
pub(crate) fn recipients(typed: &[String]) -> Vec<String> {
    typed.iter().map(|login| login.trim()).filter(|login| !login.is_empty()).map(str::to_owned).collect()
}

/// The letter's text from the input, as it is.
pub(crate) fn text(session: &mut Session<'_, '_>) -> Result<String, Failure> {
    if session.input_is_terminal() {
        session.note(&session.words.text("cli-type-text"));
    }
    let bytes = session.input(MAX_BODY_BYTES)?;
    if bytes.len() > MAX_BODY_BYTES {
        return Err(Failure::TextTooLong);
    }
    String::from_utf8(bytes).map_err(|_| Failure::NotUtf8)
}

pub(crate) fn print_id(session: &mut Session<'_, '_>, letter: LetterId) -> Result<(), Failure> {
    if session.json { session.object(&letter) } else { session.line(&letter.id.to_string()) }
}

/// Comes back when the letter has left the outbox. Where it lies there because the server cannot be
/// had, one check tells whether that is still so, rather than waiting for it for ever.
pub(crate) async fn until_accepted(session: &mut Session<'_, '_>, id: MessageId) -> Result<(), Failure> {
    let mut events = session.client.events().await?;
    let mut checked = false;
    while let Some(status) = events.next().await {
        let Some(state) = in_outbox(session, id).await? else { return accepted(session, id).await };
        match state {
            Waiting::Refused(why) => return Err(Failure::LetterRefused(why)),
            Waiting::UnderWay => continue,
            Waiting::Still => {}
        }
        if status.mode == Mode::Offline {
            return Err(Failure::LetterWaits(Box::new(Failure::Offline)));
        }
        let trouble = !matches!(status.connection, Connection::Ok | Connection::Untried);
        if !trouble || checked {
            continue;
        }
        checked = true;
        let Some(check) = session.client.check(true).await?.check else { continue };
        match in_outbox(session, id).await? {
            None => return accepted(session, id).await,
            Some(Waiting::Refused(why)) => return Err(Failure::LetterRefused(why)),
            Some(Waiting::UnderWay) => {}
            Some(Waiting::Still) if check.outcome == CheckOutcome::Ok => {}
            Some(Waiting::Still) => {
                let detail = session.client.status().await?.connection_detail;
                return Err(Failure::LetterWaits(Box::new(Failure::Check(check.outcome, detail))));
            }
        }
    }
    Err(Failure::AgentEnded)
}

/// A letter that has left the outbox is with the server, unless somebody took it back.
async fn accepted(session: &Session<'_, '_>, id: MessageId) -> Result<(), Failure> {
    match session.client.message(id).await {
        // What the post office has accepted expires one day.
        Ok(message) if message.expires_at.is_some() => Ok(()),
        Ok(_) => Err(Failure::LetterTakenBack),
        Err(ClientError::Refused(problem)) if problem.code == LocalProblemKind::NotFound => {
            Err(Failure::LetterTakenBack)
        }
        Err(error) => Err(error.into()),
    }
}

/// What a letter in the outbox waits for.
enum Waiting {
    Refused(String),
    UnderWay,
    Still,
}

/// The letter's state in the outbox; `None` once it has left.
async fn in_outbox(session: &Session<'_, '_>, id: MessageId) -> Result<Option<Waiting>, Failure> {
    let mut before: Option<String> = None;
    loop {
        let page = session.client.folder(Folder::Outbox, before.as_deref(), PAGE, false).await?;
        if let Some(row) = page.messages.into_iter().find(|row| row.id == id) {
            return Ok(Some(match row.state {
                RowState::Refused => Waiting::Refused(row.refused.unwrap_or_default()),
                RowState::Sending => Waiting::UnderWay,
                _ => Waiting::Still,
            }));
        }
        before = page.next_before;
        if before.is_none() {
            return Ok(None);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_sort_by_the_time_they_were_made() {
        let (early, late) =
            (Timestamp::from_unix_ms(1_795_000_000_001), Timestamp::from_unix_ms(1_795_000_000_002));
        assert!(new_id(early) < new_id(late));
        assert_eq!(new_id(early).uuid().get_version_num(), 7);
        assert_ne!(new_id(early), new_id(early));
    }

    #[test]
    fn recipients_are_what_stands_between_the_commas() {
        let typed = ["anna", " boris ", ""].map(str::to_owned).to_vec();
        assert_eq!(recipients(&typed), ["anna", "boris"]);
    }
}
