# Командная строка. Ключи начинаются с cli-; слова, общие с окнами, стоят в windows.ftl.

# Неудачи и что с ними делать
cli-agent-not-running = агент не запущен: на { $socket } никто не отвечает
cli-agent-not-running-hint = запустите его: restante-agent
cli-agent-ended = агент завершил работу
cli-broken = обмен с агентом не удался: «{ $why }»
cli-broken-hint = restante и restante-agent должны быть одной версии: restante --version
cli-input = не удалось прочитать ввод: { $why }
cli-output = не удалось записать вывод: { $why }
cli-missing = не указано { $option }, а спросить здесь некого
cli-missing-hint = без терминала укажите всё в командной строке, а пароль подайте на ввод с --password-stdin
cli-bad-id = «{ $id }» — не номер письма и не последние 8 или более его знаков
cli-bad-id-hint = номера показывает restante list
cli-no-such-message = здесь нет письма с номером { $id }
cli-ambiguous-id = на { $id } оканчиваются номера нескольких писем: { $ids }
cli-not-utf-eight = текст на вводе не в кодировке UTF-8
cli-not-utf-eight-hint = сначала перекодируйте его, например: iconv -t UTF-8
cli-signed-out-hint = войдите: restante login URL
cli-no-window-hint = всё это есть и здесь: restante list, restante read, restante send
cli-unreachable-hint = верен ли адрес и работает ли сервер?
cli-offline = включён автономный режим: ничего не отправляется и не загружается
cli-offline-hint = выйти из него: restante offline off
cli-letter-refused = письмо не принято: { $why }
cli-letter-waits = письмо сохранено в исходящих и уйдёт само, как только это станет возможно

# Вопросы
cli-ask-server = Сервер
cli-ask-organisation = Организация
cli-ask-user = Пользователь
cli-ask-password = Пароль
cli-ask-old-password = Нынешний пароль
cli-ask-new-password = Новый, не короче 15 знаков
cli-ask-again = Новый ещё раз
cli-passwords-differ = пароли не совпадают; ничего не изменено
cli-password-changed = новый пароль действует
cli-type-text = Напишите текст; Ctrl+D на отдельной строке завершает его.

# Сделано
cli-signed-in = выполнен вход: { $user }, { $organisation }
cli-signed-out = выполнен выход
cli-quit = агент завершает работу
cli-online = автономный режим выключен
cli-check-started = почта проверяется
cli-check-joined = проверка уже идёт
cli-new = { $count ->
    [0] новых писем нет
    [one] { $count } новое письмо
    [few] { $count } новых письма
   *[many] { $count } новых писем
}
cli-nothing-found = ничего не найдено
cli-more = показаны только последние { $count }: больше покажет --limit

# Состояние
cli-label-account = учётная запись
cli-label-mail = почта
cli-label-server = сервер
cli-label-interval = проверки
cli-label-last-check = последняя проверка
cli-label-outbox = исходящие
cli-label-drafts = черновики
cli-label-storage = хранение
cli-label-alerts = оповещения
cli-label-lacks = замечание
cli-label-settings = настройки
cli-account = { $user }, { $organisation }, { $server }
cli-connected = на связи
cli-not-signed-in = Вход не выполнен. Наберите: restante login URL
cli-unread = { $count ->
    [0] непрочитанных нет
    [one] { $count } непрочитанное
    [few] { $count } непрочитанных
   *[many] { $count } непрочитанных
}
cli-unread-high = высокой важности: { $count }
cli-outbox-empty = пусто
cli-outbox-held = можно отозвать: { $count }
cli-last-check = { $moment } ({ $trigger }): { $outcome }
cli-no-tray-host = на этом рабочем столе нет области уведомлений: то же самое умеют окна, уведомления и команды
cli-no-bus = нет сеансовой шины: ни значка, ни уведомлений
cli-notifications-absent = служба уведомлений не отвечает: оповещения ждут её
cli-notifications-hung = служба уведомлений зависла
cli-keyring-locked = связка ключей заблокирована: разблокируйте её, чтобы пользоваться учётной записью
cli-keyring-absent = связки ключей нет: чтобы хранить ключ входа в файле, укажите token = "file" в разделе [storage]
cli-keyring-unavailable = связка ключей не отвечает: перезапустите её, чтобы пользоваться учётной записью
cli-keyring-file = ключ входа хранится в файле, который можете прочитать только вы
cli-snoozed = выключены до { $moment }: включить их — restante snooze off
cli-quiet = тихие часы до { $moment }
cli-not-snoozed = оповещения включены
cli-trigger-start = запуск
cli-trigger-schedule = по расписанию
cli-trigger-manual = вручную
cli-trigger-resume = пробуждение
cli-trigger-online = выход из автономного режима
cli-trigger-network = появилась сеть
cli-trigger-sign-in = вход
cli-trigger-send = отправка письма
cli-trigger-settings = изменены настройки
cli-outcome-ok = выполнена
cli-outcome-unreachable = сервер не ответил
cli-outcome-refused = сервер отказал
cli-outcome-failed = полученное не удалось сохранить здесь

