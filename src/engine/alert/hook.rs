//! The person's own command for new mail.

use super::{Effect, Engine, Result};
use crate::effect::NewMail;

/// More at once than this is a backlog and not news: a first sync must not start thousands of programs.
const MAX_HOOKS: usize = 20;

impl Engine {
    /// Runs the hook for messages that are new and unread, at most once each: written down first, and
    /// written down too where there is no hook, or it would later run for old mail.
    pub(super) fn run_hooks(&mut self) -> Result<Vec<Effect>> {
        let mut here = Vec::new();
        let mut news = Vec::new();
        for id in self.ledger.hooks_due()? {
            // One that was noted before a crash and is not fetched yet waits for its page.
            if !self.cache.has(id)? {
                continue;
            }
            here.push(id);
            if self.settings.hook.is_some() && self.cache.unread_message(id)? {
                news.push(id);
            }
        }
        if news.len() > MAX_HOOKS {
            tracing::info!(new = news.len(), MAX_HOOKS, "the hook runs for the newest messages only");
            news.drain(..news.len() - MAX_HOOKS);
        }
        let mut effects = Vec::new();
        for id in news {
            if let (Some(command), Some(message)) = (&self.settings.hook, self.cache.message(id)?) {
                let about = NewMail {
                    id,
                    from: message.row.from,
                    subject: message.row.subject,
                    importance: message.row.importance,
                };
                effects.push(Effect::RunHook { command: command.clone(), about });
            }
        }
        self.ledger.hooks_done(&here)?;
        Ok(effects)
    }
}
