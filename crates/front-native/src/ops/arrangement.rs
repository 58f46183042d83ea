use crate::{context::Context, dispatch::Handle, errors::problem, inbound};
use parlance_api::{error::Problem, ops::*};
use parlance_core::arrangement::{self, Rearrangement};

impl Handle for GetArrangement {
    async fn handle(self, context: &Context) -> Result<Arrangement, Problem> {
        let caller = context.caller().map_err(problem)?;
        let arrangement = context.hub().arrangement(caller).await.map_err(problem)?;
        Ok(Arrangement {
            folders: arrangement.folders.iter().map(folder).collect(),
            favourites: arrangement.favourites.iter().map(ToString::to_string).collect(),
        })
    }
}

impl Handle for SetFolder {
    async fn handle(self, context: &Context) -> Result<Done, Problem> {
        let folder = inbound::folder(&self.folder)?;
        context.rearrange(Rearrangement::Named { folder, name: self.name }).await
    }
}

impl Handle for DeleteFolder {
    async fn handle(self, context: &Context) -> Result<Done, Problem> {
        context.rearrange(Rearrangement::Deleted { folder: inbound::folder(&self.folder)? }).await
    }
}

impl Handle for OrderFolders {
    async fn handle(self, context: &Context) -> Result<Done, Problem> {
        let folders = self.folders.iter().map(|id| inbound::folder(id)).collect::<Result<_, _>>()?;
        context.rearrange(Rearrangement::FoldersOrdered { folders }).await
    }
}

impl Handle for AddToFolder {
    async fn handle(self, context: &Context) -> Result<Done, Problem> {
        let conversation = inbound::conversation(&self.conversation)?;
        context.rearrange(Rearrangement::PutIn { folder: inbound::folder(&self.folder)?, conversation }).await
    }
}

impl Handle for RemoveFromFolder {
    async fn handle(self, context: &Context) -> Result<Done, Problem> {
        let conversation = inbound::conversation(&self.conversation)?;
        context
            .rearrange(Rearrangement::TakenOut { folder: inbound::folder(&self.folder)?, conversation })
            .await
    }
}

impl Handle for OrderFavourites {
    async fn handle(self, context: &Context) -> Result<Done, Problem> {
        let conversations =
            self.conversations.iter().map(|id| inbound::conversation(id)).collect::<Result<_, _>>()?;
        context.rearrange(Rearrangement::FavouritesOrdered { conversations }).await
    }
}

impl Context {
    async fn rearrange(&self, change: Rearrangement) -> Result<Done, Problem> {
        let caller = self.caller().map_err(problem)?;
        self.hub().rearrange(caller, change).await.map_err(problem)?;
        Ok(Done {})
    }
}

fn folder(folder: &arrangement::Folder) -> Folder {
    Folder {
        folder: folder.id.to_string(),
        name: folder.name.clone(),
        conversations: folder.conversations.iter().map(ToString::to_string).collect(),
    }
}
