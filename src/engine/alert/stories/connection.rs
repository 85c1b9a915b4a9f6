//! States of the connection that need a person.

use super::*;

impl Story {
    pub(super) fn refused(&mut self, code: ProblemKind) {
        let problem = Problem::new(code, "ask Vera, room 12");
        self.silent_server = true;
        self.due();
        self.happens(Event::Checked(Err(ServerError::Refused(Box::new(problem)))));
        self.silent_server = false;
    }

    fn connection_popups(&self) -> Vec<Connection> {
        let told = self.contents().into_iter().filter_map(|content| match content {
            PopupContent::Connection { state, .. } => Some(state),
            PopupContent::Message { .. }
            | PopupContent::Summary { .. }
            | PopupContent::ImportantSummary { .. }
            | PopupContent::Expiring { .. } => None,
        });
        told.collect()
    }
}

#[test]
fn a_state_that_needs_a_person_is_told_once() {
    let mut story = Story::signed_in();
    story.refused(ProblemKind::OfficeUnavailable);
    story.refused(ProblemKind::OfficeUnavailable);
    story.reachable = false;
    story.due();
    story.reachable = true;
    story.refused(ProblemKind::OfficeUnavailable);
    assert_eq!(story.connection_popups(), [Connection::OfficeUnavailable]);
    story.refused(ProblemKind::ClientTooOld);
    assert_eq!(story.connection_popups()[1..], [Connection::ClientTooOld]);
    story.done.clear();
    story.due();
    assert!(story.done.iter().any(|it| matches!(it, Effect::WithdrawPopup(_))), "it is over");
    story.refused(ProblemKind::OfficeUnavailable);
    assert_eq!(story.connection_popups(), [Connection::OfficeUnavailable], "and it came again");
}

#[test]
fn a_revoked_token_is_told_once_and_signing_out_not_at_all() {
    let mut story = Story::signed_in();
    story.refused(ProblemKind::Unauthenticated);
    story.due();
    assert_eq!(story.connection_popups(), [Connection::SignedOut]);

    let mut story = Story::signed_in();
    story.says(Ask::Logout);
    assert_eq!(story.connection_popups(), []);
}
