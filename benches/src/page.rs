//! Pages of results: tables, and the blocks of other pages that are made from them.

#[cfg(test)]
mod tests;

/// A table in Markdown.
#[derive(Clone, Debug)]
pub struct Table {
    columns: usize,
    text: String,
}

impl Table {
    /// One without rows.
    #[must_use]
    pub fn new(heads: &[&str]) -> Self {
        let mut table = Self { columns: heads.len(), text: String::new() };
        table.line(heads);
        table.line(&vec!["---"; heads.len()]);
        table
    }

    /// Adds a row; cells that are missing are empty.
    pub fn row<T: AsRef<str>>(&mut self, cells: &[T]) {
        let mut cells: Vec<&str> = cells.iter().map(AsRef::as_ref).collect();
        cells.resize(self.columns, "");
        self.line(&cells);
    }

    fn line(&mut self, cells: &[&str]) {
        for cell in cells {
            self.text.push_str(if cell.is_empty() { "|" } else { "| " });
            self.text.push_str(cell);
            self.text.push(' ');
        }
        self.text.push_str("|\n");
    }

    /// The lines.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }
}

/// What stands between the comments `begin` and `end` of a page: whole lines.
#[must_use]
pub fn block<'a>(page: &'a str, begin: &str, end: &str) -> Option<&'a str> {
    let (_, rest) = page.split_once(&format!("<!-- {begin} -->\n"))?;
    let (block, _) = rest.split_once(&format!("<!-- {end} -->"))?;
    Some(block)
}

/// The page with another [`block`].
#[must_use]
pub fn with_block(page: &str, begin: &str, end: &str, block: &str) -> Option<String> {
    let (before, rest) = page.split_once(&format!("<!-- {begin} -->\n"))?;
    let (_, after) = rest.split_once(&format!("<!-- {end} -->"))?;
    Some(format!("{before}<!-- {begin} -->\n{block}<!-- {end} -->{after}"))
}

/// The page with another last cell in the rows of its tables whose second cell is `` `name` ``.
#[must_use]
pub fn with_last_cell(page: &str, name: &str, cell: &str) -> String {
    let mut text = String::with_capacity(page.len());
    for line in page.split_inclusive('\n') {
        let mut cells: Vec<&str> = line.trim_end().split(" | ").collect();
        if line.starts_with('|') && cells.len() > 2 && cells.get(1) == Some(&&*format!("`{name}`")) {
            cells.pop();
            text.push_str(&format!("{} | {cell} |\n", cells.join(" | ")));
        } else {
            text.push_str(line);
        }
    }
    text
}
