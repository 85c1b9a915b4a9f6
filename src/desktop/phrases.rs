//! What the windows say: rows, sentences and marks, put together from what the agent told.
//!
//! Everything that other people wrote passes through [`line`] on its way into a window.

mod list;
mod reading;
mod status;

use restante_l10n::{Value, Words, isolate, local, moment, one_line};
use restante_local_api::{
    ClientError, Message,
    model::{LetterProblem, Person, Timestamp},
};

pub(crate) use self::{
    list::{entry, folder},
    reading::{may_be_retracted, reading},
    status::{no_agent, status_line},
};
use crate::ui::OtherMail;

/// Other people's text for one line of a window.
pub(crate) fn line(text: &str) -> String {
    isolate(&one_line(text))
}

/// Other important messages under the first one.
pub(crate) fn other(words: &Words, now: Timestamp, message: &Message) -> OtherMail {
    let (who, subject) = (line(name(&message.row.from)), subject(words, &message.row.subject));
    let when = moment_of(words, now, message.row.sent_at);
    let spoken = format!("{who}, {subject}, {when}");
    OtherMail { who: who.into(), subject: subject.into(), when: when.into(), spoken: spoken.into() }
}

/// The subject for a line of a window.
pub(crate) fn subject(words: &Words, subject: &str) -> String {
    isolate(&bare_subject(words, subject))
}

/// The same before it is isolated.
fn bare_subject(words: &Words, subject: &str) -> String {
    let said = one_line(subject);
    if said.is_empty() { words.text("no-subject") } else { said }
}

/// What to call a person.
pub(crate) fn name(person: &Person) -> &str {
    if person.name.is_empty() { person.login.as_str() } else { &person.name }
}

/// A moment in a sentence.
pub(crate) fn moment_of(words: &Words, now: Timestamp, at: Timestamp) -> String {
    moment(words, local(at.to_date_time()), local(now.to_date_time()))
}

/// What is wrong with a letter, in the words for the field where it is said.
pub(crate) fn letter_problem(words: &Words, problem: LetterProblem) -> String {
    words.text(match problem {
        LetterProblem::NoRecipient => "problem-no-recipient",
        LetterProblem::TooManyRecipients => "problem-too-many-recipients",
        LetterProblem::SubjectTooLong => "problem-subject-too-long",
        LetterProblem::SubjectControl => "problem-subject-control",
        LetterProblem::BodyTooLong => "problem-body-too-long",
        LetterProblem::BodyControl => "problem-body-control",
    })
}

/// Why an exchange with the agent came to nothing, for the middle of a sentence.
pub(crate) fn why(words: &Words, error: &ClientError) -> String {
    match error {
        ClientError::NotRunning(_) => words.text("problem-agent-away"),
        ClientError::Refused(problem) => match &problem.hint {
            None => problem.detail.clone(),
            Some(hint) => format!("{} ({hint})", problem.detail),
        },
        ClientError::Broken(what) => words.with("cli-broken", &[("why", Value::Text(what))]),
    }
}

/// "Anna, Boris" or "Anna, Boris, Clara and 4 more".
fn names(words: &Words, people: &[Person], most: usize) -> String {
    if people.is_empty() {
        return words.text("no-recipient");
    }
    let said: Vec<String> = people.iter().take(most).map(|person| line(name(person))).collect();
    let said = said.join(", ");
    match people.len().saturating_sub(most) {
        0 => said,
        more => {
            words.with("and-more", &[("first", Value::Text(&said)), ("count", Value::Number(more as u64))])
        }
    }
}

#[cfg(test)]
mod tests;
