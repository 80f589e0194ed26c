//! The files of a crate as a graph: which file uses an item of which other file.
//!
//! Paths that start with `crate`, `self` or `super` count, and imports from a child module. A name
//! that a module re-exports leads to the file that defines it. Deliberately not here: macros by their
//! bare name, and items that are used through a value.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    checkout::Source,
    comments::without_tests,
    tokens::{Import, Module, ModulePath, read},
};

/// Longest chain of re-exports that is followed.
const LONGEST_CHAIN: usize = 8;

/// The files of one crate, by the path of their module; the root's is empty.
#[derive(Debug, Default)]
pub(super) struct Crate {
    modules: BTreeMap<ModulePath, Module>,
}

/// The crates of the checkout by name, without test files and without further binaries.
pub(super) fn crates(sources: &[Source]) -> BTreeMap<String, Crate> {
    let mut crates: BTreeMap<String, Crate> = BTreeMap::new();
    for source in sources.iter().filter(|source| source.is_one_of(&["rs"]) && !source.is_test()) {
        let Some((folder, file)) = source.path.split_once("/src/").filter(|(_, file)| !file.starts_with("bin/")) else {
            continue;
        };
        let name = folder.rsplit('/').next().unwrap_or(folder).to_owned();
        let module = read(without_tests(&source.text));
        crates.entry(name).or_default().modules.insert(module_path(file), module);
    }
    crates
}

fn module_path(file: &str) -> ModulePath {
    let mut path: ModulePath = file.trim_end_matches(".rs").split('/').map(str::to_owned).collect();
    if path.last().is_some_and(|last| last == "mod") || matches!(&path[..], [one] if one == "lib" || one == "main") {
        path.pop();
    }
    path
}

impl Crate {
    /// The circles: sets of files each of which leads to each other one. By module path, sorted.
    pub(super) fn circles(&self) -> Vec<Vec<String>> {
        let reached: BTreeMap<&ModulePath, BTreeSet<ModulePath>> =
            self.modules.keys().map(|at| (at, self.reach(at))).collect();
        let mut circles = BTreeSet::new();
        for (at, far) in &reached {
            let back = |other: &&ModulePath| reached.get(other).is_some_and(|far| far.contains(*at));
            let mut circle: Vec<String> = far.iter().filter(back).map(|path| shown(path)).collect();
            if circle.len() > 1 {
                circle.sort();
                circles.insert(circle);
            }
        }
        circles.into_iter().collect()
    }

    /// Every file that `start` leads to, over any number of others.
    fn reach(&self, start: &ModulePath) -> BTreeSet<ModulePath> {
        let (mut far, mut next) = (BTreeSet::new(), vec![start.clone()]);
        while let Some(at) = next.pop() {
            for used in self.used_by(&at) {
                if far.insert(used.clone()) {
                    next.push(used);
                }
            }
        }
        far
    }

    /// The files whose items a file uses.
    fn used_by(&self, at: &ModulePath) -> BTreeSet<ModulePath> {
        let Some(module) = self.modules.get(at) else { return BTreeSet::new() };
        // A parent that re-exports from its child does not use it.
        let imports = module.imports.iter().filter(|import| !(import.is_public && is_bare(&import.path)));
        let paths = imports.map(|import| &import.path).chain(&module.paths);
        paths
            .filter_map(|path| self.absolute(at, path))
            .filter_map(|path| self.definition(&path, LONGEST_CHAIN))
            .filter(|used| used != at)
            .collect()
    }

    /// A path from the root of the crate; nothing for one that leads out of it.
    fn absolute(&self, at: &ModulePath, path: &[String]) -> Option<ModulePath> {
        let up = path.iter().take_while(|segment| *segment == "super").count();
        match path.first()?.as_str() {
            "crate" => Some(path[1..].to_vec()),
            "self" => Some([at, &path[1..]].concat()),
            "super" => Some([at.get(..at.len().checked_sub(up)?)?, &path[up..]].concat()),
            child => {
                let is_child = self.modules.contains_key(&[&at[..], &[child.to_owned()]].concat());
                is_child.then(|| [at, path].concat())
            }
        }
    }

    /// The file that defines what an absolute path names; nothing if that is of another crate.
    fn definition(&self, path: &[String], chain: usize) -> Option<ModulePath> {
        let depth = (0..=path.len()).take_while(|depth| self.modules.contains_key(&path[..*depth])).last()?;
        let (at, rest) = path.split_at(depth);
        let import = rest.first().and_then(|name| self.modules.get(at)?.imports.iter().find(|one| one.name == *name));
        match import {
            Some(Import { path, .. }) if path[..] != rest[..1] && chain > 0 => {
                let full = self.absolute(&at.to_vec(), path)?;
                self.definition(&[&full, &rest[1..]].concat(), chain - 1)
            }
            _ => Some(at.to_vec()),
        }
    }
}

fn is_bare(path: &[String]) -> bool {
    !path.first().is_some_and(|first| ["crate", "self", "super"].contains(&first.as_str()))
}

fn shown(path: &[String]) -> String {
    if path.is_empty() { "root".to_owned() } else { path.join("/") }
}
