//! What the theme promises: every text can be read (WCAG 2.2, 1.4.3: 4.5 to 1).

use slint::{Color, ComponentHandle};

use crate::ui;

/// What stands on what.
fn pairs() -> [(&'static str, &'static str); 20] {
    [
        ("text", "chrome"),
        ("text", "surface"),
        ("text", "side"),
        ("text", "hover"),
        ("text", "selected"),
        ("text", "selected-idle"),
        ("muted", "chrome"),
        ("muted", "surface"),
        ("muted", "side"),
        ("muted", "hover"),
        ("muted", "selected"),
        ("muted", "selected-idle"),
        ("accent", "surface"),
        ("accent", "side"),
        ("accent", "selected-idle"),
        ("on-accent", "accent"),
        ("danger", "surface"),
        ("danger", "selected"),
        ("danger", "selected-idle"),
        ("warning-text", "warning-back"),
    ]
}

fn colour(theme: &ui::Theme<'_>, name: &str) -> Color {
    match name {
        "text" => theme.get_text(),
        "muted" => theme.get_muted(),
        "accent" => theme.get_accent(),
        "on-accent" => theme.get_on_accent(),
        "danger" => theme.get_danger(),
        "warning-text" => theme.get_warning_text(),
        "warning-back" => theme.get_warning_back(),
        "chrome" => theme.get_chrome(),
        "surface" => theme.get_surface(),
        "side" => theme.get_side(),
        "hover" => theme.get_hover(),
        "selected" => theme.get_selected(),
        "selected-idle" => theme.get_selected_idle(),
        other => panic!("no colour {other}"),
    }
}

/// Relative luminance, as WCAG defines it.
fn luminance(colour: Color) -> f64 {
    let part = |value: u8| {
        let value = f64::from(value) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * part(colour.red()) + 0.7152 * part(colour.green()) + 0.0722 * part(colour.blue())
}

fn contrast(one: Color, other: Color) -> f64 {
    let (one, other) = (luminance(one) + 0.05, luminance(other) + 0.05);
    one.max(other) / one.min(other)
}

#[test]
fn every_text_can_be_read_on_what_it_stands_on() {
    i_slint_backend_testing::init_no_event_loop();
    let window = ui::Mailbox::new().unwrap();
    let black_on_white = contrast(Color::from_rgb_u8(0, 0, 0), Color::from_rgb_u8(255, 255, 255));
    assert!((black_on_white - 21.0).abs() < 0.01);
    for dark in [false, true] {
        window.global::<ui::Scheme<'_>>().invoke_force(dark);
        let theme = window.global::<ui::Theme<'_>>();
        assert_eq!(theme.get_dark(), dark);
        let poor: Vec<String> = pairs()
            .into_iter()
            .map(|(ink, paper)| (ink, paper, contrast(colour(&theme, ink), colour(&theme, paper))))
            .filter(|(_, _, ratio)| *ratio < 4.5)
            .map(|(ink, paper, ratio)| format!("{ink} on {paper}: {ratio:.2}"))
            .collect();
        assert!(poor.is_empty(), "dark: {dark}, {poor:?}");
    }
}
