//! What came back from the server's address: our server's answer, our server's refusal, or neither.

mod no_answer;
#[cfg(test)]
mod tests;

use reqwest::{Response, StatusCode, header};
use restante_engine::event::ServerError;
use restante_l10n::{Value, Words};
use restante_server_api::Problem;
use serde::de::DeserializeOwned;

use crate::problems;

/// More than any answer of ours: a page of changes is 4 MiB of text, which JSON may double.
const MAX_ANSWER_BYTES: usize = 16 * 1024 * 1024;

/// A successful answer with a body of ours.
pub(crate) async fn body<T: DeserializeOwned>(answer: Response, words: &Words) -> Result<T, ServerError> {
    let answer = good(answer, words).await?;
    if !is_json(&answer) {
        return Err(not_ours(answer.status(), "no JSON", words));
    }
    let status = answer.status();
    let bytes = bytes(answer, words).await?;
    serde_json::from_slice(&bytes).map_err(|error| not_ours(status, &error.to_string(), words))
}

/// A successful answer that has nothing to say. A captive portal's page with 200 is none.
pub(crate) async fn done(answer: Response, words: &Words) -> Result<(), ServerError> {
    let answer = good(answer, words).await?;
    if answer.status() == StatusCode::NO_CONTENT || is_json(&answer) {
        return Ok(());
    }
    Err(not_ours(answer.status(), "no JSON", words))
}

/// No answer at all.
pub(crate) fn none(error: &reqwest::Error, words: &Words) -> ServerError {
    ServerError::Unreachable(no_answer::said(error, words))
}

async fn good(answer: Response, words: &Words) -> Result<Response, ServerError> {
    let status = answer.status();
    if status.is_success() {
        return Ok(answer);
    }
    let media_type = answer.headers().get(header::CONTENT_TYPE).and_then(|it| it.to_str().ok());
    if !media_type.is_some_and(|it| it.starts_with(Problem::MEDIA_TYPE)) {
        return Err(not_ours(status, "no problem+json", words));
    }
    let retry_after_seconds = retry_after_seconds(&answer);
    match serde_json::from_slice::<Problem>(&bytes(answer, words).await?) {
        Ok(problem) => {
            let retry_after_seconds = problem.retry_after_seconds.or(retry_after_seconds);
            let problem = problems::of_server(Problem { retry_after_seconds, ..problem }, words);
            Err(ServerError::Refused(Box::new(problem)))
        }
        Err(error) => Err(not_ours(status, &error.to_string(), words)),
    }
}

/// The header Retry-After in seconds, which is how our server writes it.
fn retry_after_seconds(answer: &Response) -> Option<u64> {
    answer.headers().get(header::RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()
}

fn is_json(answer: &Response) -> bool {
    let media_type = answer.headers().get(header::CONTENT_TYPE).and_then(|it| it.to_str().ok());
    media_type.is_some_and(|it| it.starts_with("application/json"))
}

async fn bytes(mut answer: Response, words: &Words) -> Result<Vec<u8>, ServerError> {
    let mut bytes = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(|error| none(&error, words))? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > MAX_ANSWER_BYTES {
            return Err(not_ours(answer.status(), "an answer without end", words));
        }
    }
    Ok(bytes)
}

fn not_ours(status: StatusCode, why: &str, words: &Words) -> ServerError {
    let why = format!("{status}, {why}");
    ServerError::Unreachable(words.with("server-not-ours", &[("why", Value::Text(&why))]))
}
