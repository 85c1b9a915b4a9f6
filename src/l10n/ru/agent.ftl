# Значок в трее, всплывающие сообщения и то, что говорит агент. Ключи начинаются с agent-, tray- или popup-.

agent-name = Почта

popup-message = Новое письмо
popup-important = Важное письмо
popup-important-from = Важное: { $from }
popup-no-subject = (без темы)
popup-summary = { $count ->
    [one] { $count } новое письмо
    [few] { $count } новых письма
   *[many] { $count } новых писем
}
popup-summary-body = Они ждут в почте.
popup-open = Открыть
popup-mark-read = Прочитано

tray-check-now = Проверить почту
tray-open-mail = { $count ->
    [0] Открыть почту
   *[other] Открыть почту ({ $count })
}
tray-main-account = основная учётная запись
tray-account = { $account }: { $unread }
tray-open-mail-of = { $count ->
    [0] Открыть почту: { $account }
   *[other] Открыть почту: { $account } ({ $count })
}
tray-write = Написать
tray-offline-mode = Автономный режим
tray-settings = Настройки
tray-quit = Выйти
tray-interval = Проверка { $every } — { $state }
tray-every-seconds = раз в { $count } с
tray-every-minutes = раз в { $count } мин
tray-every-hours = раз в { $count } ч
tray-unread = { $count ->
    [0] Нет непрочитанных писем
    [one] { $count } непрочитанное письмо
    [few] { $count } непрочитанных письма
   *[many] { $count } непрочитанных писем
}
tray-unread-important = { $unread }, важных: { $count }
tray-never-answered = ответа ещё не было
tray-last-answer = последний ответ { $when }
tray-offline = автономный режим
tray-unreachable = нет связи
tray-signed-out = нужен вход
tray-office-unavailable = нет почтового отделения
tray-too-old = нужно обновление
