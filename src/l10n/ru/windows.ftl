# Окна. Ключ без переменной становится свойством глобального объекта `Words` в файлах .slint.

# Для всех программ
moment = { $date } в { $time }
span-seconds = { $count } с
span-minutes = { $count } мин
span-hours = { $count } ч
span-days = { $count } сут
messages-count = { $count ->
    [one] { $count } письмо
    [few] { $count } письма
   *[many] { $count } писем
}
interval-every = каждые { $interval }
interval-from-office = задано сервером сообщений
interval-from-user = выбрано вами
interval-from-lock = закреплено: { $who }
interval-from-lock-of-administrator = закреплено администратором
interval-from-built-in = встроенное значение, пока сервер не ответил
interval-wished = вы просили { $interval }
interval-range = можно от { $min } до { $max }
interval-pending = ещё не сохранено на сервере
interval-pending-office-again = со следующей проверкой вернётся интервал сервера сообщений
interval-last-answer = последний ответ { $moment }
interval-no-answer-yet = ответа ещё не было
interval-next-check = следующая проверка { $moment }

# Папки
mail = Почта
folders = Папки
folder-inbox = Входящие
folder-sent = Отправленные
folder-drafts = Черновики
folder-outbox = Исходящие
folder-empty = Здесь пока пусто
folder-inbox-empty = Писем пока нет. Здесь появится всё, что вам пришлют.
folder-sent-empty = Вы ещё ничего не отправляли. Здесь видно, кто получил и прочитал письмо.
folder-drafts-empty = Черновиков нет. Недописанные письма хранятся здесь.
folder-outbox-empty = Ничто не ждёт отправки.
folder-loading = Минуту …
folder-spoken-unread = { $name }, { $unread ->
    [one] { $unread } непрочитанное письмо
    [few] { $unread } непрочитанных письма
   *[many] { $unread } непрочитанных писем
}
folder-spoken-bold = { $name }, ещё не все получили
folder-spoken-count = { $name }, { $count ->
    [one] { $count } письмо
    [few] { $count } письма
   *[many] { $count } писем
}

# Панель инструментов
write = Создать
check = Проверить почту
checking = Проверка …
reply = Ответить
offline-mode = Автономный режим
switch-pane = Переключить область чтения
hide-pane = Скрыть область чтения
show-pane = Показать область чтения
menu = Меню
about = О программе
close = Закрыть
quit-window = Закрыть окно
cut = Вырезать
copy = Копировать
paste = Вставить
select-all = Выделить всё

# Список
messages = Сообщения
from = От кого
to = Кому
subject = Тема
date = Дата
written = Написано
importance = Важность
importance-normal = Важность: обычная
importance-high = Важность: высокая
not-delivered = Не доставлено
why = Почему не отправлено
no-subject = (без темы)
no-recipient = (получателя пока нет)
and-more = { $first } и ещё { $count }
row-unread = не прочитано
row-high = высокая важность
row-not-delivered = не доставлено: { $names }
row-refused = не отправлено: { $why }
row-expired = срок истёк, не прочитано
row-retracted = отозвано

# Область чтения
reading-pane = Письмо
nothing-selected = Выберите письмо, чтобы прочитать
to-names = кому: { $names }
expired-here = Срок жизни истёк: на сервере письмо удалено. Эта копия останется здесь.
retracted-here = Отправитель отозвал это письмо.
expires = На сервере хранится до { $moment }.
refused-letter = Не отправлено: { $why }
waiting-letter = Ждёт отправки.
delivery-waiting = Не доставлено: { $names }
delivery-delivered = Доставлено, ещё не прочитано: { $names }
delivery-read = Прочитано: { $names }
expired-unread = Срок истёк, не прочитано: { $names }
edit-draft = Продолжить письмо
write-again = Исправить и отправить снова
take-back = Отозвать и продолжить письмо
text = Текст

