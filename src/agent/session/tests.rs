//! The machine, played on a bus of its own.

use super::*;
use crate::private_bus::{LONG, Played, Session as Surroundings, in_session, silence};

/// logind and `NetworkManager`, and an agent's ear for them.
struct Machine {
    logind: Played,
    network: Played,
    events: mpsc::UnboundedReceiver<Event>,
}

impl Machine {
    async fn new() -> Self {
        let signals = listen().await.unwrap();
        let (sender, events) = mpsc::unbounded_channel();
        tokio::spawn(async move { follow(signals, &sender, Some("c7")).await });
        let logind = Played::start(LOGIND, |_, _| silence()).await;
        let network = Played::start(NETWORK, |_, _| silence()).await;
        Self { logind, network, events }
    }

    async fn sleeps(&self, begins: bool) {
        let bus = &self.logind.bus;
        bus.emit_signal(None::<()>, LOGIND_PATH, LOGIND_MANAGER, "PrepareForSleep", &(begins,))
            .await
            .unwrap();
    }

    async fn session_removed(&self, id: &str) {
        let path = zbus::ObjectPath::try_from("/org/freedesktop/login1/session/x").unwrap();
        let bus = &self.logind.bus;
        bus.emit_signal(None::<()>, LOGIND_PATH, LOGIND_MANAGER, "SessionRemoved", &(id, path))
            .await
            .unwrap();
    }

    async fn network_state(&self, state: u32) {
        let bus = &self.network.bus;
        bus.emit_signal(None::<()>, NETWORK_PATH, NETWORK, "StateChanged", &(state,)).await.unwrap();
    }

    async fn network_property(&self, name: &str, value: Variant<'_>) {
        let body = (NETWORK, HashMap::from([(name, value)]), Vec::<&str>::new());
        let bus = &self.network.bus;
        bus.emit_signal(None::<()>, NETWORK_PATH, PROPERTIES, "PropertiesChanged", &body).await.unwrap();
    }

    async fn said(&mut self) -> Event {
        tokio::time::timeout(LONG, self.events.recv()).await.expect("it says something").unwrap()
    }

    /// The end of our session is told at once, so that nothing else was to be told before it.
    async fn says_no_more(&mut self) {
        self.session_removed("c7").await;
        let said = self.said().await;
        assert!(matches!(said, Event::Stopped), "{said:?}");
    }
}

#[test]
fn a_machine_that_wakes_and_finds_its_network_is_said_once() {
    let test = "session::tests::a_machine_that_wakes_and_finds_its_network_is_said_once";
    in_session(Surroundings::Bus, test, async {
        let mut machine = Machine::new().await;
        machine.sleeps(true).await;
        machine.network_state(20).await;
        machine.sleeps(false).await;
        machine.network_state(40).await;
        machine.network_state(70).await;
        machine.network_property("Connectivity", Variant::U32(4)).await;
        assert!(matches!(machine.said().await, Event::Resumed));
        machine.says_no_more().await;
    });
}

#[test]
fn a_network_that_comes_is_said_and_one_that_goes_is_not() {
    let test = "session::tests::a_network_that_comes_is_said_and_one_that_goes_is_not";
    in_session(Surroundings::Bus, test, async {
        let mut machine = Machine::new().await;
        let way = |path: &'static str| Variant::from(zbus::ObjectPath::try_from(path).unwrap());
        for gone in [10, 20, 30, 40] {
            machine.network_state(gone).await;
        }
        machine.network_property("PrimaryConnection", way("/")).await;
        machine.network_property("Connectivity", Variant::U32(1)).await;
        machine.network_property("WirelessEnabled", Variant::Bool(true)).await;
        machine
            .network_property("PrimaryConnection", way("/org/freedesktop/NetworkManager/ActiveConnection/3"))
            .await;
        assert!(matches!(machine.said().await, Event::NetworkCame));
        // A VPN leaves it at local; a closed network at limited.
        machine.network_state(50).await;
        machine.network_property("Connectivity", Variant::U32(3)).await;
        assert!(matches!(machine.said().await, Event::NetworkCame));
        machine.says_no_more().await;
    });
}

#[test]
fn another_session_that_ends_and_a_stranger_that_speaks_say_nothing() {
    let test = "session::tests::another_session_that_ends_and_a_stranger_that_speaks_say_nothing";
    in_session(Surroundings::Bus, test, async {
        let mut machine = Machine::new().await;
        machine.session_removed("c8").await;
        let stranger = Connection::system().await.unwrap();
        stranger
            .emit_signal(None::<()>, LOGIND_PATH, LOGIND_MANAGER, "PrepareForSleep", &(false,))
            .await
            .unwrap();
        // The bus has passed it on, or not, once it answers the same connection.
        zbus::fdo::DBusProxy::new(&stranger).await.unwrap().get_id().await.unwrap();
        machine.says_no_more().await;
    });
}

#[test]
fn without_a_bus_nothing_is_heard_and_nothing_goes_on() {
    let test = "session::tests::without_a_bus_nothing_is_heard_and_nothing_goes_on";
    in_session(Surroundings::Nothing, test, async {
        let (sender, mut events) = mpsc::unbounded_channel();
        let mut session = Session::start(sender, None);
        tokio::time::timeout(LONG, &mut session.task).await.expect("it ends").unwrap();
        assert!(events.recv().await.is_none());
    });
}
