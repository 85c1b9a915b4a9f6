# Справка программ. Английская стоит в самих грамматиках, у каждой команды и каждого параметра.
#
# Ключ — help, программа и команда; часть ключа — параметр или аргумент, как он назван в коде; after-help — то, что
# стоит в конце справки. Имена значений общие для всех программ.

# Имена значений
value-addr = АДРЕС
value-check-interval = ВРЕМЯ
value-command = КОМАНДА
value-device-id = УСТРОЙСТВО
value-dir = ПАПКА
value-duration = ВРЕМЯ
value-duration-default = ВРЕМЯ|default
value-duration-off = ВРЕМЯ|off
value-expiry-warning = ВРЕМЯ
value-file = ФАЙЛ
value-file-tar-gz = ФАЙЛ.tar.gz
value-folder = ПАПКА
value-format = ФОРМАТ
value-from = МОМЕНТ
value-id = НОМЕР
value-ids = НОМЕР
value-interval-range = ОТ..ДО
value-key = НАСТРОЙКА
value-l = УРОВЕНЬ
value-lifetime = ВРЕМЯ
value-login = ЛОГИН
value-mode = ПРАВА
value-name = ИМЯ
value-network = СЕТЬ
value-number = ЧИСЛО
value-org = ОРГАНИЗАЦИЯ
value-organisation = ОРГАНИЗАЦИЯ
value-path = ПУТЬ
value-placement = РАЗМЕЩЕНИЕ
value-shell = ОБОЛОЧКА
value-subject = ТЕМА
value-switch = СОСТОЯНИЕ
value-title = НАЗВАНИЕ
value-to = МОМЕНТ
value-url = URL
value-value = ЗНАЧЕНИЕ
value-what = ЧТО
value-words = СЛОВО

# === restante

help-restante = Почта, которая ждёт на сервере сообщений, пока за ней не придут.
    .json = Выводить объекты самого агента, по одному в строке; ошибка — тоже объект
    .profile = Учётная запись, если их несколько
    .socket = Сокет агента, если он не там, где обычно
    .after-help =
        Примеры:
          restante login https://mail.example.org --organisation hall --user anna
          echo Здравствуйте | restante send --to boris --subject "Первое письмо"
          restante list --unread
          restante check --wait && restante status
          restante interval 5m

        Коды завершения: 0 — сделано, 1 — нет или ничего нет, 2 — неверный вызов, 3 — агент
        не запущен, 4 — нет связи с сервером, 5 — отказано, 70 — ошибка в программе.
help-restante-login = Войти; о недостающем спросит, если есть терминал
    .server = Сервер, например `https://mail.example.org`; иначе — как указано в файле настроек
    .organisation = Организация
    .user = Пользователь
    .password-stdin = Прочитать пароль со стандартного ввода
help-restante-logout = Выйти: сервер забудет это устройство
help-restante-password = Сменить пароль; на других ваших устройствах будет выполнен выход
    .keep-other-devices = Не выходить на других ваших устройствах
    .password-stdin = Прочитать оба пароля со стандартного ввода: нынешний — с первой строки, новый — со второй
help-restante-status = Что есть у агента, что он делает и что будет делать
    .watch = Не завершаться и выводить состояние после каждой перемены
help-restante-check = Проверить почту сейчас
    .wait = Дождаться конца: исходящие отправлены, изменения получены, о доставке сообщено
help-restante-list = Письма в папке, новые сверху
    .folder = `inbox` (входящие), `sent` (отправленные), `drafts` (черновики) или `outbox` (исходящие)
    .unread = Только непрочитанные
    .limit = Не больше стольких
    .why = Об отправленных ещё и то, кто прочитал и принял к сведению и почему остальным не доставлено; спрашивает сервер
help-restante-read = Показать письмо и отметить его прочитанным
    .id = Номер письма или последние 8 и более его знаков
    .peek = Не отмечать прочитанным
help-restante-mark = Отметить полученные письма прочитанными или, на этом устройстве, непрочитанными
help-restante-mark-read = Прочитанными: отправители увидят это
    .ids = Номера писем или последние 8 и более их знаков
help-restante-mark-unread = Снова непрочитанными, на этом устройстве; отправители по-прежнему видят, что письма прочитаны
    .ids = Номера писем или последние 8 и более их знаков
