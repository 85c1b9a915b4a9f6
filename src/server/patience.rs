//! A connection's deadlines: how long a client may take for a head, between requests, and to take an
//! answer. hyper has a time-out for heads, but it runs between requests as well and would cut every
//! kept connection after ten seconds.

use std::{
    future::Future,
    io,
    pin::Pin,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    task::{Context, Poll},
};

use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_util::rt::TokioIo;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    time::{Instant, Sleep, sleep_until},
};

use crate::places::Place;

/// What a connection is doing. A deadline is set once the client has to be waited for, and begins anew whenever it
/// gets on: most requests come whole, and need no look at the clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// A head is coming in: it must be complete by then.
    Head(Option<Instant>),
    /// A request is being answered; its body has a time-out of its own.
    Serving,
    /// Answered; the next request must begin by then.
    Idle(Option<Instant>),
}

/// Tells a connection's stream, and its place, when a request is being served.
#[derive(Clone)]
pub(crate) struct Patience(Arc<Connection>);

struct Connection {
    stage: Mutex<Stage>,
    place: Place,
    /// Whether a device's token came over it: it may then be kept for longer.
    of_device: AtomicBool,
}

impl Patience {
    /// A connection that was just accepted.
    pub(crate) fn new(place: Place) -> Self {
        let stage = Mutex::new(Stage::Head(None));
        Self(Arc::new(Connection { stage, place, of_device: AtomicBool::new(false) }))
    }

    pub(crate) fn place(&self) -> &Place {
        &self.0.place
    }

    /// A device's token came over this connection.
    pub(crate) fn of_device(&self) {
        self.0.of_device.store(true, Relaxed);
    }

    /// The head is complete, and its answer takes a while.
    pub(crate) fn serving(&self) {
        self.0.place.wake();
        *self.stage() = Stage::Serving;
    }

    /// The answer is ready to go out.
    pub(crate) fn answered(&self) {
        *self.stage() = Stage::Idle(None);
        self.0.place.rest();
    }

    /// Whether no whole head has come since the last answer, or ever.
    pub(crate) fn awaits_head(&self) -> bool {
        matches!(*self.stage(), Stage::Head(_))
    }

    fn stage(&self) -> MutexGuard<'_, Stage> {
        self.0.stage.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn bytes_came(&self) {
        let mut stage = self.stage();
        if matches!(*stage, Stage::Idle(_)) {
            *stage = Stage::Head(None);
        }
    }

    /// A client that takes a long answer slowly is not idle.
    fn bytes_went(&self) {
        if let Stage::Idle(deadline) = &mut *self.stage() {
            *deadline = None;
        }
    }

    /// The client has to be waited for; until when, if this is not our time.
    fn waits(&self) -> Option<Instant> {
        let limits = self.0.place.limits();
        match &mut *self.stage() {
            Stage::Serving => None,
            Stage::Head(deadline) => Some(*deadline.get_or_insert_with(|| {
                self.0.place.wake();
                Instant::now() + limits.head
            })),
            Stage::Idle(deadline) => Some(*deadline.get_or_insert_with(|| {
                let of_device = self.0.of_device.load(Relaxed);
                Instant::now() + if of_device { limits.device_idle } else { limits.idle }
            })),
        }
    }
}

/// A stream that ends with an error when its client takes too long.
pub(crate) struct PatientStream<S> {
    stream: TokioIo<S>,
    patience: Patience,
    read_alarm: Alarm,
    write_alarm: Alarm,
}

/// Goes off at a deadline; takes no memory before there is one.
#[derive(Default)]
struct Alarm(Option<Pin<Box<Sleep>>>);

impl Alarm {
    fn poll(&mut self, cx: &mut Context<'_>, deadline: Instant) -> Poll<()> {
        let sleep = self.0.get_or_insert_with(|| Box::pin(sleep_until(deadline)));
        if sleep.deadline() != deadline {
            sleep.as_mut().reset(deadline);
        }
        sleep.as_mut().poll(cx)
    }
}

impl<S> PatientStream<S> {
    pub(crate) fn new(stream: S, patience: Patience) -> Self {
        let (read_alarm, write_alarm) = (Alarm::default(), Alarm::default());
        Self { stream: TokioIo::new(stream), patience, read_alarm, write_alarm }
    }
}

fn too_slow(what: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::TimedOut, what)
}

impl<S: AsyncRead + Unpin> Read for PatientStream<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        match Pin::new(&mut self.stream).poll_read(cx, buffer) {
            Poll::Ready(result) => {
                self.patience.bytes_came();
                Poll::Ready(result)
            }
            Poll::Pending => {
                let Some(deadline) = self.patience.waits() else { return Poll::Pending };
                self.read_alarm.poll(cx, deadline).map(|()| Err(too_slow("the client sends too slowly")))
            }
        }
    }
}

impl<S> PatientStream<S> {
    /// Any progress starts the client's time anew; none within the idle time ends the connection.
    fn watch<T>(&mut self, cx: &mut Context<'_>, progress: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if progress.is_ready() {
            self.write_alarm = Alarm::default();
            self.patience.bytes_went();
            return progress;
        }
        let deadline = self.write_alarm.0.as_ref().map(|alarm| alarm.deadline());
        let deadline = deadline.unwrap_or_else(|| Instant::now() + self.patience.place().limits().idle);
        self.write_alarm.poll(cx, deadline).map(|()| Err(too_slow("the client takes the answer too slowly")))
    }
}

impl<S: AsyncWrite + Unpin> Write for PatientStream<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let progress = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.watch(cx, progress)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        // An answer without a body is one piece, which costs the system less to take as such.
        if let [whole] = bytes {
            return self.poll_write(cx, whole);
        }
        let progress = Pin::new(&mut self.stream).poll_write_vectored(cx, bytes);
        self.watch(cx, progress)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
