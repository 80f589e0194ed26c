//! Accounts and syncs. Secrets pass through inwards; no answer holds one.

use nepho_core::{
    AccountId,
    request::{AccountChange, NewAccount, NewProjects},
};
use nepho_wire::{
    accounts::{
        Account, Accounts, AddAccountRequest, AddProjectsRequest, AddedProjects, FindProjectsRequest, FoundAccount,
        FoundAccounts, FoundProjects, Identity, RemoveAccountRequest, RemovedAccount, UpdateAccountRequest,
        VerifyAccountRequest,
    },
    limits::{LongText, NameText},
    status::Nothing,
    sync::{SyncNowRequest, SyncReport},
};
use tauri::State;

use crate::{
    convert,
    opening::Opening,
    refusal::{Reply, refused},
};

/// All accounts and how they stand.
#[tauri::command]
pub async fn list_accounts(opening: State<'_, Opening>, request: Nothing) -> Reply<Accounts> {
    let Nothing {} = request;
    let accounts = opening.app().await?.accounts();
    Ok(Accounts { accounts: accounts.iter().map(Account::from).collect() })
}

/// What could become an account on this machine.
#[tauri::command]
pub async fn find_accounts(opening: State<'_, Opening>, request: Nothing) -> Reply<FoundAccounts> {
    let Nothing {} = request;
    let found = opening.app().await?.find_accounts().await;
    Ok(FoundAccounts { found: found.iter().map(FoundAccount::from).collect() })
}

/// Verifies and adds an account.
#[tauri::command]
pub async fn add_account(opening: State<'_, Opening>, request: AddAccountRequest) -> Reply<Account> {
    let app = opening.app().await?;
    let added = app.add_account(NewAccount::from(request)).await.map_err(refused)?;
    Ok((&app.account_status(&added.id).map_err(refused)?).into())
}

/// The projects that some credentials can see.
#[tauri::command]
pub async fn find_projects(opening: State<'_, Opening>, request: FindProjectsRequest) -> Reply<FoundProjects> {
    let (credentials, endpoint) = (request.credentials.into(), request.endpoint.map(LongText::into_string));
    let app = opening.app().await?;
    let found = app.find_projects(request.provider.into(), credentials, endpoint.as_deref()).await.map_err(refused)?;
    Ok((&found).into())
}

/// Verifies and adds projects of one sign-in, each as an account.
#[tauri::command]
pub async fn add_projects(opening: State<'_, Opening>, request: AddProjectsRequest) -> Reply<AddedProjects> {
    let app = opening.app().await?;
    let outcomes = app.add_projects(NewProjects::from(request)).await.map_err(refused)?;
    Ok(convert::added_projects(&app, outcomes))
}

/// Finds out whose an account's credentials are.
#[tauri::command]
pub async fn verify_account(opening: State<'_, Opening>, request: VerifyAccountRequest) -> Reply<Identity> {
    let identity = opening.app().await?.verify_account(&request.account.account()).await.map_err(refused)?;
    Ok((&identity).into())
}

/// Changes an account.
#[tauri::command]
pub async fn update_account(opening: State<'_, Opening>, request: UpdateAccountRequest) -> Reply<Account> {
    let (app, id) = (opening.app().await?, request.account.account());
    let changed = app.update_account(&id, AccountChange::from(request)).await.map_err(refused)?;
    Ok((&app.account_status(&changed.id).map_err(refused)?).into())
}

/// Forgets an account.
#[tauri::command]
pub async fn remove_account(opening: State<'_, Opening>, request: RemoveAccountRequest) -> Reply<RemovedAccount> {
    let left = opening.app().await?.remove_account(&request.account.account()).await.map_err(refused)?;
    Ok(RemovedAccount { secret_left: left.as_ref().map(Into::into) })
}

/// Syncs now; answers when the sync has ended.
#[tauri::command]
pub async fn sync_now(opening: State<'_, Opening>, request: SyncNowRequest) -> Reply<SyncReport> {
    let accounts: Vec<AccountId> = request.accounts.into_vec().iter().map(NameText::account).collect();
    let report = opening.app().await?.sync(&accounts, &[]).await;
    Ok((&report).into())
}
