//! Table `accounts` of the durable database.

use nepho_core::{Account, AccountId, CredentialSource, Identity, Realm, Region, SignInId};
use rusqlite::{Connection, ErrorCode, Row, named_params};

use crate::{
    StoreError,
    columns::{nanos, time, word},
    error::Fault,
};

/// Returns every account, by name.
pub(crate) fn all(connection: &Connection) -> Result<Vec<Account>, Fault> {
    let mut statement = connection.prepare_cached("SELECT * FROM accounts ORDER BY name, id")?;
    let accounts = statement.query_and_then([], account)?;
    accounts.collect()
}

/// Adds the account, or replaces the one with its id.
pub(crate) fn put(connection: &Connection, account: &Account) -> Result<(), Fault> {
    // The column `profile` holds the single text that a source has: the name of a profile or of a
    // variable, or a sign-in's id. Renaming the column would need a migration for no benefit.
    let (source, profile) = match &account.source {
        CredentialSource::Environment => ("environment", None),
        CredentialSource::Profile(name) => ("profile", Some(name.as_str())),
        CredentialSource::Keyring => ("keyring", None),
        CredentialSource::Variable(name) => ("variable", Some(name.as_str())),
        CredentialSource::ApplicationDefault => ("application_default", None),
        CredentialSource::SignIn(id) => ("sign_in", Some(id.as_str())),
        CredentialSource::BuiltIn => ("built_in", None),
    };
    let regions: Vec<&str> = account.regions.iter().map(Region::as_str).collect();
    let regions = serde_json::to_string(&regions).map_err(|error| Fault::unreadable("list", error))?;
    let mut statement = connection.prepare_cached(
        "INSERT INTO accounts (id, name, provider, project, source, profile, endpoint, regions, access, prod,
                               realm, principal, created_at)
         VALUES (:id, :name, :provider, :project, :source, :profile, :endpoint, :regions, :access, :prod,
                 :realm, :principal, :created_at)
         ON CONFLICT (id) DO UPDATE SET
             name = :name, provider = :provider, project = :project, source = :source, profile = :profile,
             endpoint = :endpoint, regions = :regions, access = :access, prod = :prod,
             realm = :realm, principal = :principal, created_at = :created_at",
    )?;
    let written = statement.execute(named_params! {
        ":id": account.id.as_str(),
        ":name": account.name,
        ":provider": account.provider.as_str(),
        ":project": account.project,
        ":source": source,
        ":profile": profile,
        ":endpoint": account.endpoint,
        ":regions": regions,
        ":access": account.access.as_str(),
        ":prod": account.prod,
        ":realm": account.realm.as_ref().map(Realm::as_str),
        ":principal": account.principal,
        ":created_at": nanos(account.created_at),
    });
    match written {
        // Only the name's constraint can fail here, because the conflict of ids is resolved above.
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::ConstraintViolation) => {
            Err(StoreError::NameTaken { name: account.name.clone() }.into())
        }
        other => Ok(other.map(drop)?),
    }
}

/// Pins the account unless it is already pinned; returns the account as stored now.
pub(crate) fn pin(connection: &Connection, id: &AccountId, identity: &Identity) -> Result<Option<Account>, Fault> {
    connection
        .prepare_cached("UPDATE accounts SET realm = ?2, principal = ?3 WHERE id = ?1 AND realm IS NULL")?
        .execute([id.as_str(), identity.realm.as_str(), &identity.principal])?;
    let mut statement = connection.prepare_cached("SELECT * FROM accounts WHERE id = ?1")?;
    statement.query_and_then([id.as_str()], account)?.next().transpose()
}

/// Removes the account.
pub(crate) fn remove(connection: &Connection, id: &AccountId) -> Result<(), Fault> {
    connection.prepare_cached("DELETE FROM accounts WHERE id = ?1")?.execute([id.as_str()])?;
    Ok(())
}

pub(crate) fn account(row: &Row<'_>) -> Result<Account, Fault> {
    let regions: String = row.get("regions")?;
    let regions: Vec<String> =
        serde_json::from_str(&regions).map_err(|error| Fault::unreadable("list of regions", error))?;
    let source: String = row.get("source")?;
    Ok(Account {
        id: AccountId::new(row.get::<_, String>("id")?),
        name: row.get("name")?,
        provider: word(row, "provider")?,
        project: project(row)?,
        source: match source.as_str() {
            "environment" => CredentialSource::Environment,
            "profile" => CredentialSource::Profile(row.get("profile")?),
            "keyring" => CredentialSource::Keyring,
            "variable" => CredentialSource::Variable(row.get("profile")?),
            "application_default" => CredentialSource::ApplicationDefault,
            "sign_in" => CredentialSource::SignIn(SignInId::new(row.get::<_, String>("profile")?)),
            "built_in" => CredentialSource::BuiltIn,
            other => return Err(Fault::unreadable("credential source", format!("unknown word {other:?}"))),
        },
        endpoint: row.get("endpoint")?,
        regions: regions.into_iter().map(Region::new).collect(),
        access: word(row, "access")?,
        prod: row.get("prod")?,
        realm: row.get::<_, Option<String>>("realm")?.map(Realm::new),
        principal: row.get("principal")?,
        created_at: time(row.get("created_at")?)?,
    })
}

/// Returns the project. A database of the first format, which salvage may read, has no such column.
fn project(row: &Row<'_>) -> Result<Option<String>, Fault> {
    row.as_ref().column_index("project").map_or(Ok(None), |column| Ok(row.get(column)?))
}