# Строка состояния и полоса предупреждения
status-connected = Подключено. Последний ответ: { $last }
status-connected-next = Подключено. Последний ответ: { $last }, следующая проверка: { $next }
status-unreachable = Сервер не отвечает
status-unreachable-since = Сервер не отвечает. Последний ответ: { $last }
status-offline = Автономный режим: письма не отправляются и не приходят
status-offline-since = Автономный режим. Последний ответ: { $last }
status-signed-out = Вход не выполнен
status-office-unavailable = Сервер сообщений не доступен
status-client-too-old = Эта версия слишком стара для вашей организации
status-untried = Почта ещё не проверялась
status-agent-away = Почтовый агент не запущен. Ждём его; всё прочитанное и написанное здесь сохранится.
status-agent-foreign = Почтовый агент теперь другой версии. Закройте окна почты и откройте их снова.
status-agent-outdated = Почтовый агент старее этого окна, поэтому видно только начало списка. Выйдите из системы и войдите снова.
status-connecting = Соединение с почтовым агентом …
status-detail = { $what }: { $detail }
status-next-try = { $what }, следующая попытка: { $next }
outbox-waiting = { $count ->
    [one] { $count } письмо ждёт отправки
    [few] { $count } письма ждут отправки
   *[many] { $count } писем ждут отправки
}
outbox-refused = { $count ->
    [one] { $count } письмо не отправлено
    [few] { $count } письма не отправлены
   *[many] { $count } писем не отправлены
}
unread-count = не прочитано: { $count }

# Новое письмо
new-mail = Новое письмо
send = Отправить
sending = Отправляется …
save-draft = Сохранить черновик
discard = Удалить
important = Высокая важность
add-recipient = Добавить получателя
remove = Убрать
found = Найденные люди
reply-subject = Re: { $subject }
reply-quote = { $name }, { $moment }:
problem-no-recipient = Некому отправлять: добавьте получателя
problem-unknown-recipient = Никого с именем «{ $name }» здесь нет
problem-many-recipients = Имя «{ $name }» подходит нескольким людям: выберите одного
problem-too-many-recipients = Слишком много получателей
problem-subject-too-long = Слишком длинная тема
problem-subject-control = В теме есть знак, который нельзя отправить
problem-body-too-long = Слишком длинный текст: отправить можно не больше 1 МиБ
problem-body-control = В тексте есть знак, который нельзя отправить
problem-not-sent = Не отправлено: { $why }. Ничего не потеряно: письмо осталось здесь.
problem-not-saved = Черновик не сохранён: { $why }. Окно останется открытым, чтобы ничего не потерялось.
problem-agent-away = почтовый агент не запущен
draft-saved = Сохранено в { $time }
discard-sure = Удалить это письмо?

# Важное сообщение
important-mail = Важное сообщение
important-mails = { $count ->
    [one] { $count } важное сообщение
    [few] { $count } важных сообщения
   *[many] { $count } важных сообщений
}
important-from = { $name }, { $moment }
important-more = { $count ->
    [one] и ещё { $count } важное сообщение
    [few] и ещё { $count } важных сообщения
   *[many] и ещё { $count } важных сообщений
}
open = Открыть
later = Позже
acknowledge = Принято
remind-ten-minutes = Напомнить через 10 минут
cannot-open = Сейчас не открыть: { $why }

# О программе
version = Версия { $version }
licences = Лицензии
about-what = Почта до востребования на рабочих местах организации

# То, что говорится в командной строке, когда окна нет
no-display = негде открыть окно: не заданы ни DISPLAY, ни WAYLAND_DISPLAY
no-window = окно не открылось: «{ $why }»
agent-not-running = почтовый агент не запущен: нет ответа на { $socket }
agent-not-running-hint = запустите его: restante-agent
nothing-to-show = среди этих сообщений уже нет непрочитанных

# Что не так с тем, что хранится на этом компьютере; это же говорит командная строка
storage-cache-rebuilding = копия вашей почты была повреждена; она загружается заново, ничего не потеряно
storage-cache-rebuilt = копия вашей почты была повреждена и загружена заново
storage-ledger-set-aside = черновики и исходящие были повреждены; всё, что удалось прочитать, сохранено, повреждённый файл — { $path }
storage-disk-full = диск заполнен: новое сохранить негде, пока не освободится место; попытка повторяется при каждой проверке
storage-disk-failing = файлы агента не читаются или не пишутся; попытка повторяется при каждой проверке

