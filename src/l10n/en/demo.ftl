# The demo's story. Keys start with demo-.

demo-anna = Anna
demo-boris = Boris
demo-title = restante: a post office, two people and their mail, on this machine
demo-who = You are Anna. Boris is a small robot colleague who writes to you and answers what you send.
demo-where = Everything lies in { $folder } and goes when the demo ends; your own settings are not touched.
demo-interval = Both agents check for mail every { $seconds ->
    [one] second
   *[other] { $seconds } seconds
}, as their post office says.
demo-no-display = There is no display here: windows are described instead of shown.
demo-until = It goes on until Ctrl+C. Write to boris from the window, and he answers.
demo-until-cli = It goes on until Ctrl+C. Write to him from another terminal:
demo-serves = the post office is open at { $url }
demo-signed-in = { $who } is signed in
demo-sent = { $who } sends “{ $subject }”
demo-waits = “{ $subject }” waits at the post office for { $to }
demo-refused = the post office refuses “{ $subject }”: { $why }
demo-fetched = the agent of { $who } has fetched “{ $subject }” from { $from }
demo-popup = a popup is shown in the corner: { $from }, “{ $subject }”
demo-popup-not-shown = a popup would be shown in the corner: { $from }, “{ $subject }”
demo-important = a window for important mail opens in the centre: { $from }, “{ $subject }”
demo-important-not-shown = a window for important mail would open in the centre: { $from }, “{ $subject }”
demo-tray = the tray says { $unread ->
    [0] nothing is unread
    [one] one message is unread
   *[other] { $unread } messages are unread
}
demo-reads-for = nobody sits here, so the demo opens the message for { $who }
demo-read = { $who } has read “{ $subject }”
demo-told-delivered = { $who } is told: { $to } has received “{ $subject }”
demo-told-read = { $who } is told: { $to } has read “{ $subject }”
demo-failed = it did not happen in time: { $what }
demo-end = That was it.
demo-menu-subject = Lunch at one?
demo-menu-body = The canteen has dumplings today. Shall I keep a seat?
demo-drill-subject = Fire drill at noon
demo-drill-body = Please leave by the main stairs at twelve sharp and meet in the yard.
demo-thanks-subject = Thanks for the warning
demo-thanks-body = We shall be there.
demo-answer-subject = Re: { $subject }
demo-answer-body = I am only a robot, but I have read every word of it. Boris

# When something goes wrong
demo-broken = the demo cannot go on: “{ $why }”
demo-broken-hint = RESTANTE_LOG=info shows what server and agents say
demo-agent-ended = an agent ended: { $why }
demo-ends-late = something did not end in time
