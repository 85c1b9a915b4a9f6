//! A real screen: the panel, the notification daemon and our windows as a person sees them. The
//! pictures are kept under `target/screenshots`; with `RESTANTE_TAKE_PICTURES` set, the README's are
//! taken anew.

use restante_local_api::{NotificationsState, TrayState};
use restante_tests::{Agent, Office, Screen, readme_pictures};

/// What windows of ours are known by to the window manager.
const CLASS: &str = "restante";

#[tokio::test(flavor = "multi_thread")]
async fn on_a_real_screen_mail_shows_in_the_tray_in_a_popup_and_in_windows() {
    let office = Office::open().await;
    let screen = Screen::log_in().await;
    let mut anna = Agent::with_windows(&screen.bus, screen.display());
    anna.start().await;
    anna.sign_in(&office, "anna").await;
    anna.until("panel and notification daemon", |status| {
        status.carriers.tray == TrayState::Shown && status.carriers.notifications == NotificationsState::Ok
    })
    .await;
    let boris = office.sign_in("boris").await;
    let clara = office.sign_in("clara").await;

    // Ordinary mail: a popup of the desktop's own, and the count in the tray.
    clara.send(&["anna", "boris"], "Minutes of Monday's meeting", "normal").await;
    boris.send(&["anna"], "Keys for room 12", "normal").await;
    anna.cli.check().await;
    let popup = screen.window("Dunst").await;
    screen.painted(&popup).await;
    let (width, height) = screen.size();
    let place = screen.place(&popup).await;
    assert!(place.x > width / 2 && place.y > height / 2, "the popup is not in the corner: {place:?}");
    screen.picture("popup.png", None).await;
    let tray = screen.picture("tray.png", Some(&format!("420x200+{}+{}", width - 420, height - 200))).await;

    // Important mail: a window in the centre, above the others, that stray keys do not close.
    boris.send(&["anna"], "Fire drill today at noon", "high").await;
    anna.cli.check().await;
    let modal = screen.window(CLASS).await;
    drop(screen.tool("xdotool", &["key", "--window", &modal, "Return", "space", "Escape"]).await.done());
    screen.painted(&modal).await;
    assert_eq!(
        screen.windows(CLASS).await,
        std::slice::from_ref(&modal),
        "a stray key closed the important mail"
    );
    let place = screen.place(&modal).await;
    let off_centre = ((2 * place.x + place.width - width) / 2, (2 * place.y + place.height - height) / 2);
    assert!(
        off_centre.0.abs() <= 40 && off_centre.1.abs() <= 40,
        "{place:?} is off the centre by {off_centre:?}"
    );
    let state = screen.property(&modal, "_NET_WM_STATE").await;
    assert!(state.contains("_NET_WM_STATE_ABOVE"), "{state}");
    let status = anna.until("the counts", |status| status.unread == 3).await;
    assert_eq!(status.unread_high, 1, "a stray key read the important mail");
    let important = screen.picture("important.png", None).await;

    // The mailbox.
    drop(screen.tool("xdotool", &["windowunmap", &modal]).await.done());
    drop(anna.cli.run(&["open"]).await.done());
    let mailbox = screen.window(CLASS).await;
    screen.painted(&mailbox).await;
    let mailbox = screen.picture("mailbox.png", None).await;

    if let Some(folder) = readme_pictures() {
        std::fs::create_dir_all(&folder).unwrap();
        for file in [tray, important, mailbox] {
            std::fs::copy(&file, folder.join(file.file_name().unwrap())).unwrap();
        }
    }
}