# Интервал, который сам себя объясняет

# Таблицы
cli-title-folder = папка
cli-title-id = номер
cli-title-state = состояние
cli-title-job = задание
cli-job-check-mail = проверка почты
cli-job-housekeeping = уход за хранилищем
cli-job-draft-autosave = сохранение черновиков
cli-title-interval = интервал
cli-title-phase = сдвиг
cli-title-last-run = последний запуск
cli-title-outcome = итог
cli-title-next-run = следующий запуск
cli-title-runs = запусков
cli-title-joined = присоединено
cli-title-skipped = пропущено
cli-state-waiting = ожидает
cli-state-sending = отправляется
cli-state-refused = не принято
cli-state-draft = черновик
cli-state-delivered = доставлено
cli-state-read = прочитано
cli-delivery-retracted = Отозвано: { $names }
cli-acknowledged = Принято к сведению: { $name }, { $moment }
cli-unreached-disabled = { $name }: учётная запись отключена
cli-unreached-never = { $name }: ни разу не входил в систему
cli-unreached-offline = { $name }: не на связи с { $moment }
cli-unreached-not-yet = { $name }: был на связи { $moment }, получит при следующей проверке

# What to do about a letter or a check
cli-letter-refused-hint = письмо осталось в исходящих: restante outbox undo НОМЕР снова сделает его черновиком, restante outbox retry НОМЕР отправит как есть
cli-letter-taken-back = письмо отозвано до отправки
cli-outcome-refused-hint = причину скажет restante status; поможет администратор
cli-outcome-failed-hint = проверьте свободное место и права на папки агента

# Проверка и файлы, которые пишутся
cli-doctor-ok = в порядке
cli-doctor-warn = внимание
cli-doctor-fail = НЕ РАБОТАЕТ
cli-bundle-holds = В архиве будет это и ничего больше:
cli-bundle-written = записан: { $path }
cli-file = не удалось записать { $path }: { $why }
cli-file-hint = укажите файл, которого ещё нет, в папке, куда вам можно писать
cli-settings-good = настройки в порядке
cli-origin-built-in = встроено
cli-origin-machine = компьютер
cli-origin-user = ваш файл
cli-origin-environment = окружение
cli-origin-flag = командная строка
cli-origin-policy = закреплено администратором

# Заголовки страниц руководства
cli-man-name = ИМЯ
cli-man-synopsis = ОБЗОР
cli-man-description = ОПИСАНИЕ
cli-man-options = ПАРАМЕТРЫ
cli-man-options-everywhere = ПАРАМЕТРЫ ВСЕХ КОМАНД
cli-man-commands = КОМАНДЫ
cli-man-extra = ДОПОЛНИТЕЛЬНО
cli-man-version = ВЕРСИЯ
