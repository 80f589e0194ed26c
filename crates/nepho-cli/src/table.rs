//! Aligned columns of text. No colour: it is read by people and by `grep`.

use std::fmt;

/// A table with a heading.
#[derive(Debug)]
pub struct Table {
    heading: Vec<&'static str>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// An empty table.
    pub fn new(heading: &[&'static str]) -> Self {
        Self { heading: heading.to_vec(), rows: Vec::new() }
    }

    /// Adds a row; its cells are made visible, see [`crate::messages::shown`].
    pub fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().map(|cell| crate::messages::shown(&cell).into_owned()).collect());
    }

    /// Returns true if it has no rows.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let heading: Vec<String> = self.heading.iter().map(ToString::to_string).collect();
        let lines = || std::iter::once(&heading).chain(&self.rows);
        let width = |column: usize| lines().filter_map(|line| line.get(column)).map(|cell| columns(cell)).max();
        let widths: Vec<usize> = (0..heading.len()).map(|column| width(column).unwrap_or(0)).collect();
        for line in lines() {
            let mut text = String::new();
            for (cell, width) in line.iter().zip(&widths) {
                text.push_str(cell);
                text.extend(std::iter::repeat_n(' ', width - columns(cell) + 2));
            }
            writeln!(f, "{}", text.trim_end())?;
        }
        Ok(())
    }
}

/// The number of terminal columns that the text takes: East Asian wide characters take two.
fn columns(text: &str) -> usize {
    let wide = |c: char| matches!(c, '\u{1100}'..='\u{115F}' | '\u{2E80}'..='\u{A4CF}' | '\u{AC00}'..='\u{D7A3}' | '\u{F900}'..='\u{FAFF}' | '\u{FF00}'..='\u{FF60}' | '\u{1F300}'..='\u{1FAFF}');
    text.chars().map(|c| if wide(c) { 2 } else { 1 }).sum()
}

#[cfg(test)]
mod tests {
    use super::Table;

    #[test]
    fn columns_are_aligned_and_hostile_cells_are_visible() {
        let mut table = Table::new(&["NAME", "STATE"]);
        table.row(["web-名前".to_owned(), "running".to_owned()]);
        table.row(["a\u{202E}b\n".to_owned(), "stopped".to_owned()]);
        let lines: Vec<String> = table.to_string().lines().map(ToOwned::to_owned).collect();
        assert_eq!(lines[0], "NAME             STATE");
        assert_eq!(lines[1], "web-名前         running");
        assert_eq!(lines[2], "a\\u{202e}b\\u{a}  stopped");
    }
}
