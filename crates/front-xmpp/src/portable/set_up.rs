use super::Intake;
use crate::pubsub::config::NodeConfig;
use parlance_hub::{HubError, identity::Adoption, ports::NodeOwner};
use parlance_xmpp::forms::Form;

/// How a node of somebody's was set up on another server.
#[derive(Clone, Copy, Debug)]
pub struct NodeSetUp<'a> {
    /// The form with its configuration; empty when it has none.
    pub form: &'a str,
    /// Who may read where only those may whom the owner names.
    pub members: &'a [String],
    /// Who subscribed.
    pub subscribers: &'a [String],
}

impl Intake<'_> {
    /// Makes a node, unless there is one: that stays as it is. What it was set up with and is not offered here
    /// is left out, but nobody reads more than before.
    ///
    /// # Errors
    /// `UserNotFound`, `InvalidValue`, `TooMany`, `Unavailable`.
    ///
    /// # Source
    /// XEP-0227 (1.1) section 4.9.1.
    pub async fn take_node(
        &self,
        owner: &str,
        node: &str,
        set_up: NodeSetUp<'_>,
    ) -> Result<Adoption, HubError> {
        let owner = self.xmpp.hub.person_at(owner).await?;
        let nodes = self.xmpp.hub.nodes(NodeOwner::Principal(owner.id));
        if nodes.find(node).await?.is_some() {
            return Ok(Adoption::WasThere);
        }
        if !self.is_dry {
            let mut config = NodeConfig::usual(node);
            if let Some(form) = crate::pubsub::xml::read(set_up.form).and_then(|form| Form::read(&form).ok())
            {
                config.adopt(&form);
            }
            config.members = set_up.members.to_vec();
            nodes.create(node, &config.keep()).await?;
            for subscriber in set_up.subscribers {
                nodes.subscribe(node, subscriber).await?;
            }
        }
        Ok(Adoption::Taken)
    }
}
