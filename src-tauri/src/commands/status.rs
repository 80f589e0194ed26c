//! The application's status, its settings, the demo cloud.

use nepho_wire::status::{Done, Nothing, Settings, Status, UpdateSettingsRequest};
use tauri::State;

use crate::{
    app_loader::AppLoader,
    command_error::{Reply, refused},
};

/// The application's status. If its data could not be opened, this tries once more.
#[tauri::command]
pub async fn get_status(loader: State<'_, AppLoader>, request: Nothing) -> Reply<Status> {
    let Nothing {} = request;
    let status = loader.app_again().await?.status();
    Ok((&status).into())
}

/// The window's settings.
#[tauri::command]
pub async fn get_settings(loader: State<'_, AppLoader>, request: Nothing) -> Reply<Settings> {
    let Nothing {} = request;
    let settings = loader.app().await?.settings().await.map_err(refused)?;
    Ok((&settings).into())
}

/// Changes settings.
#[tauri::command]
pub async fn update_settings(loader: State<'_, AppLoader>, request: UpdateSettingsRequest) -> Reply<Settings> {
    let settings = loader.app().await?.update_settings(request.into()).await.map_err(refused)?;
    Ok((&settings).into())
}

/// Adds the demo cloud's accounts.
#[tauri::command]
pub async fn add_demo(loader: State<'_, AppLoader>, request: Nothing) -> Reply<Done> {
    let Nothing {} = request;
    loader.app().await?.add_demo().await.map_err(refused)?;
    Ok(Done {})
}

/// Removes the demo cloud's accounts.
#[tauri::command]
pub async fn remove_demo(loader: State<'_, AppLoader>, request: Nothing) -> Reply<Done> {
    let Nothing {} = request;
    loader.app().await?.remove_demo().await.map_err(refused)?;
    Ok(Done {})
}
