//! Where the server listens: TCP, Unix sockets, and sockets that systemd opened.

use std::{fmt, io, net::SocketAddr, str::FromStr, sync::Arc};

use tokio::net::TcpListener;

use crate::tls::Tls;

/// An address of the settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ListenAddress {
    Tcp(SocketAddr),
    #[cfg(unix)]
    Unix(std::path::PathBuf),
}

impl Default for ListenAddress {
    fn default() -> Self {
        Self::Tcp(SocketAddr::from(([127, 0, 0, 1], 8025)))
    }
}

/// A text that names no place to listen.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is neither ADDRESS:PORT, such as 127.0.0.1:8025, nor the absolute path of a socket, such as \
     unix:/run/restante/server.sock"
)]
pub(crate) struct NotAnAddress(pub(crate) String);

impl FromStr for ListenAddress {
    type Err = NotAnAddress;

    fn from_str(text: &str) -> Result<Self, NotAnAddress> {
        #[cfg(unix)]
        if let Some(path) = text.strip_prefix("unix:") {
            let path = Some(path).filter(|path| path.starts_with('/'));
            return path.map(|path| Self::Unix(path.into())).ok_or_else(|| NotAnAddress(text.to_owned()));
        }
        text.parse().map(Self::Tcp).map_err(|_| NotAnAddress(text.to_owned()))
    }
}

impl fmt::Display for ListenAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp(address) => address.fmt(f),
            #[cfg(unix)]
            Self::Unix(path) => write!(f, "unix:{}", path.display()),
        }
    }
}

impl ListenAddress {
    /// Listens here; a Unix socket gets this mode.
    pub(crate) async fn bind(&self, unix_socket_mode: u32) -> io::Result<Socket> {
        match self {
            Self::Tcp(address) => TcpListener::bind(address).await.map(Socket::Tcp),
            #[cfg(unix)]
            Self::Unix(path) => bind_unix(path, unix_socket_mode),
        }
    }
}

/// A socket that a server before us left behind is taken away; one that still answers is not.
#[cfg(unix)]
fn bind_unix(path: &std::path::Path, mode: u32) -> io::Result<Socket> {
    use std::os::unix::{
        fs::{FileTypeExt, PermissionsExt},
        net::UnixStream,
    };
    if std::fs::symlink_metadata(path).is_ok_and(|it| it.file_type().is_socket()) {
        if UnixStream::connect(path).is_ok() {
            return Err(io::Error::new(io::ErrorKind::AddrInUse, "another server answers there"));
        }
        std::fs::remove_file(path)?;
    }
    // Made with the umask of the process, which lets in nobody else, and opened to others only then.
    let listener = tokio::net::UnixListener::bind(path)?;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode))?;
    Ok(Socket::Unix(listener, Some(Remove(path.to_owned()))))
}

/// A socket that accepts.
#[derive(Debug)]
pub(crate) enum Socket {
    Tcp(TcpListener),
    #[cfg(unix)]
    Unix(
        tokio::net::UnixListener,
        #[expect(dead_code, reason = "held until the socket goes")] Option<Remove>,
    ),
}

impl Socket {
    /// Whether what comes in may have crossed a network.
    pub(crate) fn beyond_this_machine(&self) -> bool {
        match self {
            Self::Tcp(listener) => listener.local_addr().is_ok_and(|address| !address.ip().is_loopback()),
            #[cfg(unix)]
            Self::Unix(..) => false,
        }
    }
}

/// A file that goes with its owner.
#[cfg(unix)]
#[derive(Debug)]
pub(crate) struct Remove(std::path::PathBuf);

#[cfg(unix)]
impl Drop for Remove {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// The sockets that a service manager opened for us (`sd_listen_fds(3)`); none where it opened none.
pub(crate) fn activated() -> io::Result<Vec<Socket>> {
    let mut given = listenfd::ListenFd::from_env();
    let mut sockets = Vec::new();
    for index in 0..given.len() {
        #[cfg(unix)]
        if let Ok(Some(listener)) = given.take_unix_listener(index) {
            listener.set_nonblocking(true)?;
            sockets.push(Socket::Unix(tokio::net::UnixListener::from_std(listener)?, None));
            continue;
        }
        if let Some(listener) = given.take_tcp_listener(index)? {
            listener.set_nonblocking(true)?;
            sockets.push(Socket::Tcp(TcpListener::from_std(listener)?));
        }
    }
    Ok(sockets)
}

/// A socket with what is spoken on it.
#[derive(Debug)]
pub(crate) struct Listener {
    pub(crate) socket: Socket,
    pub(crate) tls: Option<Arc<Tls>>,
}

impl fmt::Display for Listener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.socket {
            Socket::Tcp(listener) => {
                let scheme = if self.tls.is_some() { "https" } else { "http" };
                match listener.local_addr() {
                    Ok(address) => write!(f, "{scheme}://{address}"),
                    Err(_) => write!(f, "{scheme}"),
                }
            }
            #[cfg(unix)]
            Socket::Unix(listener, _) => {
                let path = listener.local_addr().ok();
                let path = path.as_ref().and_then(|address| address.as_pathname());
                write!(f, "unix:{}", path.unwrap_or(std::path::Path::new("?")).display())
            }
        }
    }
}

/// All the sockets of a server.
#[derive(Debug)]
pub struct Listeners(pub(crate) Vec<Listener>);

impl From<TcpListener> for Listeners {
    /// Plain HTTP on one socket.
    fn from(listener: TcpListener) -> Self {
        Self(vec![Listener { socket: Socket::Tcp(listener), tls: None }])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_as_it_is_written() {
        for text in ["127.0.0.1:8025", "[::1]:0", "unix:/run/restante/server.sock"] {
            assert_eq!(text.parse::<ListenAddress>().unwrap().to_string(), text);
        }
        for text in ["8025", "localhost:8025", "unix:relative", "unix:"] {
            assert!(text.parse::<ListenAddress>().is_err(), "{text}");
        }
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn a_socket_left_behind_is_taken_over_and_one_in_use_is_not() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("s");
        drop(std::os::unix::net::UnixListener::bind(&path).unwrap());
        let address = ListenAddress::Unix(path.clone());
        let socket = address.bind(0o640).await.unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o640);
        assert_eq!(address.bind(0o640).await.unwrap_err().kind(), io::ErrorKind::AddrInUse);
        drop(socket);
        assert!(!path.exists(), "it goes with its server");
        std::fs::write(&path, "mine").unwrap();
        assert!(address.bind(0o640).await.is_err(), "another's file is left alone");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "mine");
    }
}
