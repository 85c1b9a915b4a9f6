# Значок в трее, всплывающие сообщения и то, что говорит агент. Ключи начинаются с agent-, tray-, popup- или speech-.

agent-name = Почта

popup-message = Новое письмо
popup-important = Важное письмо
popup-important-from = Важное: { $from }
popup-important-summary = { $count ->
    [one] { $count } важное письмо
    [few] { $count } важных письма
   *[many] { $count } важных писем
}
popup-important-line = { $from }: { $subject }
popup-important-more = { $count ->
    [one] и ещё { $count } важное письмо
    [few] и ещё { $count } важных письма
   *[many] и ещё { $count } важных писем
}
popup-no-subject = (без темы)
popup-summary = { $count ->
    [one] { $count } новое письмо
    [few] { $count } новых письма
   *[many] { $count } новых писем
}
popup-summary-body = Они ждут в почте.
popup-expiring = { $count ->
    [1] Скоро истечёт срок хранения непрочитанного письма
   *[other] Скоро истечёт срок хранения непрочитанных писем: { $count }
}
popup-expiring-sent = { $count ->
    [1] Скоро истечёт срок хранения письма, которое не прочитано
   *[other] Скоро истечёт срок хранения отправленных и не прочитанных писем: { $count }
}
popup-expiring-until = { $count ->
    [1] Хранится до { $moment }.
   *[other] Первое хранится до { $moment }.
}
popup-sign-in-again = Войдите в почту снова
popup-sign-in-again-body = Сервер больше не знает это устройство. Почта здесь остаётся как была.
popup-open = Открыть
popup-mark-read = Прочитано
speech-important = { $count ->
    [one] { $count } важное письмо
    [few] { $count } важных письма
   *[many] { $count } важных писем
}

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
tray-interval = Проверка { $told }
tray-unread = { $count ->
    [0] Нет непрочитанных писем
    [one] { $count } непрочитанное письмо
    [few] { $count } непрочитанных письма
   *[many] { $count } непрочитанных писем
}
tray-unread-important = { $unread }, важных: { $count }
tray-offline = автономный режим
tray-unreachable = нет связи
tray-signed-out = нужен вход
tray-office-unavailable = сервер сообщений не доступен
tray-too-old = нужно обновление

# Проверка
doctor-agent-runs = агент работает, версия { $version }
doctor-agent-absent = агент не запущен
doctor-agent-absent-hint = запустите его: restante-agent
doctor-folders-ok = папки агента доступны только вам: { $path }
doctor-folders-hint = проверьте права на XDG_CONFIG_HOME, XDG_STATE_HOME, XDG_CACHE_HOME и XDG_RUNTIME_DIR
doctor-settings-ok = { $path } — всё верно
doctor-settings-hint = исправьте файл: restante config check; все ключи есть в config.example.toml
doctor-proxy-none = без прокси, так указано в настройках
doctor-proxy-none-set = прокси не задан
doctor-proxy-url = { $url }, так указано в настройках
doctor-proxy-environment = { $url }, из окружения; серверу внутри здания обычно нужно proxy = "none"
doctor-certificates-unused = не нужны: связь с сервером без шифрования
doctor-certificates-system = системные
doctor-certificates-extra = системные и { $path }
doctor-certificates-hint = проверьте extra_ca_file и proxy в разделе [network] файла настроек
doctor-server-unknown = сервер не известен: вход не выполнен
doctor-signed-out-hint = войдите: restante login URL
doctor-server-ok = { $url } отвечает
doctor-server-unreachable = { $url } не отвечает: { $why }
doctor-server-hint = верен ли адрес, работает ли сервер и открыт ли путь к нему?
doctor-offline = включён автономный режим, поэтому сервер не спрашивали
doctor-offline-hint = выйти из него: restante offline off
doctor-hangs = нет ответа за 5 с
doctor-clock-ok = совпадают с часами сервера
doctor-clock-behind = часы этого компьютера отстают от часов сервера на { $count } с
doctor-clock-ahead = часы этого компьютера спешат относительно часов сервера на { $count } с
doctor-clock-hint = установите часы или доверьте это системе: timedatectl set-ntp true
doctor-keyring-ok = ключ входа хранится в связке ключей
doctor-tray-ok = значок показан
doctor-notifications-ok = { $name } { $version } ({ $capabilities })
doctor-notifications-plain = { $name } { $version } ({ $capabilities }): кнопок не показывает
doctor-notifications-hint = запустите службу уведомлений, например dunst, или укажите ordinary = "window" в разделе [notifications]
doctor-speech-ok = программа spd-say есть: важные письма произносятся вслух
doctor-speech-absent = важные письма должны произноситься вслух, но программы spd-say нет
doctor-speech-hint = установите speech-dispatcher или укажите speak_important = false в разделе [notifications]
doctor-disk-unknown = не удалось узнать, сколько места на диске
doctor-disk-free = свободно { $count } МБ
doctor-disk-hint = освободите место в домашней папке
doctor-database-ok = целы, { $count } МБ
doctor-database-hint = перезапустите агента: он отложит повреждённый файл и сохранит всё, что удастся прочитать
doctor-set-aside-hint = посмотрите, что сохранилось: restante list drafts и restante list outbox; затем уберите этот файл
