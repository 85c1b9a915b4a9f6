# Что мешает сделать то, о чём попросили
ask-no-such-message = письма { $id } здесь нет
ask-no-such-message-hint = что есть, покажет `restante list`
ask-id-reused = номер { $id } уже занят другим письмом
ask-on-its-way = письмо уже в пути, вернуть его нельзя
ask-on-its-way-hint = напишите ещё одно и объясните, что в нём не так
ask-letter = письмо нельзя отправить: { $why }
ask-no-such-page = `before` — не то, что прежняя страница дала как next_before
ask-no-interval = интервал — не меньше 1s
ask-no-time-of-peace = тишину можно попросить на время от 1s до 24h
ask-signed-out = вход не выполнен
ask-signed-out-hint = войдите: `restante login URL`
ask-offline = включён автономный режим: ничего не отправляется и не получается
ask-offline-hint = выключите его: `restante offline off`
ask-no-address = адрес сервера «{ $server }» не начинается с https:// или http://
ask-no-address-hint = укажите адрес, который назвал администратор
ask-unencrypted = через { $server } пароль и почту мог бы прочесть каждый по пути
ask-unencrypted-hint = http:// годится только для этого компьютера; узнайте у администратора адрес с https://
ask-unsent = { $count ->
    [one] у пользователя { $user } здесь осталось { $count } неотправленное письмо или черновик
    [few] у пользователя { $user } здесь осталось { $count } неотправленных письма или черновика
   *[other] у пользователя { $user } здесь осталось { $count } неотправленных писем или черновиков
}
ask-unsent-hint = сначала отправьте или удалите их, или войдите с другим --profile
ask-server-hint = проверьте адрес и работает ли сервер
ask-wrong-credentials-hint = проверьте организацию, имя и пароль
ask-invalid-hint = выберите другой
ask-refused-hint = обратитесь к администратору
ask-later-hint = попробуйте позже
ask-unanswered = связь прервалась раньше, чем сервер ответил; возможно, он всё же сделал это
ask-unanswered-hint = спросите снова, когда будет связь
ask-no-such-setting = настройки { $key } нет
ask-no-such-setting-hint = все настройки покажет `restante config show`
ask-setting-overruled = { $key } задано в другом месте: { $place }
ask-setting-overruled-hint = изменить это может тот, кто задал
ask-settings-broken = файл настроек не изменён: { $why }
ask-settings-broken-hint = исправьте файл и повторите
ask-storage = не удалось записать: { $why }
ask-storage-hint = проверьте свободное место и права на папку с данными

# Где хранится ключ входа
keyring-locked = связка ключей заблокирована
keyring-locked-hint = разблокируйте её: при следующей проверке агент войдёт сам
keyring-absent = в этом сеансе нет связки ключей
keyring-absent-hint = запустите её или войдите снова: без неё ключ входа хранится в файле
keyring-failed = связка ключей не работает: «{ $why }»
keyring-failed-hint = перезапустите её: при следующей проверке агент войдёт сам
keyring-silent = связка ключей не отвечает
keyring-no-token = в связке ключей хранится не ключ входа
keyring-no-token-hint = войдите заново: `restante login URL`
token-file = файлом { $file }, где хранится ключ входа, нельзя пользоваться: { $why }
token-file-hint = проверьте права на файл и его папку и свободное место
token-file-spoilt = в файле { $file } нет ключа входа (строка { $line }, знак { $column })
token-file-spoilt-hint = удалите файл и войдите заново: `restante login URL`

# Базы данных агента
database-disk-full = на диске нет места
database-damaged = база данных агента повреждена: «{ $said }»
database-newer = файл { $path } записан более новой версией restante (схема { $found }, эта версия знает { $known })
database-closed = базу данных агента не удаётся открыть или записать: «{ $said }»
database-busy = базу данных агента держит другая программа
database-disk-broken = диск не читается или не записывается: «{ $said }»
database-other = база данных агента не работает: «{ $said }»

# Почему агент не запускается
start-already-running = агент уже работает с папкой { $folder }
start-already-running-hint = его почту откроет `restante open`; для второй учётной записи добавьте --profile ИМЯ
start-not-locked = не удалось заблокировать файл { $file }: { $why }
start-folders-hint = проверьте, можно ли писать в папки XDG_STATE_HOME, XDG_CACHE_HOME и XDG_RUNTIME_DIR
start-database-hint = проверьте свободное место и права на папку с данными
start-newer-hint = обновите restante на этом компьютере
start-no-socket = не удалось принимать соединения на { $socket }: { $why }
start-no-scheduler = не удалось запустить планировщик: «{ $said }»
start-bug-hint = запустите его снова с --log-level debug и сообщите, что он выведет
start-no-runtime = запустить не удалось: { $why }
certificates-unreadable = не удалось прочитать сертификаты в { $path }: { $why }
certificates-none = в файле { $path } нет пригодных сертификатов: «{ $said }»
proxy-unusable = прокси { $url } нельзя использовать: «{ $said }»
http-unusable = сетью нельзя пользоваться: «{ $said }»
start-network-hint = исправьте раздел [network] в файле настроек

