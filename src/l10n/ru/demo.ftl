# The demo's story. Keys start with demo-.

demo-anna = Анна
demo-boris = Борис
demo-title = restante: почтовое отделение, два человека и их письма на этой машине
demo-who = Вы Анна. Борис — маленький робот-коллега: он пишет вам и отвечает на ваши письма.
demo-where = Всё лежит в { $folder } и исчезнет, когда показ закончится; ваши настройки не затронуты.
demo-interval = Оба агента проверяют почту { $seconds ->
    [one] каждую { $seconds } секунду
    [few] каждые { $seconds } секунды
   *[many] каждые { $seconds } секунд
}: так велит отделение.
demo-no-display = Экрана здесь нет: окна описаны словами.
demo-until = Показ идёт до Ctrl+C. Напишите boris из окна, и он ответит.
demo-until-cli = Показ идёт до Ctrl+C. Напишите ему из другого терминала:
demo-serves = отделение открыто по адресу { $url }
demo-signed-in = вход выполнен: { $who }
demo-sent = { $who } отправляет «{ $subject }»
demo-waits = «{ $subject }» ждёт в отделении получателя { $to }
demo-refused = отделение не принимает «{ $subject }»: { $why }
demo-fetched = агент пользователя { $who } получил «{ $subject }» от { $from }
demo-popup = в углу показано уведомление: { $from }, «{ $subject }»
demo-popup-not-shown = в углу было бы показано уведомление: { $from }, «{ $subject }»
demo-important = в центре открывается окно важного письма: { $from }, «{ $subject }»
demo-important-not-shown = в центре открылось бы окно важного письма: { $from }, «{ $subject }»
demo-tray = в области уведомлений: { $unread ->
    [0] непрочитанных нет
    [one] { $unread } непрочитанное письмо
    [few] { $unread } непрочитанных письма
   *[many] { $unread } непрочитанных писем
}
demo-reads-for = здесь никого нет, поэтому показ открывает письмо за пользователя { $who }
demo-read = { $who }: письмо «{ $subject }» прочитано
demo-told-delivered = { $who } узнаёт: { $to } получает «{ $subject }»
demo-told-read = { $who } узнаёт: { $to } читает «{ $subject }»
demo-failed = не случилось вовремя: { $what }
demo-end = Вот и всё.
demo-menu-subject = Обед в час?
demo-menu-body = В столовой сегодня пельмени. Занять место?
demo-drill-subject = Учебная тревога в полдень
demo-drill-body = Ровно в двенадцать выходим по главной лестнице и собираемся во дворе.
demo-thanks-subject = Спасибо за предупреждение
demo-thanks-body = Мы будем.
demo-answer-subject = Re: { $subject }
demo-answer-body = Я всего лишь робот, но прочитал каждое слово. Борис

# Когда что-то идёт не так
demo-broken = демонстрацию нельзя продолжить: «{ $why }»
demo-broken-hint = что говорят сервер и агенты, покажет RESTANTE_LOG=info
demo-agent-ended = агент завершился: { $why }
demo-ends-late = что-то не завершилось вовремя
