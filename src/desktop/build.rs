//! Makes the windows' words out of the catalogue of l10n, then compiles the windows.
//!
//! Each key of `windows.ftl` without a variable becomes a property of the global `Words` (words.slint)
//! and a line of the function that fills it in (words.rs); the rest is put together in Rust.

use std::{env, error::Error, fmt::Write as _, fs, path::PathBuf};

const CATALOGUE: &str = "../l10n/en/windows.ftl";

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed={CATALOGUE}");
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let catalogue = fs::read_to_string(CATALOGUE)?;
    let keys = keys_without_variables(&catalogue);

    let mut properties = String::from("export global Words {\n");
    let mut setter = String::from(
        "/// Fills in every word of one window.\n\
         pub(crate) fn set_words(words: &crate::ui::Words<'_>, catalogue: &restante_l10n::Words) {\n",
    );
    for key in keys {
        writeln!(properties, "    in property <string> {key};")?;
        writeln!(setter, "    words.set_{}(catalogue.text(\"{key}\").into());", key.replace('-', "_"))?;
    }
    properties.push_str("}\n");
    setter.push_str("}\n");
    fs::write(out.join("words.slint"), properties)?;
    fs::write(out.join("words.rs"), setter)?;

    let configuration = slint_build::CompilerConfiguration::new()
        .with_style("fluent".into())
        .with_include_paths(vec![out])
        .embed_resources(slint_build::EmbedResourcesKind::EmbedFiles)
        // The names of elements, by which tests find them: for builds that are tested.
        .with_debug_info(env::var("PROFILE")? == "debug");
    slint_build::compile_with_config("ui/app.slint", configuration)?;
    Ok(())
}

/// A message starts at the start of a line and goes on in indented ones (Fluent 1.0, "Messages").
fn keys_without_variables(catalogue: &str) -> Vec<&str> {
    let mut keys = Vec::new();
    let mut message: Option<(&str, bool)> = None;
    for line in catalogue.lines() {
        if line.starts_with(|letter: char| letter.is_ascii_alphabetic()) {
            keys.extend(message.filter(|(_, variable)| !variable).map(|(key, _)| key));
            message = line.split_once(" =").map(|(key, _)| (key, false));
        }
        if let Some((_, variable)) = &mut message {
            *variable |= line.contains('$');
        }
    }
    keys.extend(message.filter(|(_, variable)| !variable).map(|(key, _)| key));
    keys
}
