//! Sockets: the only place of the program that listens.

mod byte_stream;
mod certificate;
mod connection;
mod forwarded;
mod gate;
mod headers;
mod listen;
mod network;
mod origin;
mod own_certificate;
mod slots;
mod streams;
mod tls;

pub(crate) use self::{
    certificate::expires_at,
    connection::stopped,
    gate::{Gate, pass},
    listen::{Bound, Connections, bind},
    network::Network,
    origin::Origin,
    own_certificate::load_or_make as own_certificate,
    slots::Slots,
    tls::{Tls, load_certificate},
};