help-restante-delete = Удалить полученные или отправленные письма из своей почты на всех своих устройствах; у других они останутся
    .ids = Номера писем или последние 8 и более их знаков
help-restante-retract = Отозвать отправленное письмо у тех, кто его не прочитал; код 1, если все уже прочитали
    .id = Номер письма или последние 8 и более его знаков
help-restante-search = Найти письма, где есть все эти слова в любой форме, новые сверху
    .words = Слова из текста, темы или имён; последнее можно не дописать
    .limit = Не больше стольких
help-restante-send = Отправить текст со стандартного ввода; выводит номер, когда письмо сохранено в исходящих
    .to = Кому: логины через запятую или каждый со своим параметром
    .subject = Тема, одна строка
    .high = Высокая важность: окно попросит внимания
    .draft = Сохранить как черновик, не отправляя
    .wait = Дождаться, пока сервер примет письмо
    .undo = Подержать письмо столько, например 10s, чтобы его можно было вернуть: `restante outbox undo`
help-restante-draft = Письма, которые ещё пишутся
help-restante-draft-list = Все черновики, новые сверху
help-restante-draft-edit = Изменить то, что указано, и оставить остальное
    .id = Номер письма или последние 8 и более его знаков
    .to = Кому: логины через запятую или каждый со своим параметром
    .subject = Тема, одна строка
    .high = Высокая важность
    .normal = Обычная важность
    .text-stdin = Взять новый текст со стандартного ввода
help-restante-draft-send = Отправить черновик как есть
    .id = Номер письма или последние 8 и более его знаков
    .wait = Дождаться, пока сервер примет письмо
    .undo = Подержать письмо столько, например 10s, чтобы его можно было вернуть: `restante outbox undo`
help-restante-draft-delete = Выбросить черновик
    .id = Номер письма или последние 8 и более его знаков
help-restante-outbox = Письма, которые ещё не ушли
help-restante-outbox-list = Что ждёт отправки и что не принято, с причиной
help-restante-outbox-undo = Сделать черновиком письмо, которое ещё не ушло или не принято; выводит номер черновика
    .id = Номер письма или последние 8 и более его знаков
help-restante-outbox-retry = Отправить непринятое письмо ещё раз как есть
    .id = Номер письма или последние 8 и более его знаков
    .wait = Дождаться, пока сервер примет письмо
help-restante-outbox-delete = Выбросить письмо, которое ещё не ушло или не принято
    .id = Номер письма или последние 8 и более его знаков
help-restante-offline = Включить (on) или выключить (off) автономный режим: пока он включён, ничего не отправляется и не загружается
help-restante-interval = Как часто проверяется почта или как часто её проверять
    .wish = Например 90s, 5m, 1h; `default` вернёт интервал сервера сообщений
help-restante-snooze = Не оповещать некоторое время; почта приходит, а оповещение будет потом
    .wish = Например 30m или 2h, не больше 24h; `off` снова включает оповещения
help-restante-jobs = Что и когда делает планировщик агента
help-restante-open = Открыть окно почты или окно настроек
    .id = Письмо, которое открыть: его номер или последние 8 и более знаков
    .settings = Открыть настройки
help-restante-write = Открыть окно нового письма
help-restante-doctor = Проверить всё, от чего зависит почта, и сказать, что делать
    .bundle = Записать в этот архив то, что поможет помочь вам: без писем, имён и паролей
help-restante-config = Настройки: верны ли они и откуда взято каждое значение
help-restante-config-check = Сказать, что неверно в настройках: файл, строка и столбец
help-restante-config-show = Все настройки и действующие значения
    .origin = Показать, откуда взято каждое значение
help-restante-completions = Вывести то, по чему оболочка дополняет команды: `source <(restante completions bash)`
help-restante-man = Записать страницы руководства, по одной на команду (на английском языке)
    .folder = Папка, куда их записать
help-restante-quit = Завершить агента: пока его не запустят снова, почта не приходит

# === restante-agent

help-agent = Почтовый агент: проверяет почту, хранит её здесь и сообщает о новой.
    .profile = Учётная запись, если их несколько
    .config = Файл настроек вместо обычного
    .log-level = Насколько подробен журнал: `error`, `warn`, `info`, `debug`, `trace`; иначе — как указано в файле настроек
    .print = Вывести кое-что для `restante`, когда агент не запущен, и завершиться

# === restante-desktop

