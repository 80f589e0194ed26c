//! Rows, the selection, one resource.

use nepho_core::ResourceKey;
use nepho_index::PageAsk;
use nepho_wire::{
    inventory::{InventoryWindow, QueryInventoryRequest},
    limits::KeyText,
    resource::{
        CopiedCommand, CopyCommandRequest, Document, FetchDocumentRequest, GetDocumentRequest, GetResourceRequest,
        OpenConsoleRequest, ResourceDetails,
    },
    selection::{SelectionSummary, UpdateSelectionRequest},
    status::Done,
};
use tauri::State;

use crate::{
    app_loader::AppLoader,
    command_error::{Reply, contradictory, refused},
    console,
};

/// A window of the rows that match a query.
#[tauri::command]
pub async fn query_inventory(loader: State<'_, AppLoader>, request: QueryInventoryRequest) -> Reply<InventoryWindow> {
    let page = loader.app().await?.inventory(&PageAsk::from(&request)).await.map_err(refused)?;
    Ok(InventoryWindow::new(&page, request.query.as_str()))
}

/// Changes the selection.
#[tauri::command]
pub async fn update_selection(
    loader: State<'_, AppLoader>,
    request: UpdateSelectionRequest,
) -> Reply<SelectionSummary> {
    let summary =
        loader.app().await?.update_selection(request.change.into(), request.query.as_str()).map_err(refused)?;
    Ok((&summary).into())
}

/// One resource, from the cache.
#[tauri::command]
pub async fn get_resource(loader: State<'_, AppLoader>, request: GetResourceRequest) -> Reply<ResourceDetails> {
    let details = loader.app().await?.details(request.key.key()).await.map_err(refused)?;
    Ok((&details).into())
}

/// The provider's own description of a resource, as it is stored.
#[tauri::command]
pub async fn get_document(loader: State<'_, AppLoader>, request: GetDocumentRequest) -> Reply<Document> {
    let document = loader.app().await?.document(request.key.key()).await.map_err(refused)?;
    Ok(document.into())
}

/// The full document of a resource, read now and stored.
#[tauri::command]
pub async fn fetch_document(loader: State<'_, AppLoader>, request: FetchDocumentRequest) -> Reply<Document> {
    let document = loader.app().await?.fetch_document(request.key.key()).await.map_err(refused)?;
    Ok(document.into())
}

/// The cloud's own command line for an action.
#[tauri::command]
pub async fn copy_command(loader: State<'_, AppLoader>, request: CopyCommandRequest) -> Reply<CopiedCommand> {
    let order = request.order().map_err(contradictory)?;
    let keys: Vec<ResourceKey> = request.keys.into_vec().into_iter().map(KeyText::into_key).collect();
    let command = loader.app().await?.command(order, &keys).map_err(refused)?;
    Ok(CopiedCommand { command })
}

/// Opens a resource's page of the cloud's console in the browser.
#[tauri::command]
pub async fn open_console(loader: State<'_, AppLoader>, request: OpenConsoleRequest) -> Reply<Done> {
    let address = loader.app().await?.console_url(request.key.key()).map_err(refused)?;
    console::open(&address)?;
    Ok(Done {})
}
