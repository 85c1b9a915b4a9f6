//! `ledger export`: what happened to an organisation's messages, as proof.

use std::io::{BufWriter, Write};

use clap::{Subcommand, ValueEnum};
use restante_l10n::io_error;
use restante_model::{Name, Timestamp};
use restante_process::Exit;
use restante_store::{LedgerLine, LedgerQuery, SqlStore, Store};
use serde_json::json;

use super::{answers::Answers, failure::Failure};

/// Lines held in memory at a time.
const PAGE: u32 = 1_000;

#[derive(Clone, Copy, ValueEnum)]
pub(super) enum Format {
    Csv,
    Json,
}

#[derive(Subcommand)]
pub(super) enum Ledger {
    /// Writes an organisation's ledger to stdout, oldest first: CSV (RFC 4180), or one JSON object a line.
    Export {
        organisation: Name,
        #[arg(long, value_enum, default_value = "csv")]
        format: Format,
        /// From this moment on (RFC 3339).
        #[arg(long, value_parser = Timestamp::parse)]
        from: Option<Timestamp>,
        /// Until this moment, not included.
        #[arg(long, value_parser = Timestamp::parse)]
        to: Option<Timestamp>,
    },
}

impl Ledger {
    pub(super) async fn run(self, store: &SqlStore, answers: Answers<'_>) -> Result<(), Failure> {
        let Self::Export { organisation, format, from, to } = self;
        let format = if answers.json { Format::Json } else { format };
        let mut out = BufWriter::new(std::io::stdout());
        match export(
            store,
            &mut out,
            format,
            LedgerQuery { organisation, from, to, after: 0, max_lines: PAGE },
        )
        .await?
        {
            Ok(()) => Ok(()),
            // Who reads only the first lines has what he wants.
            Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
            Err(error) => {
                let message =
                    answers.text("server-ledger-writing", &[("why", &io_error(&error, answers.words))]);
                Err(Failure::new(Exit::Refused, message, ""))
            }
        }
    }
}

async fn export(
    store: &dyn Store,
    out: &mut dyn Write,
    format: Format,
    mut query: LedgerQuery,
) -> Result<std::io::Result<()>, Failure> {
    if let Format::Csv = format
        && let Err(error) = out.write_all(HEADER.as_bytes())
    {
        return Ok(Err(error));
    }
    loop {
        let page = store.ledger_page(&query).await?;
        if page.lines.is_empty() {
            return Ok(out.flush());
        }
        for line in &page.lines {
            let text = match format {
                Format::Csv => csv(line),
                Format::Json => json_line(line),
            };
            if let Err(error) = out.write_all(text.as_bytes()) {
                return Ok(Err(error));
            }
        }
        query.after = page.after;
    }
}

const HEADER: &str = "at,event,message,importance,sender,sender_name,recipient,recipient_name,device\r\n";

fn csv(line: &LedgerLine) -> String {
    let entry = &line.entry;
    let fields = [
        entry.at.to_string(),
        entry.event.as_str().to_owned(),
        line.id.to_string(),
        line.importance.as_str().to_owned(),
        line.sender.login.to_string(),
        line.sender.name.clone(),
        entry.recipient.login.to_string(),
        entry.recipient.name.clone(),
        entry.device.clone().unwrap_or_default(),
    ];
    fields.map(|field| quoted(&field)).join(",") + "\r\n"
}

/// A field (RFC 4180, section 2). One that a table calculator would take for a formula begins with an
/// apostrophe (OWASP, "CSV Injection").
fn quoted(field: &str) -> String {
    let formula = field.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let field = if formula { format!("'{field}") } else { field.to_owned() };
    if field.contains([',', '"', '\r', '\n']) { format!("\"{}\"", field.replace('"', "\"\"")) } else { field }
}

fn json_line(line: &LedgerLine) -> String {
    let entry = &line.entry;
    let object = json!({
        "at": entry.at, "event": entry.event, "message": line.id, "importance": line.importance,
        "sender": line.sender, "recipient": entry.recipient, "device": entry.device,
    });
    format!("{object}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_text_and_never_a_formula() {
        assert_eq!(quoted("Anna"), "Anna");
        assert_eq!(quoted("Anna, \"boss\""), "\"Anna, \"\"boss\"\"\"");
        assert_eq!(quoted("=HYPERLINK(\"x\",1)"), "\"'=HYPERLINK(\"\"x\"\",1)\"");
        for formula in ["+1", "-1", "@x", "\t=1"] {
            assert_eq!(quoted(formula), format!("'{formula}"));
        }
        assert_eq!(quoted("a\nb"), "\"a\nb\"");
    }
}