# Вход
sign-in = Войти
signing-in = Вход …
sign-in-what = Что здесь указать, скажет администратор.
server = Сервер
organisation = Организация
user = Пользователь
password = Пароль
sign-in-missing = Заполните это поле
sign-in-wrong = Организация, пользователь и пароль не подходят друг к другу
sign-in-unreachable = По этому адресу никто не отвечает
sign-in-bad-server = Это не адрес сервера: он начинается с https://
sign-in-failed = Войти не удалось: { $why }

# Настройки
settings = Настройки
settings-place = Изменение действует сразу. Оно хранится в файле { $file }
settings-failed = Не изменено: { $why }
settings-checking = Проверка почты
settings-alerts = Новые письма
settings-writing = Чтение и отправка
setting-interval = Проверять почту
setting-now = Сейчас { $state }
setting-every = каждые { $span }
setting-interval-office = как задано на сервере
setting-ordinary = Об обычном письме сообщает
setting-by-desktop = рабочий стол, в углу
setting-by-window = своё окошко, в углу
setting-off = ничего не сообщает
setting-important = О важном письме сообщает
setting-by-modal = окно в центре экрана
setting-preview = Показывать отправителя и тему
setting-sound = Звук нового письма
setting-no-sound = без звука
setting-new-mail-sound = звук рабочего стола
setting-quiet-hours = Тихие часы
setting-quiet-hours-hint = Обычные письма ждут их конца, потом о всех сообщается разом.
setting-quiet-hours-bad = Нужны два разных времени суток, например 22:00 и 07:00
setting-from = с
setting-to = до
setting-speak-important = Зачитывать важные сообщения вслух
setting-respect-full-screen = Не показывать поверх полноэкранных окон
setting-important-in-quiet-hours = О важных сообщать и в тихие часы
setting-mark-read = Открытое письмо считать прочитанным
setting-at-once = сразу
setting-after = через { $span }
setting-undo = Отправку можно отменить
setting-undo-never = нельзя
setting-undo-for = в течение { $span }
setting-locked-policy = Закреплено администратором ({ $place })
setting-locked-environment = Задано в { $place }, это сильнее вашего файла
setting-locked-office = Закреплено: { $who }
setting-locked-administrator = Закреплено администратором
setting-bad-in-file = Не понято в { $place }: { $why }

# Почта, ещё
reply-all = Ответить всем
forward = Переслать
delete = Удалить
delete-sure = Удалить? Вернуть будет нельзя. Ещё раз Delete — удалить, Esc — оставить.
mark-read = Отметить прочитанным
mark-unread = Отметить непрочитанным
shortcut-mark = Отметить прочитанным или непрочитанным
shortcut-hide-pane = Скрыть или показать область чтения
sorted-ascending = сортировка по возрастанию
sorted-descending = сортировка по убыванию
sent-now = Будет отправлено через { $count } с
undo-send = Вернуть
undo-too-late = Уже отправлено
undo-failed = Не удалось вернуть: { $why }. Письмо ждёт в исходящих.
delete-mail-sure = Удалить из почты на всех ваших устройствах? Ещё раз Delete — удалить, Esc — оставить.
search = Поиск
search-hint = Поиск (Ctrl+F)
unread-only = Только непрочитанные
nothing-found = Ничего не найдено
nothing-unread = Всё прочитано
shortcuts = Сочетания клавиш
shortcut-folders = К папкам
shortcut-rows = Другое письмо
shortcut-open = Открыть; продолжить черновик
shortcut-back = Назад к списку
forward-subject = Fw: { $subject }
forward-quote = { $name }, { $moment }, кому: { $names }:
recipients = Получатели
recipient-waiting = не доставлено
recipient-delivered = доставлено, не прочитано
recipient-read = прочитано
recipient-expired = срок истёк, не прочитано
recipient-retracted = отозвано
recipient-acknowledged = { $state }, принято к сведению
recipient-disabled = учётная запись отключена
recipient-never-signed-in = ещё ни разу не было входа
recipient-offline = не в сети
recipient-offline-since = не в сети, последний раз: { $moment }
recipient-not-fetched-yet = получит при следующей проверке
retract = Отозвать
retract-sure = Отозвать насовсем? Нажмите ещё раз
retract-failed = Не отозвано: { $why }
recipient-since = с { $moment }
part-of = Длинное письмо: часть { $part } из { $parts }
part-before = Назад
part-after = Дальше
