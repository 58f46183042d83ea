use super::{
    SettingsErrors,
    http::{Listen, OneOrMany},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
};

/// The longest path of a Unix socket that Linux takes.
const SOCKET_PATH_BYTES_MAX: usize = 107;

/// Health, metrics and administration of a running server.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct AdminSection {
    /// Where `/livez`, `/readyz`, `/startupz` and `/metrics` answer. Loopback only, because nobody
    /// is asked for a password there; port 0 takes any free port. When absent, `127.0.0.1:8081`;
    /// if another program has that port, the server says so and goes on without.
    #[schemars(extend("x-default" = "127.0.0.1:8081"))]
    pub(crate) listen: Option<OneOrMany>,
    /// The Unix socket through which `parlance user add` and the other commands reach a running
    /// server. Only the user who runs the server can open it. When absent, `admin.sock` in the
    /// data folder; set it when the path of that folder is longer than a socket's path may be.
    #[schemars(example = "/run/parlance/admin.sock")]
    pub(crate) socket: Option<PathBuf>,
}

/// Health, metrics and administration, checked.
#[derive(Clone, Debug)]
pub(crate) struct Admin {
    pub(crate) listen: Listen,
    pub(crate) socket: PathBuf,
}

impl AdminSection {
    pub(super) fn validate(self, data_dir: &Path, wrong: &mut SettingsErrors) -> Admin {
        let listen =
            Listen::read("admin.listen", self.listen, SocketAddr::from(([127, 0, 0, 1], 8081)), wrong);
        if listen.addresses.iter().any(|address| !address.ip().is_loopback()) {
            wrong.add(
                "admin.listen",
                "anybody could read metrics there: use a loopback address such as 127.0.0.1:8081",
            );
        }
        let socket = self.socket.unwrap_or_else(|| data_dir.join("admin.sock"));
        if socket.as_os_str().len() > SOCKET_PATH_BYTES_MAX {
            wrong.add(
                "admin.socket",
                "choose a path of at most 107 bytes, such as \"/run/parlance/admin.sock\"",
            );
        }
        Admin { listen, socket }
    }
}
