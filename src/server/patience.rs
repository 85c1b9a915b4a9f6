//! A connection's deadlines: how long a client may take for a head, between requests, and to take an
//! answer. hyper has a time-out for heads, but it runs between requests as well and would cut every
//! kept connection after ten seconds.

use std::{
    future::Future,
    io,
    pin::Pin,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    task::{Context, Poll},
    time::Duration,
};

use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_util::rt::TokioIo;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    time::{Instant, Sleep, sleep_until},
};

use crate::{Limits, places::Place};

/// What a connection is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// A head is coming in: it must be complete by then.
    Head(Instant),
    /// A request is being answered; its body has a time-out of its own.
    Serving,
    /// Answered; the next request must begin by then.
    Idle(Instant),
}

/// Tells a connection's stream, and its place, when a request is being served.
#[derive(Clone)]
pub(crate) struct Patience {
    stage: Arc<Mutex<Stage>>,
    place: Arc<Place>,
    device: OfDevice,
    head: Duration,
    idle: Duration,
    device_idle: Duration,
}

/// Whether a device's token came over this connection: it may then be kept for longer.
#[derive(Clone, Default)]
pub(crate) struct OfDevice(Arc<AtomicBool>);

impl OfDevice {
    /// It did.
    pub(crate) fn note(&self) {
        self.0.store(true, Relaxed);
    }
}

impl Patience {
    /// A connection that was just accepted.
    pub(crate) fn new(limits: &Limits, place: Arc<Place>) -> Self {
        let Limits { head, idle, device_idle, .. } = *limits;
        let stage = Arc::new(Mutex::new(Stage::Head(Instant::now() + head)));
        Self { stage, place, device: OfDevice::default(), head, idle, device_idle }
    }

    /// For whoever learns that a token came.
    pub(crate) fn of_device(&self) -> OfDevice {
        self.device.clone()
    }

    /// The head is complete.
    pub(crate) fn serving(&self) {
        self.set(Stage::Serving);
    }

    /// The answer is ready to go out.
    pub(crate) fn answered(&self) {
        let idle = if self.device.0.load(Relaxed) { self.device_idle } else { self.idle };
        self.set(Stage::Idle(Instant::now() + idle));
        self.place.rest();
    }

    /// Whether no whole head has come since the last answer, or ever.
    pub(crate) fn awaits_head(&self) -> bool {
        matches!(self.get(), Stage::Head(_))
    }

    fn get(&self) -> Stage {
        *self.stage.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self, stage: Stage) {
        *self.stage.lock().unwrap_or_else(PoisonError::into_inner) = stage;
    }

    fn bytes_came(&self) {
        if matches!(self.get(), Stage::Idle(_)) {
            self.place.wake();
            self.set(Stage::Head(Instant::now() + self.head));
        }
    }

    /// A client that takes a long answer slowly is not idle.
    fn bytes_went(&self) {
        if matches!(self.get(), Stage::Idle(_)) {
            self.answered();
        }
    }

    fn deadline(&self) -> Option<Instant> {
        match self.get() {
            Stage::Head(deadline) | Stage::Idle(deadline) => Some(deadline),
            Stage::Serving => None,
        }
    }
}

/// A stream that ends with an error when its client takes too long.
pub(crate) struct PatientStream<S> {
    stream: TokioIo<S>,
    patience: Patience,
    read_alarm: Pin<Box<Sleep>>,
    write_alarm: Pin<Box<Sleep>>,
    /// Since when nothing can be written, if so.
    stuck_since: Option<Instant>,
}

impl<S> PatientStream<S> {
    pub(crate) fn new(stream: S, patience: Patience) -> Self {
        let alarm = || Box::pin(sleep_until(Instant::now() + patience.head));
        let (read_alarm, write_alarm) = (alarm(), alarm());
        Self { stream: TokioIo::new(stream), patience, read_alarm, write_alarm, stuck_since: None }
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
                let Some(deadline) = self.patience.deadline() else { return Poll::Pending };
                if self.read_alarm.deadline() != deadline {
                    self.read_alarm.as_mut().reset(deadline);
                }
                self.read_alarm.as_mut().poll(cx).map(|()| Err(too_slow("the client sends too slowly")))
            }
        }
    }
}

impl<S> PatientStream<S> {
    /// Any progress starts the client's time anew; none within the idle time ends the connection.
    fn watch<T>(&mut self, cx: &mut Context<'_>, progress: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if progress.is_ready() {
            self.stuck_since = None;
            self.patience.bytes_went();
            return progress;
        }
        let since = *self.stuck_since.get_or_insert_with(Instant::now);
        let deadline = since + self.patience.idle;
        if self.write_alarm.deadline() != deadline {
            self.write_alarm.as_mut().reset(deadline);
        }
        self.write_alarm.as_mut().poll(cx).map(|()| Err(too_slow("the client takes the answer too slowly")))
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
