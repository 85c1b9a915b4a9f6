//! Tables for people: columns as wide as what the terminal shows of them.

use restante_l10n::{isolate, one_line};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// What separates two columns.
const GAP: &str = "  ";
/// A column that gives way keeps at least this much.
const LEAST_WIDTH: usize = 8;

/// A table that is being filled. Cells may hold anything: they are made safe here.
pub(crate) struct Table {
    titles: Vec<String>,
    /// Whether a column gives way where the terminal is too narrow.
    flexible: Vec<bool>,
    rows: Vec<Vec<String>>,
}

impl Table {
    pub(crate) fn new() -> Self {
        Self { titles: Vec::new(), flexible: Vec::new(), rows: Vec::new() }
    }

    /// A column that is always shown whole.
    #[must_use]
    pub(crate) fn column(mut self, title: impl Into<String>) -> Self {
        self.titles.push(title.into());
        self.flexible.push(false);
        self
    }

    /// A column that gives way.
    #[must_use]
    pub(crate) fn flexible(mut self, title: impl Into<String>) -> Self {
        self = self.column(title);
        if let Some(last) = self.flexible.last_mut() {
            *last = true;
        }
        self
    }

    /// One row: as many cells as there are columns.
    pub(crate) fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().map(|cell| one_line(&cell)).collect());
    }

    /// The lines of the table, not wider than `columns` as far as the flexible columns allow.
    pub(crate) fn lines(&self, columns: Option<usize>) -> Vec<String> {
        let widths = self.widths(columns);
        std::iter::once(&self.titles).chain(&self.rows).map(|cells| line(cells, &widths)).collect()
    }

    fn widths(&self, columns: Option<usize>) -> Vec<usize> {
        let mut widths: Vec<usize> = self.titles.iter().map(|title| title.width()).collect();
        for row in &self.rows {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(cell.width());
            }
        }
        let Some(columns) = columns else { return widths };
        let mut excess = (widths.iter().sum::<usize>() + GAP.len() * widths.len().saturating_sub(1))
            .saturating_sub(columns);
        while excess > 0 {
            // The widest one that gives way gives one column, until all fit or none can.
            let widest = (0..widths.len())
                .filter(|&at| self.flexible[at] && widths[at] > LEAST_WIDTH)
                .max_by_key(|&at| widths[at]);
            let Some(widest) = widest else { break };
            widths[widest] -= 1;
            excess -= 1;
        }
        widths
    }
}

fn line(cells: &[String], widths: &[usize]) -> String {
    let mut line = String::new();
    for (at, (cell, &width)) in cells.iter().zip(widths).enumerate() {
        if at > 0 {
            line.push_str(GAP);
        }
        let shown = cut(cell, width);
        line.push_str(&isolate(&shown));
        line.extend(std::iter::repeat_n(' ', width.saturating_sub(shown.width())));
    }
    line.truncate(line.trim_end().len());
    line
}

/// As much of the text as fits, with a mark where some is left out.
fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut shown = String::new();
    let mut left = width.saturating_sub(1);
    for letter in text.chars() {
        let needed = letter.width().unwrap_or(0);
        if needed > left {
            break;
        }
        left -= needed;
        shown.push(letter);
    }
    shown.push('…');
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        let mut table = Table::new().column("ID").flexible("SUBJECT").column("DATE");
        table.row(["1".into(), "Отчёт".into(), "16:05".into()]);
        table.row(["22".into(), "漢字 and\nmore\u{1b}[2J".into(), "16:06".into()]);
        table
    }

    #[test]
    fn columns_stand_under_each_other_by_what_is_shown() {
        assert_eq!(
            table().lines(None),
            ["ID  SUBJECT            DATE", "1   Отчёт              16:05", "22  漢字 and more [2J  16:06",]
        );
    }

    #[test]
    fn a_narrow_terminal_cuts_what_gives_way() {
        let lines = table().lines(Some(22));
        assert_eq!(lines[2], "22  漢字 and m…  16:06");
        assert!(lines.iter().all(|line| line.width() <= 22), "{lines:?}");
    }

    #[test]
    fn a_terminal_too_narrow_for_anything_still_shows_all_columns() {
        assert!(table().lines(Some(1))[1].ends_with("16:05"));
    }
}
