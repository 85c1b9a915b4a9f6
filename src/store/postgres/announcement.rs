//! What servers on one PostgreSQL tell each other: the text of a notification.

use restante_model::{Login, Name};
use serde::{Deserialize, Serialize};

use crate::{News, Owner, Touched};

/// The channel in each database of an installation.
pub(super) const CHANNEL: &str = "restante";
/// Bytes of one notification; PostgreSQL takes fewer than 8,000
/// (<https://www.postgresql.org/docs/current/sql-notify.html>).
const LONGEST: usize = 7_000;

/// One notification.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Notice {
    /// A server to itself: sent so long after it began to listen, at this time of the database.
    Heartbeat { server: i64, after_us: i64, database_time_ms: i64 },
    /// These mailboxes (organisation, login) are at these numbers.
    Touched(Vec<(Name, Login, u64)>),
    /// Something about this user changed.
    User(Name, Login),
    /// Anything may have changed.
    Everything,
}

impl Notice {
    /// What another build says in words unknown to this one may be anything.
    pub(super) fn read(text: &str) -> Self {
        serde_json::from_str(text).unwrap_or(Self::Everything)
    }

    pub(super) fn text(&self) -> String {
        // Names, numbers and nothing else: no value of these types fails to be written.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// The news in it; none in a heartbeat.
    pub(super) fn news(self) -> Option<News> {
        Some(match self {
            Self::Heartbeat { .. } => return None,
            Self::Touched(mailboxes) => News::Touched(
                mailboxes
                    .into_iter()
                    .map(|(organisation, login, modseq)| Touched {
                        owner: Owner { organisation, login },
                        modseq,
                    })
                    .collect(),
            ),
            Self::User(organisation, login) => News::User(Owner { organisation, login }),
            Self::Everything => News::Everything,
        })
    }
}

/// The notifications by which a transaction tells what it changed: everything, where it did not say.
pub(super) fn texts(news: Option<Vec<News>>) -> Vec<String> {
    let news = news.unwrap_or_else(|| vec![News::Everything]);
    if news.contains(&News::Everything) {
        return vec![Notice::Everything.text()];
    }
    let (mut texts, mut touched) = (Vec::new(), Vec::new());
    for news in news {
        match news {
            News::Touched(more) => touched.extend(more),
            News::User(Owner { organisation, login }) => {
                texts.push(Notice::User(organisation, login).text());
            }
            News::Everything => {}
        }
    }
    let (mut fitting, mut length) = (Vec::new(), 0);
    for Touched { owner: Owner { organisation, login }, modseq } in touched {
        let mailbox = (organisation, login, modseq);
        let more = serde_json::to_string(&mailbox).map_or(0, |text| text.len() + 1);
        if length + more > LONGEST {
            texts.push(Notice::Touched(std::mem::take(&mut fitting)).text());
            length = 0;
        }
        length += more;
        fitting.push(mailbox);
    }
    if !fitting.is_empty() {
        texts.push(Notice::Touched(fitting).text());
    }
    texts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::story::town::owner;

    fn touched(login: &str, modseq: u64) -> Touched {
        Touched { owner: owner(login), modseq }
    }

    #[test]
    fn a_transaction_that_did_not_say_what_it_changed_changed_everything() {
        assert_eq!(texts(None), [Notice::Everything.text()]);
        assert_eq!(texts(Some(Vec::new())), [""; 0]);
        let both = vec![News::Touched(vec![touched("anna", 1)]), News::Everything];
        assert_eq!(texts(Some(both)), [Notice::Everything.text()]);
        assert_eq!(Notice::read("{\"Renamed\": 1}"), Notice::Everything);
    }

    #[test]
    fn ten_thousand_mailboxes_are_told_in_pieces_that_fit() {
        let all: Vec<_> = (0..10_000).map(|number| touched(&format!("user{number}"), number)).collect();
        let texts =
            texts(Some(vec![News::User(owner("anna")), News::Touched(all.clone()), News::Touched(vec![])]));
        assert!(texts.iter().all(|text| text.len() < 8_000), "{:?}", texts.iter().map(String::len).max());
        let mut news = texts.iter().filter_map(|text| Notice::read(text).news());
        assert_eq!(news.next(), Some(News::User(owner("anna"))));
        let told: Vec<_> = news
            .flat_map(|news| match news {
                News::Touched(touched) => touched,
                News::User(_) | News::Everything => panic!("{news:?}"),
            })
            .collect();
        assert_eq!(told, all);
    }
}