help-desktop = Окна почты
    .socket = Сокет агента; иначе — сокет учётной записи
    .profile = Учётная запись, с агентом которой работать
    .after-help = Коды завершения: 0 — сделано, 1 — отложено, 2 — неверный вызов, 3 — агент не запущен, 5 — нет экрана, 70 — ошибка в программе
help-desktop-mailbox = Окно почты с открытым письмом или с началом нового (также без команды)
    .id = Письмо, которое открыть
    .write = Начать новое письмо
help-desktop-important = Окно важных писем
    .id = О каких письмах сообщить
    .ids-from-input = Прочитать их со стандартного ввода, по одному в строке
help-desktop-popup = Всплывающие сообщения в углу, по указаниям агента со стандартного ввода
help-desktop-sign-in = Окно входа
help-desktop-settings = Окно настроек
help-desktop-about = Какая это версия и на чьём труде она стоит

# === restante-server

help-server = Сервер сообщений организаций: почта ждёт здесь, пока за ней не придут агенты.
    .config = Файл настроек вместо /etc/restante/server.toml
    .data = Папка данных; если не указана, для root и служб это /var/lib/restante
    .database = База данных PostgreSQL вместо папки данных; она может быть общей для нескольких серверов
    .json = Выводить JSON
    .after-help =
        Первые шаги:
          restante-server organisation create hall --title "Мэрия"
          restante-server office create main
          restante-server office attach main --to hall
          restante-server user add hall anna --name Анна
          restante-server serve
          restante-server doctor

        Коды завершения: 0 — сделано, 1 — нет или ничего нет, 2 — неверный вызов,
        5 — отказано, 70 — ошибка в программе.
help-server-serve = Обслуживать агентов, пока не остановят
    .listen = Где принимать соединения; порт 0 — любой свободный. Можно указать несколько раз: АДРЕС:ПОРТ или `unix:/PATH`
    .unix-socket-mode = Кому можно подключаться к сокетам Unix, как в `chmod`
    .admin-listen = Где открыть страницы администраторов; если не указано, их нет. За пределами этого компьютера — только по HTTPS. Войти на них позволяет `administrator add`
    .plain-http-anyway = Разрешить HTTP без шифрования за пределами этого компьютера: пароли и почту можно прочитать по дороге
    .tls-certificate = Сертификат для HTTPS в формате PEM; вместе с --tls-key
    .tls-key = Его ключ в формате PEM
    .behind-proxy = Впереди прокси на этом компьютере, и откуда пришёл запрос, говорит его X-Forwarded-For
    .trusted-proxy = Впереди прокси из этой сети. Можно указать несколько раз
    .metrics = Отдавать показатели для Prometheus по этому адресу, `/metrics`
    .log-format = Как писать журнал
    .after-help =
        Примеры:
          restante-server serve
          restante-server serve --listen 0.0.0.0:8025 --tls-certificate fullchain.pem --tls-key key.pem
          restante-server serve --listen unix:/run/restante/server.sock --behind-proxy
        Все ключи настроек — в server.example.toml; что действует, говорит `restante-server config show`.
help-server-organisation = Организации
help-server-organisation-create = Создать организацию
    .name = Короткое имя, которое пользователи набирают при входе: буквы, цифры, точки, дефисы, подчёркивания
    .title = Как она называется словами
    .after-help =
        Пример:
          restante-server organisation create hall --title "Мэрия"
help-server-organisation-list = Показать организации и их серверы сообщений
help-server-organisation-upgrade = Обновить схему базы данных организации и её сервера сообщений до этой версии; рядом останется копия каждой
    .name = Организация
help-server-office = Серверы сообщений
help-server-office-create = Создать сервер сообщений
    .name = Короткое имя для команд и страниц
    .placement = Отдельная база данных или внутри базы организации
    .inside = С `current`: внутри чьей базы
    .dir = Папка для его базы данных
    .url = PostgreSQL: URL пустой базы данных для него
    .check-interval = Как часто проверяют почту агенты, если пользователь не хочет иначе
    .lifetime = Сколько хранятся непрочитанные сообщения
    .expiry-warning = За сколько до этого предупредить обе стороны; 0s — не предупреждать
    .interval-range = Что могут выбрать пользователи, от кратчайшего до длиннейшего
    .lock-interval = Пользователи не выбирают
    .after-help =
        Примеры:
          restante-server office create main
          restante-server office create main --dir /srv/mail --check-interval 5m --lifetime 14d
          restante-server office create main --placement current --in hall
