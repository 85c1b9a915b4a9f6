//! The rest of a refused request. A handler may refuse before it has read the body; were the connection
//! closed with that unread, the system would answer the bytes still coming with a reset, and the client
//! would see a broken connection in place of the refusal.

use std::{
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
};

use axum::body::Body as AnyBody;
use http_body_util::BodyExt;
use hyper::{
    Request,
    body::{Body, Bytes, Frame, Incoming, SizeHint},
    header,
};
use restante_server_api::MAX_REQUEST_BYTES;
use tokio::time::{Instant, timeout_at};

/// How much is read and thrown away so that a client gets its answer; who sends more is cut off.
const MAX_LEFTOVER_BYTES: usize = 4 * MAX_REQUEST_BYTES;

/// A request's body, which can be read on once the handler has let go of it.
pub(crate) struct Leftover {
    shared: Arc<Mutex<Shared>>,
    /// The client sends the body only once it is asked for.
    waits_to_be_asked: bool,
}

struct Shared {
    body: Incoming,
    asked: bool,
}

impl Leftover {
    /// Splits a request into one for the handlers and what may be left of it.
    pub(crate) fn of(request: Request<Incoming>) -> (Request<AnyBody>, Self) {
        let waits_to_be_asked = request.headers().contains_key(header::EXPECT);
        let (head, body) = request.into_parts();
        let shared = Arc::new(Mutex::new(Shared { body, asked: false }));
        let request = Request::from_parts(head, AnyBody::new(SharedBody(Arc::clone(&shared))));
        (request, Self { shared, waits_to_be_asked })
    }

    /// Reads what is left until then; `false` where it did not come to its end, so that the connection
    /// cannot carry another request.
    pub(crate) async fn read_until(self, deadline: Instant) -> bool {
        let asked = self.shared.lock().unwrap_or_else(PoisonError::into_inner).asked;
        let mut body = SharedBody(self.shared);
        if body.is_end_stream() {
            return true;
        }
        if self.waits_to_be_asked && !asked {
            return false;
        }
        let mut size = 0_usize;
        loop {
            match timeout_at(deadline, body.frame()).await {
                Ok(None) => return true,
                Ok(Some(Ok(frame))) => size += frame.data_ref().map_or(0, Bytes::len),
                Ok(Some(Err(_))) | Err(_) => return false,
            }
            if size > MAX_LEFTOVER_BYTES {
                return false;
            }
        }
    }
}

struct SharedBody(Arc<Mutex<Shared>>);

impl Body for SharedBody {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        // Handler and reader of the rest never hold it at once: the one begins when the other is done.
        let mut shared = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        shared.asked = true;
        Pin::new(&mut shared.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).body.size_hint()
    }
}
