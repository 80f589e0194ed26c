//! The TypeScript bindings: two files, written from the command table.
//!
//! They are committed, so that the UI builds without Rust; a test holds that they are in step.

use std::{collections::BTreeMap, fmt::Write as _, fs, io, path::Path};

use ts_rs::{Config, TS, TypeVisitor};

use crate::{
    commands::table,
    failure::CommandError,
    limits::{MAX_KEY, MAX_LIMIT, MAX_LIST, MAX_NAME, MAX_PROJECTS, MAX_QUERY, MAX_TEXT},
    status::Changes,
};

/// The first line of each generated file.
const HEADER: &str = "// Generated from crates/nepho-wire by `cargo xtask bindings`. Do not edit.\n";

/// A generated file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GeneratedFile {
    /// Its name within the generated folder.
    pub name: &'static str,
    /// Its text.
    pub text: String,
}

/// Type declarations by name, each once.
#[derive(Debug, Default)]
pub(crate) struct Declarations(BTreeMap<String, String>);

impl Declarations {
    /// Adds a type and everything that it refers to.
    pub(crate) fn add<T: TS + 'static + ?Sized>(&mut self, cfg: &Config) {
        Walk { cfg, declarations: self }.visit::<T>();
    }
}

struct Walk<'a> {
    cfg: &'a Config,
    declarations: &'a mut Declarations,
}

impl TypeVisitor for Walk<'_> {
    fn visit<T: TS + 'static + ?Sized>(&mut self) {
        // Only types of this crate have a path; primitives and containers declare nothing.
        if T::output_path().is_some() {
            let name = T::ident(self.cfg);
            if self.declarations.0.contains_key(&name) {
                return;
            }
            let docs = T::docs().unwrap_or_default();
            self.declarations.0.insert(name, tidy(&format!("{docs}export {}", T::decl(self.cfg))));
        }
        T::visit_dependencies(self);
        T::visit_generics(self);
    }
}

/// One-line comments on one line, no blanks at line ends.
fn tidy(declaration: &str) -> String {
    let mut tidied = String::with_capacity(declaration.len());
    let mut lines = declaration.lines().map(str::trim_end).peekable();
    let mut depth = "";
    while let Some(line) = lines.next() {
        if line == "/**" {
            let first = lines.next().unwrap_or_default().trim_start_matches(" * ");
            if lines.next_if(|next| *next == " */").is_some() {
                let _ = writeln!(tidied, "{depth}/** {first} */");
            } else {
                let _ = writeln!(tidied, "{depth}/**\n{depth} * {first}");
            }
        } else {
            let _ = writeln!(tidied, "{depth}{line}");
        }
        if tidied.contains("export ") {
            depth = "  ";
        }
    }
    tidied
}

/// Makes all the files.
pub fn generate() -> Vec<GeneratedFile> {
    // Counters fit: JavaScript's numbers are exact up to 2^53.
    let cfg = Config::new().with_large_int("number");
    let (lines, mut declarations) = table(&cfg);
    declarations.add::<CommandError>(&cfg);
    declarations.add::<Changes>(&cfg);

    let mut types = HEADER.to_owned();
    for declaration in declarations.0.values() {
        let _ = write!(types, "\n{declaration}");
    }

    let mut names: Vec<&str> =
        lines.iter().flat_map(|line| [line.request.as_str(), line.reply.as_str()]).chain(["Changes"]).collect();
    names.sort_unstable();
    names.dedup();
    let mut commands = format!("{HEADER}\nimport type {{\n  {},\n}} from \"./types\";\n", names.join(",\n  "));
    commands.push_str("\n/** Every command, with its request and its reply. */\nexport interface Commands {\n");
    for line in &lines {
        let _ = writeln!(commands, "  /** {} */", line.doc);
        let _ = writeln!(commands, "  {}: {{ request: {}; reply: {} }};", line.name, line.request, line.reply);
    }
    commands.push_str("}\n\n/** Every event, with its payload. */\nexport interface Events {\n");
    commands.push_str("  /** Something changed; ask again for what is on screen. */\n  changed: Changes;\n}\n");
    commands.push_str("\n/** The limits that requests are held to. */\nexport const LIMITS = {\n");
    for (name, value) in [
        ("key", MAX_KEY),
        ("query", MAX_QUERY),
        ("name", MAX_NAME),
        ("text", MAX_TEXT),
        ("list", MAX_LIST),
        ("projects", MAX_PROJECTS),
        ("rows", MAX_LIMIT as usize),
    ] {
        let _ = writeln!(commands, "  {name}: {value},");
    }
    commands.push_str("} as const;\n");
    vec![GeneratedFile { name: "types.ts", text: types }, GeneratedFile { name: "commands.ts", text: commands }]
}

/// Writes the files into `dir`, which is made if it is not there.
pub fn write(dir: &Path) -> io::Result<()> {
    fs::create_dir_all(dir)?;
    for file in generate() {
        fs::write(dir.join(file.name), file.text)?;
    }
    Ok(())
}

/// The names of the files in `dir` that are missing or differ from what would be written.
pub fn out_of_step(dir: &Path) -> Vec<&'static str> {
    generate()
        .into_iter()
        .filter(|file| fs::read_to_string(dir.join(file.name)).ok().as_deref() != Some(file.text.as_str()))
        .map(|file| file.name)
        .collect()
}
