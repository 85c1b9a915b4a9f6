//! What came back from the server's address: our server's answer, our server's refusal, or neither.

#[cfg(test)]
mod tests;

use reqwest::{Response, StatusCode, header};
use restante_engine::event::ServerError;
use restante_server_api::Problem;
use serde::de::DeserializeOwned;

/// More than any answer of ours: a page of changes is 4 MiB of text, which JSON may double.
const MAX_ANSWER_BYTES: usize = 16 * 1024 * 1024;

/// A successful answer with a body of ours.
pub(crate) async fn body<T: DeserializeOwned>(answer: Response) -> Result<T, ServerError> {
    let answer = good(answer).await?;
    if !is_json(&answer) {
        return Err(not_ours(answer.status(), "no JSON"));
    }
    let status = answer.status();
    let bytes = bytes(answer).await?;
    serde_json::from_slice(&bytes).map_err(|error| not_ours(status, &error.to_string()))
}

/// A successful answer that has nothing to say. A captive portal's page with 200 is none.
pub(crate) async fn done(answer: Response) -> Result<(), ServerError> {
    let answer = good(answer).await?;
    if answer.status() == StatusCode::NO_CONTENT || is_json(&answer) {
        return Ok(());
    }
    Err(not_ours(answer.status(), "no JSON"))
}

/// No answer at all.
pub(crate) fn none(error: &reqwest::Error) -> ServerError {
    // The last cause says what happened ("Connection refused"), the ones above it only where.
    let mut cause: &dyn std::error::Error = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    let what = if error.is_timeout() { "no answer in time".to_owned() } else { cause.to_string() };
    ServerError::Unreachable(what)
}

async fn good(answer: Response) -> Result<Response, ServerError> {
    let status = answer.status();
    if status.is_success() {
        return Ok(answer);
    }
    let media_type = answer.headers().get(header::CONTENT_TYPE).and_then(|it| it.to_str().ok());
    if !media_type.is_some_and(|it| it.starts_with(Problem::MEDIA_TYPE)) {
        return Err(not_ours(status, "no problem+json"));
    }
    let retry_after_seconds = retry_after_seconds(&answer);
    match serde_json::from_slice::<Problem>(&bytes(answer).await?) {
        Ok(problem) => {
            let retry_after_seconds = problem.retry_after_seconds.or(retry_after_seconds);
            Err(ServerError::Refused(Box::new(Problem { retry_after_seconds, ..problem })))
        }
        Err(error) => Err(not_ours(status, &error.to_string())),
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

async fn bytes(mut answer: Response) -> Result<Vec<u8>, ServerError> {
    let mut bytes = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(|error| none(&error))? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > MAX_ANSWER_BYTES {
            return Err(not_ours(answer.status(), "an answer without end"));
        }
    }
    Ok(bytes)
}

fn not_ours(status: StatusCode, why: &str) -> ServerError {
    ServerError::Unreachable(format!("what answered is not a restante server ({status}, {why})"))
}
