//! The tray's picture, drawn by ourselves: an envelope with the unread count in a badge. Tray hosts show
//! one picture and draw no number over it.
//!
//! Shapes are functions of a point that say how far inside it lies, in pixels; a pixel's share of a shape
//! follows from that, which smooths every edge without a drawing library.

/// From this count on the badge says "9+".
pub(crate) const MORE: u64 = 10;

/// The picture is designed on this many units, a panel's usual pixels.
const UNITS: f32 = 24.0;

type Colour = [f32; 3];

/// The envelope reads well on light and on dark panels: dark fold and rim, light paper.
const PAPER: Colour = [0.95, 0.97, 1.0];
const FOLD: Colour = [0.16, 0.40, 0.76];
const PAPER_OFFLINE: Colour = [0.82, 0.83, 0.85];
const FOLD_OFFLINE: Colour = [0.50, 0.52, 0.55];
const BADGE: Colour = [0.84, 0.07, 0.12];
const BADGE_OFFLINE: Colour = [0.40, 0.41, 0.44];
const WHITE: Colour = [1.0, 1.0, 1.0];
const ALARM: Colour = [1.0, 0.74, 0.05];
const ALARM_MARK: Colour = [0.16, 0.12, 0.02];

/// The digits on the units' grid, with strokes of two units where there is room: of one, nobody reads
/// them at 22 pixels.
const GLYPH_HEIGHT: usize = 8;
const DIGITS: [[&str; GLYPH_HEIGHT]; 10] = [
    [" #### ", "##  ##", "##  ##", "##  ##", "##  ##", "##  ##", "##  ##", " #### "],
    ["  ##", " ###", "####", "  ##", "  ##", "  ##", "  ##", "  ##"],
    [" #### ", "##  ##", "    ##", "   ## ", "  ##  ", " ##   ", "##    ", "######"],
    [" #### ", "##  ##", "    ##", "  ### ", "    ##", "    ##", "##  ##", " #### "],
    ["   ## ", "  ### ", " #### ", "## ## ", "######", "   ## ", "   ## ", "   ## "],
    ["######", "##    ", "##    ", "##### ", "    ##", "    ##", "##  ##", " #### "],
    ["  ### ", " ##   ", "##    ", "##### ", "##  ##", "##  ##", "##  ##", " #### "],
    ["######", "    ##", "    ##", "   ## ", "   ## ", "  ##  ", "  ##  ", "  ##  "],
    [" #### ", "##  ##", "##  ##", " #### ", "##  ##", "##  ##", "##  ##", " #### "],
    [" #### ", "##  ##", "##  ##", "##  ##", " #####", "    ##", "   ## ", " ###  "],
];
const PLUS: [&str; GLYPH_HEIGHT] = ["    ", "    ", " #  ", " #  ", "####", " #  ", " #  ", "    "];

/// The picture for this many unread messages, `size` pixels wide and high, as rows of red, green, blue and
/// opacity: greyed in offline mode, with a warning mark where the connection is in trouble.
pub(crate) fn draw(unread: u64, offline: bool, alarm: bool, size: u32) -> Vec<u8> {
    let mut picture = Picture::new(size);
    let (paper, fold) = if offline { (PAPER_OFFLINE, FOLD_OFFLINE) } else { (PAPER, FOLD) };
    draw_envelope(&mut picture, paper, fold);
    if alarm {
        draw_alarm(&mut picture);
    }
    if unread > 0 {
        draw_badge(&mut picture, unread, if offline { BADGE_OFFLINE } else { BADGE });
    }
    picture.into_rgba()
}

fn draw_envelope(picture: &mut Picture, paper: Colour, fold: Colour) {
    let (left, top, right, bottom) = (1.0, 4.0, 23.0, 20.0);
    picture.fill(fold, |x, y| in_box(x, y, (left, top, right, bottom), 2.5));
    picture.fill(paper, |x, y| in_box(x, y, (left + 1.5, top + 1.5, right - 1.5, bottom - 1.5), 1.2));
    // The flap, from both upper corners to the middle.
    let flap = [(left + 1.2, top + 1.8), (12.0, 13.0), (right - 1.2, top + 1.8)];
    picture.fill(fold, |x, y| 0.9 - to_line(x, y, flap[0], flap[1]).min(to_line(x, y, flap[1], flap[2])));
}

