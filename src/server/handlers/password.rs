//! `PUT password`: the user gives himself another one.

use std::sync::Arc;

use axum::{extract::State, http::StatusCode};
use restante_server_api::{ChangePassword, PasswordFault, Problem, ProblemKind, path};

use crate::{
    access::{App, Mailbox},
    admission::{Claim, Denied},
    extract::{From, Json},
    guesses,
    passwords::{PASSWORD_HINT, PasswordProblem},
    problem::Refusal,
};

/// Gives the user another password. His other devices are signed out, unless he wishes to keep them.
#[utoipa::path(put, path = path::PASSWORD, operation_id = "change_password", tag = "identity",
    security(("token" = [])), request_body = ChangePassword,
    responses(
        (status = 204, description = "the new one holds"),
        (status = 401, description = "`wrong_credentials`: the old one is another"),
        (status = 429, description = "`too_many_requests`: wrong passwords; Retry-After says when to come back"),
    ))]
pub(crate) async fn change(
    State(app): State<Arc<App>>,
    From(from): From,
    mailbox: Mailbox,
    Json(wish): Json<ChangePassword>,
) -> Result<StatusCode, Refusal> {
    let account = &mailbox.enrolled.account;
    let key = guesses::account(&account.organisation, &account.person.login);
    let same = wish.new == wish.old;
    let wrong = "the old password is another";
    let claim = Claim { account: key, from, password: wish.old };
    let admitted = app.admit(claim, mailbox.credentials(), |known| known.password_hash.clone()).await;
    let from_hash = admitted.map_err(|denied| denied.refusal(wrong))?.password_hash;
    if same {
        return Err(refused(PasswordFault::Same, "the new password is the old one"));
    }
    let about = [account.person.login.as_str(), &account.person.name, account.organisation.as_str()];
    let about = about.into_iter().map(str::to_owned).collect();
    let to_hash = app
        .passwords
        .hash(wish.new, about)
        .await
        .ok_or_else(|| Denied::Busy.refusal(wrong))?
        .map_err(unacceptable)?;
    // Not from a password that was changed meanwhile.
    if !mailbox.change_password(&from_hash, &to_hash, wish.keep_other_devices).await? {
        return Err(Denied::Wrong.refusal(wrong));
    }
    Ok(StatusCode::NO_CONTENT)
}

fn unacceptable(problem: PasswordProblem) -> Refusal {
    let reason = problem.to_string();
    let fault = match problem {
        PasswordProblem::TooShort(_) => PasswordFault::TooShort,
        PasswordProblem::TooLong => PasswordFault::TooLong,
        PasswordProblem::Common => PasswordFault::Common,
        PasswordProblem::Hash => return Refusal::new(ProblemKind::Internal, reason),
    };
    refused(fault, &reason)
}

fn refused(fault: PasswordFault, reason: &str) -> Refusal {
    let mut problem = Problem::new(ProblemKind::Invalid, reason).with_hint(PASSWORD_HINT);
    problem.password = Some(fault);
    Refusal::from(problem).at("/new", reason)
}
