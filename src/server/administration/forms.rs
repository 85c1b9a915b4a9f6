//! The terms of a post office in a form.

use maud::{Markup, html};
use restante_l10n::Words;
use restante_model::{CheckInterval, IntervalRange, Seconds};
use restante_store::OfficeTerms;
use serde::Deserialize;

use super::Refused;

/// As typed.
#[derive(Clone, Deserialize)]
pub(super) struct TermsForm {
    interval: String,
    lifetime: String,
    lifetime_unit: String,
    shortest: String,
    longest: String,
    #[serde(default)]
    locked: Option<String>,
    /// The oldest version of agents that is served (row B23); empty: any.
    #[serde(default)]
    oldest_client: String,
}

impl TermsForm {
    pub(super) fn of(terms: &OfficeTerms) -> Self {
        let lifetime = terms.message_lifetime.to_string();
        let (number, unit) = lifetime.split_at(lifetime.len() - 1);
        Self {
            interval: terms.check_interval.seconds().to_string(),
            lifetime: number.to_owned(),
            lifetime_unit: unit.to_owned(),
            shortest: terms.interval_range.min().seconds().to_string(),
            longest: terms.interval_range.max().seconds().to_string(),
            locked: terms.interval_locked.then(|| "on".to_owned()),
            oldest_client: terms.oldest_client.map(|version| version.to_string()).unwrap_or_default(),
        }
    }

    /// The terms that are meant; what the form does not ask for stays as it was.
    pub(super) fn meant(&self, words: &Words, before: OfficeTerms) -> Result<OfficeTerms, Refused> {
        // A year is longer than any interval or range that serves.
        let seconds =
            |text: &str| text.trim().parse().ok().filter(|seconds| (1..=31_536_000).contains(seconds));
        let interval = |text: &str| seconds(text).map(CheckInterval::from_seconds);
        let wrong = || Refused(words.text("administration-bad-interval"));
        let check_interval = interval(&self.interval).ok_or_else(wrong)?;
        let (shortest, longest) =
            (interval(&self.shortest).ok_or_else(wrong)?, interval(&self.longest).ok_or_else(wrong)?);
        if shortest > longest {
            return Err(Refused(words.text("administration-bad-range")));
        }
        let oldest_client = match self.oldest_client.trim() {
            "" => None,
            version => Some(version.parse().map_err(|_| Refused(words.text("administration-bad-version")))?),
        };
        let lifetime = format!("{}{}", self.lifetime.trim(), self.lifetime_unit).parse::<Seconds>().ok();
        // Ten years.
        let lifetime = lifetime.filter(|lifetime| (1..=315_360_000).contains(&lifetime.get()));
        Ok(OfficeTerms {
            check_interval,
            interval_range: IntervalRange::new(shortest, longest),
            interval_locked: self.locked.is_some(),
            message_lifetime: lifetime.ok_or_else(|| Refused(words.text("administration-bad-lifetime")))?,
            oldest_client,
            ..before
        })
    }

    pub(super) fn fields(&self, words: &Words) -> Markup {
        let seconds = |id: &str, value: &str| {
            html! { input id=(id) name=(id) type="number" min="1" max="31536000" value=(value) required inputmode="numeric"; }
        };
        let units = [
            ("d", words.text("administration-days")),
            ("h", words.text("administration-hours")),
            ("m", words.text("administration-minutes")),
            ("s", words.text("administration-seconds")),
        ];
        html! {
            label for="interval" { (words.text("administration-interval")) }
            (seconds("interval", &self.interval))
            label for="lifetime" { (words.text("administration-lifetime")) }
            div class="row" {
                input id="lifetime" name="lifetime" type="number" min="1" value=(self.lifetime) required inputmode="numeric";
                select name="lifetime_unit" aria-label=(words.text("administration-unit")) {
                    @for (unit, name) in &units {
                        option value=(unit) selected[*unit == self.lifetime_unit] { (name) }
                    }
                }
            }
            fieldset {
                legend { (words.text("administration-range")) }
                div class="row" {
                    div { label for="shortest" { (words.text("administration-shortest")) } (seconds("shortest", &self.shortest)) }
                    div { label for="longest" { (words.text("administration-longest")) } (seconds("longest", &self.longest)) }
                }
                label class="check" {
                    input type="checkbox" name="locked" checked[self.locked.is_some()];
                    span { (words.text("administration-lock")) }
                }
            }
            label for="oldest_client" { (words.text("administration-oldest-client")) }
            input id="oldest_client" name="oldest_client" value=(self.oldest_client) maxlength="64"
                placeholder=(words.text("administration-any-version"));
            p class="hint" { (words.text("administration-oldest-client-hint")) }
        }
    }
}
