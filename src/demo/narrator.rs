//! Says each step as it happens, with its time.

use std::{
    io::Write,
    sync::{Arc, Mutex, PoisonError},
};

use restante_l10n::{Value, Words, isolate, local, one_line};
use restante_model::{Clock, SystemClock};

/// Tells the story on stdout.
#[derive(Clone)]
pub(crate) struct Narrator {
    pub(crate) words: Arc<Words>,
    /// One line at a time, from whichever part of the story.
    out: Arc<Mutex<std::io::Stdout>>,
}

impl Narrator {
    pub(crate) fn new(words: Arc<Words>) -> Self {
        Self { words, out: Arc::new(Mutex::new(std::io::stdout())) }
    }

    /// A line of introduction, without a time.
    pub(crate) fn say(&self, key: &str, values: &[(&str, Value<'_>)]) {
        self.line(&self.words.with(key, values));
    }

    /// A line as it is: a command to copy.
    pub(crate) fn line(&self, line: &str) {
        let mut out = self.out.lock().unwrap_or_else(PoisonError::into_inner);
        // Whoever listens may have heard enough; mail goes on.
        let _ = writeln!(out, "{line}");
        let _ = out.flush();
    }

    /// Something happened now.
    pub(crate) fn tell(&self, key: &str, values: &[(&str, Value<'_>)]) {
        let now = local(SystemClock.now().to_date_time());
        let said = self.words.with(key, values);
        self.line(&format!("{:02}:{:02}:{:02}  {said}", now.hour(), now.minute(), now.second()));
    }
}

/// A person's words inside a sentence of ours.
pub(crate) fn quoted(text: &str) -> String {
    isolate(&one_line(text))
}
