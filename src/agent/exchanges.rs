//! The exchanges with the server that are under way: each a task that ends with one event.

use restante_engine::Event;
use tokio::{sync::mpsc, task::JoinSet};

/// All that are under way. Dropping it ends them.
pub(crate) struct Exchanges {
    tasks: JoinSet<()>,
    /// Grows when all are given up: an answer of an earlier number comes late.
    generation: u64,
    answers: mpsc::UnboundedSender<Answer>,
}

/// An answer on its way to the loop.
pub(crate) struct Answer {
    generation: u64,
    event: Event,
}

impl Exchanges {
    /// None yet, and where their answers come.
    pub(crate) fn new() -> (Self, mpsc::UnboundedReceiver<Answer>) {
        let (answers, heard) = mpsc::unbounded_channel();
        (Self { tasks: JoinSet::new(), generation: 0, answers }, heard)
    }

    /// Begins one.
    pub(crate) fn begin(&mut self, exchange: impl Future<Output = Event> + Send + 'static) {
        // What has ended leaves the set, or it would grow for as long as the agent lives.
        while self.tasks.try_join_next().is_some() {}
        let (generation, answers) = (self.generation, self.answers.clone());
        self.tasks.spawn(async move {
            // The loop may have ended meanwhile.
            let _ = answers.send(Answer { generation, event: exchange.await });
        });
    }

    /// Ends all that are under way; their connections are closed.
    pub(crate) fn give_up(&mut self) {
        self.tasks.abort_all();
        self.generation += 1;
    }

    /// What the answer tells the engine: `Late`, where its exchange was given up while it was on its way.
    pub(crate) fn heard(&self, answer: Answer) -> Event {
        if answer.generation == self.generation { answer.event } else { Event::Late(Box::new(answer.event)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_answer_that_was_on_its_way_when_all_were_given_up_is_late() {
        let (mut exchanges, mut heard) = Exchanges::new();
        exchanges.begin(std::future::ready(Event::DirectoryPulled(Ok(None))));
        let answer = heard.recv().await.unwrap();
        exchanges.give_up();
        assert!(matches!(exchanges.heard(answer), Event::Late(_)));
        exchanges.begin(std::future::ready(Event::DirectoryPulled(Ok(None))));
        let answer = heard.recv().await.unwrap();
        assert!(matches!(exchanges.heard(answer), Event::DirectoryPulled(_)));
    }

    #[tokio::test]
    async fn an_exchange_that_is_given_up_ends_without_an_answer() {
        let (mut exchanges, mut heard) = Exchanges::new();
        exchanges.begin(std::future::pending());
        exchanges.give_up();
        assert!(exchanges.tasks.join_next().await.unwrap().unwrap_err().is_cancelled());
        assert!(heard.try_recv().is_err());
    }
}
