//! One office to play: a seed, how long, and what is left out of it. Written as `tests/run sim` takes it.

use std::{fmt, str::FromStr};

use crate::trouble::TROUBLES;

/// How long the office is open in an ordinary run.
const HOURS: i64 = 6;
/// As many as an office has names and desks for.
const MOST_PEOPLE: usize = 4;
const MOST_DEVICES: usize = 2;

/// An office to play.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Case {
    pub(crate) seed: u64,
    pub(crate) hours: i64,
    /// Troubles of the seed that do not come.
    pub(crate) without: Vec<&'static str>,
    /// At most so many people, with so many devices each.
    pub(crate) people: usize,
    pub(crate) devices: usize,
}

impl Case {
    pub(crate) fn of_seed(seed: u64) -> Self {
        Self { seed, hours: HOURS, without: Vec::new(), people: MOST_PEOPLE, devices: MOST_DEVICES }
    }

    /// The simplest case found that fails too: a trouble less, fewer people, fewer devices or half the time, as
    /// long as something is still found. `fails` plays one.
    pub(crate) fn shrunk(self, mut fails: impl FnMut(&Self) -> bool) -> Self {
        let mut simplest = self;
        for trouble in TROUBLES {
            let mut simpler = simplest.clone();
            simpler.without.push(trouble);
            if fails(&simpler) {
                simplest = simpler;
            }
        }
        let fewer: [fn(&mut Self); 3] =
            [|case| case.people = 2, |case| case.people = 3, |case| case.devices = 1];
        for take in fewer {
            let mut simpler = simplest.clone();
            take(&mut simpler);
            if simpler.people <= simplest.people && simpler != simplest && fails(&simpler) {
                simplest = simpler;
            }
        }
        while simplest.hours > 1 {
            let simpler = Self { hours: simplest.hours / 2, ..simplest.clone() };
            if !fails(&simpler) {
                break;
            }
            simplest = simpler;
        }
        simplest
    }
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "--seed {}", self.seed)?;
        if self.hours != HOURS {
            write!(f, " --hours {}", self.hours)?;
        }
        if !self.without.is_empty() {
            write!(f, " --without {}", self.without.join(","))?;
        }
        if self.people < MOST_PEOPLE {
            write!(f, " --people {}", self.people)?;
        }
        if self.devices < MOST_DEVICES {
            write!(f, " --devices {}", self.devices)?;
        }
        Ok(())
    }
}

impl FromStr for Case {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut case = Self::of_seed(0);
        let mut words = text.split_whitespace();
        while let Some(word) = words.next() {
            let value = words.next().ok_or_else(|| format!("{word} has no value"))?;
            let number = || value.parse::<u64>().map_err(|_| format!("{word} {value} is no number"));
            match word {
                "--seed" => case.seed = number()?,
                "--hours" => case.hours = i64::try_from(number()?).unwrap_or(HOURS),
                "--days" => case.hours = i64::try_from(number()?).unwrap_or(1) * 24,
                "--people" => case.people = usize::try_from(number()?).unwrap_or(MOST_PEOPLE).max(2),
                "--devices" => case.devices = usize::try_from(number()?).unwrap_or(MOST_DEVICES).max(1),
                "--without" => {
                    for name in value.split(',') {
                        let known = TROUBLES.into_iter().find(|trouble| *trouble == name);
                        case.without.push(known.ok_or_else(|| format!("there is no trouble {name}"))?);
                    }
                }
                _ => return Err(format!("{word} is not known")),
            }
        }
        Ok(case)
    }
}

#[test]
fn a_case_reads_back_as_it_is_told_and_shrinks_to_what_matters() {
    let case = Case::of_seed(21);
    assert_eq!(case.to_string().parse(), Ok(case.clone()));
    let fails = |case: &Case| !case.without.contains(&"disks") && case.devices == 2 && case.hours >= 3;
    let simplest = case.shrunk(fails);
    assert!(fails(&simplest));
    assert_eq!((simplest.hours, simplest.people, simplest.without.len()), (3, 2, TROUBLES.len() - 1));
    assert_eq!(simplest.to_string().parse(), Ok(simplest));
}
