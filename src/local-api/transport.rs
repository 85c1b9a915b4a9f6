//! HTTP over the agent's socket. The socket is the person's own, so nothing is encrypted, and each request has a
//! connection of its own: there is none to break while nobody uses it.

use std::{fmt::Write as _, path::Path, time::Duration};

use http_body_util::{BodyExt as _, Full};
use hyper::{
    Method, StatusCode,
    body::{Bytes, Incoming},
    client::conn::http1,
    header::{CONTENT_TYPE, HOST},
};
use hyper_util::rt::TokioIo;
use serde::{Serialize, de::DeserializeOwned};
use tokio::{net::UnixStream, time::timeout};

use crate::ClientError;

/// A socket answers at once, unless its program hangs.
const CONNECT_TIME_LIMIT: Duration = Duration::from_secs(5);

/// What is asked of the agent.
pub(crate) struct Request {
    method: Method,
    path: String,
    body: Result<Vec<u8>, String>,
}

impl Request {
    pub(crate) fn new(method: Method, path: &str) -> Self {
        Self { method, path: escaped(path), body: Ok(Vec::new()) }
    }

    /// With these parameters behind those that it has.
    pub(crate) fn query(mut self, parameters: &impl Serialize) -> Self {
        match serde_urlencoded::to_string(parameters) {
            Ok(said) => {
                self.path.push(if self.path.contains('?') { '&' } else { '?' });
                self.path.push_str(&said);
            }
            Err(error) => self.body = Err(error.to_string()),
        }
        self
    }

    pub(crate) fn json(mut self, body: &impl Serialize) -> Self {
        self.body = serde_json::to_vec(body).map_err(|error| error.to_string());
        self
    }

    pub(crate) async fn send(self, socket: &Path) -> Result<Answer, ClientError> {
        let body = self.body.map_err(ClientError::Broken)?;
        let request = hyper::Request::builder()
            .method(self.method)
            .uri(self.path)
            .header(HOST, "agent")
            .header(CONTENT_TYPE, "application/json")
            .body(Full::new(Bytes::from(body)))
            .map_err(|error| ClientError::Broken(error.to_string()))?;
        let Ok(Ok(stream)) = timeout(CONNECT_TIME_LIMIT, UnixStream::connect(socket)).await else {
            return Err(ClientError::NotRunning(socket.to_owned()));
        };
        let (mut sender, connection) =
            http1::handshake(TokioIo::new(stream)).await.map_err(|error| broken(&error))?;
        // It ends with the answer, whether that is read to its end or dropped; the answer says what went wrong.
        tokio::spawn(connection);
        let answer = sender.send_request(request).await.map_err(|error| broken(&error))?;
        Ok(Answer { status: answer.status(), body: answer.into_body() })
    }
}

/// What the agent says.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    body: Incoming,
}

impl Answer {
    pub(crate) async fn json<T: DeserializeOwned>(self) -> Result<T, ClientError> {
        let body = self.body.collect().await.map_err(|error| broken(&error))?.to_bytes();
        serde_json::from_slice(&body).map_err(|error| ClientError::Broken(error.to_string()))
    }

    /// The next piece of it; `None` at its end, however it came.
    pub(crate) async fn chunk(&mut self) -> Option<Bytes> {
        loop {
            // What is no data are trailers, which nobody sends here.
            if let Ok(data) = self.body.frame().await?.ok()?.into_data() {
                return Some(data);
            }
        }
    }
}

fn broken(error: &hyper::Error) -> ClientError {
    ClientError::Broken(error.to_string())
}

/// A path in which a person's words may stand, such as a key of the settings (RFC 3986, section 2.1).
fn escaped(path: &str) -> String {
    let mut said = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_graphic() && !b"\"<>\\^`{|}#".contains(&byte) {
            said.push(char::from(byte));
        } else {
            let _ = write!(said, "%{byte:02X}"); // a String takes whatever is written
        }
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_and_its_parameters_hold_whatever_a_person_says() {
        let request = Request::new(Method::GET, "/v1/settings/a b#ё").query(&[("q", "что? да & нет")]);
        assert_eq!(
            request.path,
            "/v1/settings/a%20b%23%D1%91?q=%D1%87%D1%82%D0%BE%3F+%D0%B4%D0%B0+%26+%D0%BD%D0%B5%D1%82"
        );
        assert_eq!(
            Request::new(Method::GET, "/v1/check?wait=true").query(&[("a", 1)]).path,
            "/v1/check?wait=true&a=1"
        );
    }
}