# Что не так с письмом
letter-no-recipient = не указан ни один получатель
letter-too-many-recipients = получателей больше { $limit }
letter-subject-too-long = тема длиннее { $limit } байт
letter-subject-control = в теме есть перевод строки или другой управляющий знак
letter-body-too-long = текст длиннее { $limit } байт
letter-body-control = в тексте есть управляющий знак, который нельзя отправить
letter-no-recipient-hint = укажите получателя: --to ЛОГИН
letter-too-long-hint = сократите или отправьте частями
letter-control-hint = отправьте простой текст

# Чего сервер не делает
server-unauthenticated = сервер не знает этого устройства; войдите заново
server-wrong-credentials = организация, имя и пароль не подходят друг к другу
server-wrong-old-password = прежний пароль — другой
server-wrong-old-password-hint = назовите тот, с которым входили до сих пор
server-not-found = в вашем ящике на сервере нет такого письма или черновика
new-password-too-short = новый пароль слишком короткий: нужно не меньше 15 знаков
new-password-too-long = новый пароль слишком длинный
new-password-common = новый пароль слишком обычный: его или его части пробуют в первую очередь
new-password-same = новый пароль совпадает с прежним
new-password-hint = нужно не меньше 15 знаков, которых никто не угадает: несколько слов, не связанных друг с другом
server-invalid = сервер этого не принимает: «{ $why }»
server-too-large = для сервера это слишком много: «{ $why }»
server-too-many-requests = { $seconds ->
    [one] отсюда слишком много неверных паролей; попробуйте через { $seconds } секунду
    [few] отсюда слишком много неверных паролей; попробуйте через { $seconds } секунды
   *[other] отсюда слишком много неверных паролей; попробуйте через { $seconds } секунд
}
server-id-reused = этим номером на сервере названо другое письмо
server-unknown-recipient = здесь нет никого с именем { $names }
server-interval-locked = интервал закреплён
server-revision-conflict = тем временем это изменили в другом месте
server-cursor-reset = почтовый ящик нужно получить заново
server-office = Сервер сообщений не доступен: { $why }
server-office-hint = обратитесь к администратору сервера сообщений
server-no-office = сервер сообщений не присоединён
server-office-is-older = обновите базу данных
server-office-is-newer = база данных новее сервера: обновите сервер
server-office-cannot-be-opened = его базу данных не удаётся открыть
server-client-too-old = версия агента { $version }, организации нужна { $needed } или новее
server-client-too-old-hint = обновите restante на этом компьютере или обратитесь к администратору
server-busy = сервер занят
server-internal = на сервере ошибка; причина — в его журнале

# Ответа нет, или он не от нашего сервера
server-no-answer-in-time = ответ не пришёл вовремя
server-refuses-connections = соединение отклонено
server-no-way-to-it = по сети до него не добраться
server-connection-cut = соединение оборвалось
server-no-answer = ответа нет: «{ $said }»
server-name-unknown = в сети нет сервера с таким именем
server-certificate-untrusted = этот компьютер не доверяет центру, который выдал сертификат сервера; если это центр вашей организации, укажите его файл: extra_ca_file в разделе [network] файла настроек
server-certificate-ended = срок действия сертификата сервера истёк, или часы этого компьютера неверны; обратитесь к администратору сервера
server-certificate-not-yet = сертификат сервера ещё не действует, или часы этого компьютера неверны; обратитесь к администратору сервера
server-certificate-of-another-name = сертификат сервера выдан на другое имя; проверьте адрес или обратитесь к администратору сервера
server-certificate-bad = сертификат сервера не годится: «{ $said }»; обратитесь к администратору сервера
server-no-tls = там не отвечают по TLS: «{ $said }»; проверьте, начинается ли адрес с https:// или с http://
server-not-ours = ответил не сервер restante: «{ $why }»

# Что не так в файле настроек; перед каждым стоит место
settings-no-such-key = настройки { $key } нет
settings-bad-value = { $key }: { $why }
settings-no-table = { $name } — не раздел
settings-not-utf-eight = текст не в кодировке UTF-8
settings-too-large = файл длиннее { $limit ->
    [one] { $limit } байта
   *[other] { $limit } байт
}
settings-unreadable = файл не удалось прочитать: { $why }
settings-unwritten = файл не удалось записать: { $why }
settings-value-table = нужно значение, а не раздел
settings-value-no-text = нужен текст в кавычках
settings-value-empty = нужна одна непустая строка без управляющих знаков
settings-value-no-url = адрес начинается с https:// или http://, а не «{ $given }»
settings-value-no-text-of-duration = нужен срок в кавычках, например "5m"
settings-value-no-duration = нужно целое число с единицей, например "300s", "5m", "24h" или "7d" (секунды, минуты, часы, дни), а не «{ $given }»
settings-value-duration-outside = нужно от "{ $least }" до "{ $most }", а не "{ $given }"
settings-value-no-length = нужно не меньше "1s"
settings-value-no-number = нужно целое число секунд от 0 до { $most }
settings-value-no-switch = нужно true (да) или false (нет)
settings-value-no-sound = нужно true (да), false (нет) или название звука
settings-value-no-times-of-day = нужны два разных времени суток, например "22:00-07:00"
settings-value-no-program = нужны программа и её параметры, например ["/usr/bin/play", "-q"]
settings-value-none-of = нужно одно из: { $possible }
