//! Accounts and syncs. Secrets pass through inwards; no answer holds one.

use nepho_core::{
    AccountId,
    report::AddedProject,
    request::{AccountChange, NewAccount, NewProjects},
};
use nepho_wire::{
    accounts::{
        Account, Accounts, AddAccountRequest, AddProjectsRequest, AddedProjects, FailedProject, FindProjectsRequest,
        FoundAccount, FoundAccounts, FoundProjects, Identity, RemoveAccountRequest, RemovedAccount,
        UpdateAccountRequest, VerifyAccountRequest,
    },
    limits::{LongText, NameText},
    network::Network,
    status::{CheckKeyringRequest, KeyringCheck, Nothing},
    sync::{SyncNowRequest, SyncReport},
};
use tauri::State;

use crate::{
    app_loader::AppLoader,
    command_error::{Reply, refused},
};

/// All accounts with their status.
#[tauri::command]
pub async fn list_accounts(loader: State<'_, AppLoader>, request: Nothing) -> Reply<Accounts> {
    let Nothing {} = request;
    let accounts = loader.app().await?.accounts();
    Ok(Accounts { accounts: accounts.iter().map(Account::from).collect() })
}

/// Every host that requests of the accounts may go to.
#[tauri::command]
pub async fn list_hosts(loader: State<'_, AppLoader>, request: Nothing) -> Reply<Network> {
    let Nothing {} = request;
    let network = loader.app().await?.network().await;
    Ok(network.as_slice().into())
}

/// Credentials on this machine that could become an account.
#[tauri::command]
pub async fn find_accounts(loader: State<'_, AppLoader>, request: Nothing) -> Reply<FoundAccounts> {
    let Nothing {} = request;
    let found = loader.app().await?.find_accounts().await;
    Ok(FoundAccounts { found: found.iter().map(FoundAccount::from).collect() })
}

/// Checks that the OS keyring keeps secrets.
#[tauri::command]
pub async fn check_keyring(loader: State<'_, AppLoader>, request: CheckKeyringRequest) -> Reply<KeyringCheck> {
    let checked = loader.app().await?.check_keyring(request.prompt).await;
    Ok(KeyringCheck { failure: checked.err().as_ref().map(Into::into) })
}

/// Verifies and adds an account.
#[tauri::command]
pub async fn add_account(loader: State<'_, AppLoader>, request: AddAccountRequest) -> Reply<Account> {
    let app = loader.app().await?;
    let added = app.add_account(NewAccount::from(request)).await.map_err(refused)?;
    Ok((&app.account_status(&added.id).map_err(refused)?).into())
}

/// The projects that some credentials can see.
#[tauri::command]
pub async fn find_projects(loader: State<'_, AppLoader>, request: FindProjectsRequest) -> Reply<FoundProjects> {
    let (credentials, endpoint) = (request.credentials.into(), request.endpoint.map(LongText::into_string));
    let app = loader.app().await?;
    let found = app.find_projects(request.provider.into(), credentials, endpoint.as_deref()).await.map_err(refused)?;
    Ok((&found).into())
}

/// Verifies and adds projects of one sign-in, each as an account.
#[tauri::command]
pub async fn add_projects(loader: State<'_, AppLoader>, request: AddProjectsRequest) -> Reply<AddedProjects> {
    let app = loader.app().await?;
    let outcomes = app.add_projects(NewProjects::from(request)).await.map_err(refused)?;
    let mut shown = AddedProjects { added: Vec::new(), failed: Vec::new() };
    for AddedProject { project, outcome } in outcomes {
        match outcome {
            // An account that was removed since is in neither list.
            Ok(account) => shown.added.extend(app.account_status(&account.id).ok().as_ref().map(Account::from)),
            Err(failure) => shown.failed.push(FailedProject { project, failure: (&failure).into() }),
        }
    }
    Ok(shown)
}

/// Verifies an account's credentials.
#[tauri::command]
pub async fn verify_account(loader: State<'_, AppLoader>, request: VerifyAccountRequest) -> Reply<Identity> {
    let identity = loader.app().await?.verify_account(&request.account.account()).await.map_err(refused)?;
    Ok((&identity).into())
}

/// Changes an account.
#[tauri::command]
pub async fn update_account(loader: State<'_, AppLoader>, request: UpdateAccountRequest) -> Reply<Account> {
    let (app, id) = (loader.app().await?, request.account.account());
    let changed = app.update_account(&id, AccountChange::from(request)).await.map_err(refused)?;
    Ok((&app.account_status(&changed.id).map_err(refused)?).into())
}

/// Removes an account.
#[tauri::command]
pub async fn remove_account(loader: State<'_, AppLoader>, request: RemoveAccountRequest) -> Reply<RemovedAccount> {
    let left = loader.app().await?.remove_account(&request.account.account()).await.map_err(refused)?;
    Ok(RemovedAccount { secret_left: left.as_ref().map(Into::into) })
}

/// Syncs now; answers when the sync has ended.
#[tauri::command]
pub async fn sync_now(loader: State<'_, AppLoader>, request: SyncNowRequest) -> Reply<SyncReport> {
    let accounts: Vec<AccountId> = request.accounts.into_vec().iter().map(NameText::account).collect();
    let report = loader.app().await?.sync(&accounts, &[]).await;
    Ok((&report).into())
}