/// A round or, for two signs, longer badge in the lower right corner, clear of the envelope by a gap.
fn draw_badge(picture: &mut Picture, unread: u64, colour: Colour) {
    let signs: Vec<&[&str; GLYPH_HEIGHT]> = match usize::try_from(unread).ok().and_then(|n| DIGITS.get(n)) {
        Some(digit) => vec![digit],
        None => vec![&DIGITS[9], &PLUS],
    };
    let columns = |sign: &[&str; GLYPH_HEIGHT]| units(sign[0].len());
    let width = signs.iter().map(|sign| columns(sign)).sum::<f32>() + units(signs.len() - 1);
    let height = 13.0;
    let badge_width = (width + 6.0).max(height);
    let (left, top) = (UNITS - badge_width, UNITS - height);
    let badge = |grow: f32| {
        move |x: f32, y: f32| {
            in_box(x, y, (left - grow, top - grow, UNITS + grow, UNITS + grow), height / 2.0 + grow)
        }
    };
    picture.clear(badge(1.2));
    picture.fill(colour, badge(0.0));
    let mut at = (left + (badge_width - width) / 2.0).round();
    let first_row = top + ((height - units(GLYPH_HEIGHT)) / 2.0).floor();
    for sign in signs {
        for (row, line) in sign.iter().enumerate() {
            for (column, _) in line.bytes().enumerate().filter(|(_, cell)| *cell == b'#') {
                let (x0, y0) = (at + units(column), first_row + units(row));
                picture.fill(WHITE, |x, y| in_box(x, y, (x0, y0, x0 + 1.0, y0 + 1.0), 0.0));
            }
        }
        at += columns(sign) + 1.0;
    }
}

/// A warning triangle in the upper left corner, clear of the envelope by a gap.
fn draw_alarm(picture: &mut Picture) {
    let corners = [(5.5, 0.8), (10.6, 10.0), (0.4, 10.0)];
    picture.clear(move |x, y| in_triangle(x, y, corners) + 1.6);
    picture.fill(ALARM, move |x, y| in_triangle(x, y, corners) + 0.4);
    picture.fill(ALARM_MARK, |x, y| in_box(x, y, (4.8, 3.4, 6.2, 7.0), 0.4));
    picture.fill(ALARM_MARK, |x, y| in_box(x, y, (4.8, 7.8, 6.2, 9.2), 0.5));
}

/// A picture that is drawn on: colours not multiplied by their opacity.
struct Picture {
    size: u32,
    pixels: Vec<([f32; 3], f32)>,
}

impl Picture {
    fn new(size: u32) -> Self {
        Self { size, pixels: vec![([0.0; 3], 0.0); size as usize * size as usize] }
    }

    /// Lays a colour over the shape. `inside` says for a point in units how many units it is inside.
    fn fill(&mut self, colour: Colour, inside: impl Fn(f32, f32) -> f32) {
        self.each(inside, |(under, opacity), share| {
            let sum = share + *opacity * (1.0 - share);
            if sum > 0.0 {
                for (channel, new) in under.iter_mut().zip(colour) {
                    *channel = (new * share + *channel * *opacity * (1.0 - share)) / sum;
                }
            }
            *opacity = sum;
        });
    }

    /// Takes away what is in the shape.
    fn clear(&mut self, inside: impl Fn(f32, f32) -> f32) {
        self.each(inside, |(_, opacity), share| *opacity *= 1.0 - share);
    }

    fn each(&mut self, inside: impl Fn(f32, f32) -> f32, change: impl Fn(&mut ([f32; 3], f32), f32)) {
        let scale = pixels(self.size) / UNITS;
        let rows = (0..self.size).flat_map(|y| (0..self.size).map(move |x| (x, y)));
        for (pixel, (x, y)) in self.pixels.iter_mut().zip(rows) {
            let (x, y) = ((pixels(x) + 0.5) / scale, (pixels(y) + 0.5) / scale);
            let share = (inside(x, y) * scale + 0.5).clamp(0.0, 1.0);
            if share > 0.0 {
                change(pixel, share);
            }
        }
    }

    fn into_rgba(self) -> Vec<u8> {
        let byte = |value: f32| {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "the value is within a byte"
            )]
            let byte = (value.clamp(0.0, 1.0) * 255.0).round() as u8;
            byte
        };
        self.pixels
            .into_iter()
            .flat_map(|([red, green, blue], opacity)| [red, green, blue, opacity].map(byte))
            .collect()
    }
}

