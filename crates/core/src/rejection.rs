/// Why something was refused: the person may not, or the input is wrong.
///
/// Each front end translates these to its protocol; the words stand in the error catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs)]
pub enum Rejection {
    #[error("a value is outside what is allowed: {0}")]
    InvalidValue(&'static str),
    #[error("no such conversation, or not yours to see")]
    ConversationNotFound,
    #[error("your role does not allow this")]
    Forbidden,
    #[error("the conversation is archived")]
    Archived,
    #[error("the body is too long")]
    BodyTooLong,
    #[error("the body is empty")]
    BodyEmpty,
    #[error("slow mode: wait {wait_ms} ms")]
    SlowMode { wait_ms: u64 },
    #[error("a conversation needs an owner")]
    LastOwner,
    #[error("already a member")]
    AlreadyMember,
    #[error("banned")]
    Banned,
    #[error("the conversation is full")]
    Full,
    #[error("another conversation has or had this name")]
    ConversationNameTaken,
    #[error("somebody is in as many conversations as there may be")]
    TooManyConversations,
    #[error("this kind of conversation does not know this")]
    WrongConversationKind,
    #[error("one of you has blocked the other")]
    Blocked,
    #[error("no such event")]
    EventNotFound,
    #[error("only the author may do this")]
    NotYours,
    #[error("this cannot be done with this kind of event")]
    WrongEventKind,
    #[error("too many different reactions")]
    TooManyReactions,
    #[error("the poll is closed")]
    PollClosed,
    #[error("messages cannot disappear after this time")]
    TimerOutOfBounds,
    #[error("no such request to join")]
    RequestNotFound,
    #[error("no such message waits to be sent")]
    ScheduledNotFound,
    #[error("no such report")]
    ReportNotFound,
    #[error("no such folder")]
    FolderNotFound,
    #[error("this client_ref was used for something else")]
    ClientRefReused,
}
