//! The table that is printed.

pub(crate) fn begin() {
    println!("| # | figure | measured | beside | ratio | goal |");
    println!("| --- | --- | --- | --- | --- | --- |");
}

/// A figure, what it stands beside, how they are to each other, and how they are to be; a goal is "at most" where it
/// does not say otherwise, and absent where nothing was promised.
pub(crate) fn row(number: &str, what: &str, measured: &str, beside: &str, ratio: f64, goal: &str) {
    println!("| {number} | {what} | {measured} | {beside} | {ratio:.2} | {goal} |");
}
