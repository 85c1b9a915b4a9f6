//! The robot colleague: reads what comes and answers it, like anyone else, through his agent.

use restante_l10n::Value;
use restante_model::{Folder, Importance, Person};

use crate::{narrator::Narrator, people::Someone};

/// Answers every message, until the agent ends.
pub(crate) async fn answer_all(robot: &Someone, narrator: &Narrator) -> anyhow::Result<()> {
    let mut events = robot.client.events().await?;
    while let Some(status) = events.next().await {
        if status.unread == 0 {
            continue;
        }
        for row in robot.client.folder(Folder::Inbox, None, 100, true).await?.messages {
            robot.client.mark_read(row.id).await?;
            answer(robot, narrator, &row.from, &row.subject).await?;
        }
    }
    Ok(())
}

async fn answer(robot: &Someone, narrator: &Narrator, to: &Person, subject: &str) -> anyhow::Result<()> {
    let subject = match subject.strip_prefix("Re: ") {
        Some(_) => subject.to_owned(),
        None => narrator.words.with("demo-answer-subject", &[("subject", Value::Text(subject))]),
    };
    let body = narrator.words.text("demo-answer-body");
    robot.write(to, subject, body, Importance::Normal).await.map(drop)
}