help-server-office-list = Показать серверы сообщений
help-server-office-set = Изменить `check-interval`, `lifetime`, `expiry-warning`, `ledger-retention`, `interval-range`, `lock-interval` или `oldest-client-version`
    .name = Сервер сообщений
    .key = Одна из названных настроек
    .value = Её новое значение
    .after-help =
        Примеры:
          restante-server office set main lifetime 14d
          restante-server office set main interval-range 1m..2h
          restante-server office set main oldest-client-version 1.2.0      (none: любая)
        Работающий сервер последует со следующего запроса.
help-server-office-attach = Присоединить сервер сообщений к организации
    .name = Сервер сообщений
    .to = Организация
help-server-office-detach = Отсоединить сервер сообщений от организации
    .from = Организация
help-server-ledger = Что происходило с сообщениями организации
help-server-ledger-export = Вывести журнал организации, сначала старое: CSV (RFC 4180) или по объекту JSON в строке
    .from = Начиная с этого момента (RFC 3339)
    .to = До этого момента, не включая его
help-server-user = Пользователи организации
help-server-user-add = Добавить пользователя
    .organisation = Организация
    .login = Под чем он входит и куда ему пишут
    .name = Как его зовут
    .password-stdin = Прочитать пароль со стандартного ввода, не спрашивая
    .after-help =
        Примеры:
          restante-server user add hall anna --name "Анна Петрова"
          restante-server user add hall anna --name "Анна Петрова" --password-stdin < password
help-server-user-list = Показать пользователей
help-server-user-import = Добавить пользователей из файла CSV со столбцами `login`, `name` и, если пароли не нужно создавать, `password`: всех или, если хоть одна строка неверна, никого
    .organisation = Организация
    .file = Файл в UTF-8, в первой строке — имена столбцов
    .passwords-to = Куда записать созданные пароли; такого файла ещё не должно быть. По умолчанию рядом с ФАЙЛ.csv, как ФАЙЛ.passwords.csv
    .after-help =
        Пример:
          restante-server user import hall people.csv
        Файл:
          login,name,password
          anna,Анна Петрова,
          boris,Борис Иванов,фраза по его выбору
help-server-user-disable = Запретить пользователю вход на всех его устройствах
help-server-user-enable = Снова разрешить пользователю вход; его устройства остаются его
help-server-user-set-password = Дать пользователю другой пароль
    .organisation = Организация
    .login = Пользователь
    .password-stdin = Прочитать пароль со стандартного ввода, не спрашивая
help-server-migrate-to = Перенести папку данных, с которой не работает сервер, в пустую базу данных PostgreSQL
    .url = Пустая база данных PostgreSQL: `postgres://USER@HOST/DATABASE`. Пароли лучше держать в `~/.pgpass`
help-server-backup = Записать всё в один архив, не останавливая сервер
    .to = Архив; файла с таким именем ещё не должно быть
help-server-restore = Восстановить папку данных из такого архива; сервер с ней работать не должен
    .from = Архив, который создала команда `backup`
    .keep-old-in = Перенести то, что есть в папке данных, в эту папку, которой ещё не должно быть
help-server-doctor = Сказать, что не так и что с этим делать; код 0, если почта работает
help-server-config = Настройки сервера
help-server-config-check = Сказать, что не так в настройках; код 0, если всё верно
help-server-config-show = Показать действующие настройки и откуда взята каждая; пароли не показываются
help-server-openapi = Вывести описание API для агентов и программ
help-server-agents = Агенты пользователей
help-server-agents-list = Показать агентов и когда они обращались последний раз, сначала молчащих
    .organisation = Только этой организации
help-server-device = Устройства пользователя
help-server-device-revoke = Отозвать вход на устройстве, со следующего его запроса
    .device = Как его показывает `restante-server agents list`
help-server-administrator = Кому открыты страницы администраторов (`serve --admin-listen`)
help-server-administrator-add = Открыть кому-либо страницы администраторов
    .password-stdin = Прочитать пароль со стандартного ввода, не спрашивая
help-server-administrator-list = Показать, кому они открыты
help-server-administrator-remove = Закрыть их, со следующего запроса. Забывшего пароль удаляют и добавляют заново
