//! The imports and paths in the text of a Rust file, without comments and texts.

/// The segments of a path.
pub(super) type ModulePath = Vec<String>;

/// One name that a `use` brings in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Import {
    /// Where it leads.
    pub(super) path: ModulePath,
    /// The name here; `*` for all.
    pub(super) name: String,
    /// True for any `pub use`.
    pub(super) is_public: bool,
}

/// What one file imports and names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Module {
    pub(super) imports: Vec<Import>,
    /// Paths in its code that start with `crate`, `self` or `super`.
    pub(super) paths: Vec<ModulePath>,
}

/// Reads a file.
pub(super) fn read(text: &str) -> Module {
    let tokens = tokens(text);
    let mut module = Module::default();
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        let before = at.checked_sub(1).map_or(";", |before| tokens[before]);
        let is_path = ["crate", "self", "super"].contains(token) && tokens.get(at + 1) == Some(&"::");
        if *token == "use" && [";", "}", "{", "]", ")", "pub"].contains(&before) {
            let end = tokens[at..].iter().position(|token| *token == ";").map_or(tokens.len(), |length| at + length);
            import(&tokens[at + 1..end], &[], [")", "pub"].contains(&before), &mut module.imports);
            at = end;
        } else if is_path && !["::", "$"].contains(&before) {
            let mut path = vec![(*token).to_owned()];
            while tokens.get(at + 1) == Some(&"::")
                && let Some(segment) = tokens.get(at + 2).filter(|segment| is_name(segment))
            {
                path.push((*segment).to_owned());
                at += 2;
            }
            module.paths.push(path);
        }
        at += 1;
    }
    module
}

/// Adds the names of one tree of a `use`, below `prefix`.
fn import(tree: &[&str], prefix: &[String], is_public: bool, into: &mut Vec<Import>) {
    let mut path = prefix.to_vec();
    for (at, token) in tree.iter().enumerate() {
        match *token {
            "::" => {}
            "{" => {
                let end = tree.iter().rposition(|token| *token == "}").unwrap_or(tree.len());
                for branch in branches(&tree[at + 1..end]) {
                    import(branch, &path, is_public, into);
                }
                return;
            }
            "as" => {
                let name = tree.get(at + 1).copied().unwrap_or_default().to_owned();
                into.push(Import { path, name, is_public });
                return;
            }
            "self" if !path.is_empty() => {}
            segment => path.push(segment.to_owned()),
        }
    }
    if let Some(name) = path.last().cloned() {
        into.push(Import { path, name, is_public });
    }
}

/// The parts of a tree between its outermost commas.
fn branches<'a, 'b>(tree: &'a [&'b str]) -> impl Iterator<Item = &'a [&'b str]> {
    let mut depth = 0;
    let parts = tree.split(move |token| {
        match *token {
            "{" => depth += 1,
            "}" => depth -= 1,
            _ => {}
        }
        *token == "," && depth == 0
    });
    parts.filter(|part| !part.is_empty())
}

fn is_name(token: &str) -> bool {
    token.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

/// Names, `::` and single signs. Comments, texts and characters are left out.
fn tokens(text: &str) -> Vec<&str> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = if first.is_whitespace() {
            first.len_utf8()
        } else if let Some(length) = skipped(rest) {
            length
        } else {
            let name = rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len());
            let length = if rest.starts_with("::") { 2 } else { name.max(first.len_utf8()) };
            tokens.push(&rest[..length]);
            length
        };
        rest = &rest[length..];
    }
    tokens
}

/// The length of the comment, text or character that `rest` starts with.
fn skipped(rest: &str) -> Option<usize> {
    if rest.starts_with("//") {
        return Some(rest.find('\n').unwrap_or(rest.len()));
    }
    if rest.starts_with('"') {
        return Some(text_length(rest));
    }
    if rest.starts_with("b\"") {
        return Some(1 + text_length(&rest[1..]));
    }
    let raw = rest.strip_prefix('b').unwrap_or(rest).strip_prefix('r');
    if let Some(raw) = raw.filter(|raw| raw.trim_start_matches('#').starts_with('"')) {
        let marks = raw.find('"')?;
        let end = format!("\"{}", &raw[..marks]);
        let length = raw[marks + 1..].find(&end).map_or(raw.len(), |at| marks + 1 + at + end.len());
        return Some(rest.len() - raw.len() + length);
    }
    let character = rest.strip_prefix('\'')?;
    if let Some(escaped) = character.strip_prefix('\\') {
        return Some(2 + escaped.char_indices().skip(1).find(|(_, c)| *c == '\'')?.0 + 1);
    }
    // Not a lifetime: the quote closes behind one character.
    let mut characters = character.char_indices().skip(1);
    characters.next().filter(|(_, c)| *c == '\'').map(|(at, _)| 1 + at + 1)
}

/// The length of the text that starts with a quote, both quotes among it.
fn text_length(rest: &str) -> usize {
    let mut is_escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        if c == '"' && !is_escaped {
            return at + 1;
        }
        is_escaped = c == '\\' && !is_escaped;
    }
    rest.len()
}

#[test]
fn imports_and_paths_are_read() {
    let text = r##"
        //! use crate::no;
        use std::{fmt, io::{self, Read as _}};
        pub(crate) use self::a::*;
        const A: &str = "; use crate::no \" ;"; const B: char = '"'; const C: &str = r#"; use crate::"no"; "#;
        fn f<'a>(x: &'a crate::b::B) -> char { super::super::g::<u8>(); $crate::no(); '\'' }
    "##;
    let module = read(text);
    let found: Vec<_> = module.imports.iter().map(|one| (one.path.join("::"), &*one.name, one.is_public)).collect();
    let expected = [
        ("std::fmt", "fmt", false),
        ("std::io", "io", false),
        ("std::io::Read", "_", false),
        ("self::a::*", "*", true),
    ];
    assert_eq!(found, expected.map(|(path, name, is_public)| (path.to_owned(), name, is_public)));
    assert_eq!(module.paths.iter().map(|path| path.join("::")).collect::<Vec<_>>(), ["crate::b::B", "super::super::g"]);
}
