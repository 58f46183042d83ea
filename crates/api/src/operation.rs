//! What an operation is: a name, a place in HTTP, conditions, a request and an answer.

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Serialize, de::DeserializeOwned};

/// A request that knows its name, its HTTP address and its answer.
pub trait Operation: Serialize + DeserializeOwned + JsonSchema + Send + 'static {
    /// What the server answers.
    type Answer: Serialize + DeserializeOwned + JsonSchema + Send + 'static;
    /// Name, address and conditions.
    const DESCRIPTION: Description;
}

/// The conditions and addresses of one operation; the same over HTTP and WebSocket.
#[derive(Clone, Copy, Debug)]
pub struct Description {
    /// The name on a WebSocket.
    pub name: &'static str,
    /// The HTTP method.
    pub method: Method,
    /// The HTTP path; `{field}` stands for a field of the request.
    pub path: &'static str,
    /// Who may ask.
    pub needs: Needs,
    /// Which rate limit it draws on.
    pub cost: Cost,
    /// One sentence.
    pub summary: &'static str,
}

impl Description {
    /// The fields of the request that stand in the path.
    pub fn path_fields(&self) -> impl Iterator<Item = &'static str> {
        self.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
    }
}

/// HTTP methods in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Method {
    Get,
    Post,
    Put,
    Patch,
    Delete,
}

impl Method {
    /// The method's name in capitals.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

/// Who may ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// Anybody.
    Nobody,
    /// Somebody signed in.
    User,
}

/// The rate limit an operation draws on, in addition to the one for all requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cost {
    /// Reading one's own things.
    Read,
    /// Changing something.
    Write,
    /// Saying something.
    Message,
    /// Trying a password.
    SignIn,
    /// Making an account.
    Register,
    /// Looking for people.
    Lookup,
    /// Looking up a secret link.
    Link,
    /// Telling about somebody.
    Report,
    /// Signals that are not kept.
    Signal,
    /// Full-text search.
    Search,
}

/// One line of the table of operations.
#[derive(Clone, Copy)]
pub struct Entry {
    /// Name, address and conditions.
    pub description: Description,
    /// The schema of the request.
    pub request: fn(&mut SchemaGenerator) -> Schema,
    /// The schema of the answer.
    pub answer: fn(&mut SchemaGenerator) -> Schema,
}

/// Writes the `Operation` impls and the table from one list.
macro_rules! operations {
    ($($request:ident => $answer:ty, $name:literal, $method:ident $path:literal, $needs:ident, $cost:ident, $summary:literal;)+) => {
        $(impl $crate::operation::Operation for $request {
            type Answer = $answer;
            const DESCRIPTION: $crate::operation::Description = $crate::operation::Description {
                name: $name,
                method: $crate::operation::Method::$method,
                path: $path,
                needs: $crate::operation::Needs::$needs,
                cost: $crate::operation::Cost::$cost,
                summary: $summary,
            };
        })+

        /// Every operation of the native protocol.
        pub const OPERATIONS: &[$crate::operation::Entry] = &[
            $($crate::operation::Entry {
                description: <$request as $crate::operation::Operation>::DESCRIPTION,
                request: |generator| generator.subschema_for::<$request>(),
                answer: |generator| generator.subschema_for::<$answer>(),
            },)+
        ];
    };
}
pub(crate) use operations;