/// How far inside a box with round corners.
fn in_box(x: f32, y: f32, (left, top, right, bottom): (f32, f32, f32, f32), round: f32) -> f32 {
    let (dx, dy) = (
        (x - f32::midpoint(left, right)).abs() - (right - left) / 2.0 + round,
        (y - f32::midpoint(top, bottom)).abs() - (bottom - top) / 2.0 + round,
    );
    round - dx.max(0.0).hypot(dy.max(0.0)) - dx.max(dy).min(0.0)
}

/// How far inside a triangle whose corners go clockwise.
fn in_triangle(x: f32, y: f32, corners: [(f32, f32); 3]) -> f32 {
    let side = |(ax, ay): (f32, f32), (bx, by): (f32, f32)| {
        ((bx - ax) * (y - ay) - (by - ay) * (x - ax)) / (bx - ax).hypot(by - ay)
    };
    let [first, second, third] = corners;
    side(first, second).min(side(second, third)).min(side(third, first))
}

/// How far away from a line between two points.
fn to_line(x: f32, y: f32, (ax, ay): (f32, f32), (bx, by): (f32, f32)) -> f32 {
    let (dx, dy) = (bx - ax, by - ay);
    let along = (((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy)).clamp(0.0, 1.0);
    (x - ax - along * dx).hypot(y - ay - along * dy)
}

fn units(count: usize) -> f32 {
    #[expect(clippy::cast_precision_loss, reason = "rows and columns of a sign: below 20")]
    let units = count as f32;
    units
}

fn pixels(count: u32) -> f32 {
    #[expect(clippy::cast_precision_loss, reason = "exact up to a width of 16 million")]
    let pixels = count as f32;
    pixels
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many pixels are nearly of this colour and opaque.
    fn count(picture: &[u8], colour: Colour) -> usize {
        let near = |(byte, wished): (&u8, f32)| (f32::from(*byte) / 255.0 - wished).abs() < 0.02;
        picture
            .chunks_exact(4)
            .filter(|pixel| pixel[3] == 255 && pixel[..3].iter().zip(colour).all(near))
            .count()
    }

    #[test]
    fn a_picture_has_its_size() {
        for size in [1, 16, 22, 24, 48, 64] {
            assert_eq!(draw(7, false, true, size).len(), (size * size * 4) as usize);
        }
    }

    #[test]
    fn the_badge_is_there_exactly_when_there_is_unread_mail() {
        assert_eq!(count(&draw(0, false, false, 24), BADGE), 0);
        for unread in 1..=12 {
            assert!(count(&draw(unread, false, false, 24), BADGE) > 40, "{unread}");
            assert!(count(&draw(unread, false, false, 24), WHITE) > 10, "{unread}");
        }
    }

    #[test]
    fn every_count_looks_different_until_there_are_too_many_to_tell() {
        let pictures: Vec<_> = (0..=MORE).map(|unread| draw(unread, false, false, 24)).collect();
        for (one, picture) in pictures.iter().enumerate() {
            assert!(pictures[one + 1..].iter().all(|other| other != picture), "{one}");
        }
        assert_eq!(draw(MORE, false, false, 24), draw(u64::MAX, false, false, 24));
    }

    #[test]
    fn offline_mode_has_no_colour() {
        let greyish = |pixel: &[u8]| {
            let (low, high) = (pixel[..3].iter().min().unwrap(), pixel[..3].iter().max().unwrap());
            high - low < 20
        };
        assert!(draw(3, true, false, 24).chunks_exact(4).all(greyish));
        assert!(!draw(3, false, false, 24).chunks_exact(4).all(greyish));
    }

    #[test]
    fn trouble_shows_beside_the_count() {
        let picture = draw(3, false, true, 24);
        assert!(count(&picture, ALARM) > 10);
        assert!(count(&picture, BADGE) > 40);
        assert_eq!(count(&draw(3, false, false, 24), ALARM), 0);
    }

    /// Signs are rows of one width, or the badge would be drawn askew.
    #[test]
    fn signs_are_rectangles() {
        for sign in DIGITS.iter().chain([&PLUS]) {
            assert!(sign.iter().all(|line| line.len() == sign[0].len()), "{sign:?}");
        }
    }
}
