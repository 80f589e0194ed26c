//! `nepho demo`.

use nepho_app::App;
use nepho_core::CredentialSource;
use nepho_wire::cli::AccountJson;

use crate::{
    args::Demo,
    exit::{CliError, Code},
    output::Output,
};

pub async fn run(app: &App, args: Demo, output: Output) -> Result<Code, CliError> {
    if args.remove {
        app.remove_demo().await?;
    } else {
        app.add_demo().await?;
    }
    let demo = app.accounts().into_iter().filter(|status| status.account.source == CredentialSource::BuiltIn);
    let accounts: Vec<AccountJson> = demo.map(|status| AccountJson::from(&status)).collect();
    output.result(&accounts, || match accounts.len() {
        0 => "the demo cloud is removed".to_owned(),
        count => format!("the demo cloud is here as {count} accounts; remove it with `nepho demo --remove`"),
    })?;
    Ok(Code::Done)
}
