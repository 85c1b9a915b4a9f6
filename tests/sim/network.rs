//! The way between agents and the server, and what becomes of requests and answers on it.

use axum::{
    body::Bytes,
    http::{HeaderMap, HeaderValue, StatusCode, header},
};
use restante_engine::Event;
use restante_server_api::{Problem, ProblemKind};

use crate::{
    agenda::Happening,
    exchange::Fate,
    marks::Mark,
    office::{MINUTE_MS, Office},
    post_office::{Answered, Sent},
};

/// How long an agent waits for an answer that does not come.
const PATIENCE_MS: i64 = 60_000;

impl Office {
    /// What becomes of the next exchange.
    pub(crate) fn fate(&mut self) -> Fate {
        if self.calm || !self.troubles.network || !self.chance.one_in(8) {
            return Fate::Fine;
        }
        self.chance.pick(&[
            Fate::RequestLost,
            Fate::AnswerLost,
            Fate::AnswerLost,
            Fate::AnswerLate,
            Fate::AnswerCut,
            Fate::RequestDoubled,
            Fate::Portal,
            Fate::ServerFailed,
            Fate::ServerBusy,
        ])
    }

    pub(crate) fn request_arrives(&mut self, number: u64) {
        if let Some(sent) = self.doubles.remove(&number) {
            self.marks.hit(Mark::RequestDoubled);
            self.serve(&sent);
            return;
        }
        let Some(exchange) = self.exchanges.get(&number) else { return };
        let (sent, fate, what) = (exchange.sent.clone(), exchange.fate, exchange.what);
        let (answered, wait_ms) = match fate {
            Fate::RequestLost => (None, PATIENCE_MS),
            Fate::Portal | Fate::ServerFailed | Fate::ServerBusy => (Some(others_answer(fate)), 50),
            Fate::Fine | Fate::RequestDoubled => (self.serve(&sent), self.chance.ms(1, 200)),
            Fate::AnswerLost => {
                self.serve(&sent);
                (None, PATIENCE_MS)
            }
            Fate::AnswerLate => (self.serve(&sent), self.chance.ms(5_000, 50_000)),
            Fate::AnswerCut => {
                let cut = |mut answered: Answered| {
                    answered.body.truncate(answered.body.len() / 2);
                    answered
                };
                (self.serve(&sent).map(cut), 100)
            }
        };
        if fate == Fate::RequestDoubled {
            let double = self.number();
            self.doubles.insert(double, sent);
            let ms = self.chance.ms(1, 5 * MINUTE_MS);
            self.agenda.after(ms, Happening::RequestArrives(double));
        }
        self.note(|_| {
            let status = answered.as_ref().map(|answered| answered.status.as_u16());
            format!("server: {what} {fate:?} -> {status:?}")
        });
        if let Some(exchange) = self.exchanges.get_mut(&number) {
            exchange.answered = answered;
        }
        self.agenda.after(wait_ms, Happening::AnswerArrives(number));
    }

    /// The server answers a request, unless it is killed over it.
    pub(crate) fn serve(&mut self, sent: &Sent) -> Option<Answered> {
        let dies = self.troubles.server_dies && !self.calm;
        if dies && self.server.runs() && self.chance.one_in(120) {
            self.marks.hit(Mark::ServerKilledBefore);
            self.kill_server();
        }
        let Some(answered) = self.server.answer(sent) else {
            self.marks.hit(Mark::ServerDown);
            return None;
        };
        self.see_answer(sent, &answered);
        if dies && self.chance.one_in(120) {
            self.marks.hit(Mark::ServerKilledAfter);
            self.kill_server();
            return None;
        }
        Some(answered)
    }

    pub(crate) fn answer_arrives(&mut self, number: u64) {
        let Some(exchange) = self.exchanges.remove(&number) else { return };
        let (device, fate) = (exchange.device, exchange.fate);
        let failed = match &exchange.answered {
            None => true,
            Some(answered) => {
                fate == Fate::AnswerCut && !answered.body.is_empty()
                    || answered.status.as_u16() >= 400
                    || fate == Fate::Portal
            }
        };
        let refused = exchange.answered.as_ref().is_some_and(|answered| answered.status.as_u16() < 500);
        if let Some(mark) = mark_of(fate) {
            self.marks.hit(mark);
        }
        let given_up = exchange.given_up;
        let event = exchange.end();
        if given_up {
            // Its connection was closed, or its answer was on its way to the loop already.
            if self.chance.one_in(3) {
                self.tell(device, Event::Late(Box::new(event)));
            }
            return;
        }
        self.tell(device, event);
        // Our server's refusal of one letter is an answer of our server; whatever else failed is none.
        if failed && !(refused && fate != Fate::Portal && fate != Fate::AnswerCut) {
            self.look_that_nothing_came(device);
        }
    }
}

/// What somebody else answers in the server's place.
fn others_answer(fate: Fate) -> Answered {
    let (status, media_type, body) = match fate {
        Fate::Portal => (StatusCode::OK, "text/html", "<html>Welcome! Sign in to our network.</html>".into()),
        Fate::ServerFailed => (StatusCode::BAD_GATEWAY, "text/html", "<html>502</html>".into()),
        _ => {
            let mut problem = Problem::new(ProblemKind::Busy, "the store is busy");
            problem.retry_after_seconds = Some(5);
            let body = serde_json::to_vec(&problem).unwrap_or_default();
            (StatusCode::SERVICE_UNAVAILABLE, Problem::MEDIA_TYPE, body)
        }
    };
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    Answered { status, headers, body: Bytes::from(body) }
}

fn mark_of(fate: Fate) -> Option<Mark> {
    match fate {
        // Marked where the second one comes.
        Fate::Fine | Fate::RequestDoubled => None,
        Fate::RequestLost => Some(Mark::RequestLost),
        Fate::AnswerLost => Some(Mark::AnswerLost),
        Fate::AnswerLate => Some(Mark::AnswerLate),
        Fate::AnswerCut => Some(Mark::AnswerCut),
        Fate::Portal => Some(Mark::Portal),
        Fate::ServerFailed => Some(Mark::ServerFailed),
        Fate::ServerBusy => Some(Mark::ServerBusy),
    }
}
