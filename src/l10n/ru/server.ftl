# Что говорят команды restante-server. Ключи начинаются с server-.

# Неудачи
server-name-taken = { $what } «{ $name }» уже есть
server-unknown = не найдено: { $what } «{ $name }»
server-served = с папкой данных { $folder } работает другой сервер
server-served-by = с папкой данных { $folder } работает другой сервер (процесс { $process })
server-unavailable = организация «{ $organisation }»: { $why }
server-none-attached = сервер сообщений не присоединён
server-upgrade-needed = база данных ({ $part }) имеет схему { $found }, этому серверу нужна { $needed }: базу нужно обновить
server-too-old = база данных ({ $part }) имеет схему { $found }, этот сервер знает только { $known }: нужно обновить сервер
server-log-lost = в её базе данных { $location } нет записанного последним: не найден журнал { $location }-wal. Верните журнал на место или восстановите резервную копию; если это копия, положенная сюда намеренно, удалите { $location }-note
server-unreachable = её база данных { $location } не открывается: { $reason }
server-thing-organisation = организация
server-thing-office = сервер сообщений
server-thing-user = пользователь
server-thing-administrator = администратор
server-thing-registry = реестр
server-starting = запуск: { $why }

# Что с ними делать
server-hint-name-taken = выберите другое имя; ничего не изменено
server-hint-organisations = какие есть, покажет `restante-server organisation list`
server-hint-offices = какие есть, покажет `restante-server office list`
server-hint-users = кто есть, покажет `restante-server user list ОРГАНИЗАЦИЯ`
server-hint-administrators = кто есть, покажет `restante-server administrator list`
server-hint-folder = выберите папку, куда этому пользователю можно писать: --data ПАПКА или RESTANTE_DATA
server-hint-upgrade = обновит её, сделав копию, `restante-server organisation upgrade { $organisation }`
server-hint-served = остановите его или укажите другую папку данных: --data ПАПКА
server-hint-busy = повторите чуть позже
server-hint-away = проверьте, работает ли там PostgreSQL и пускает ли эту роль
server-hint-malformed = повреждение ищет `restante-server doctor`, копию возвращает `restore`
server-hint-disk-full = освободите место на диске
server-hint-doctor = повреждение ищет `restante-server doctor`

# Папка данных и настройки
server-no-data-folder = { $folder } — не папка данных сервера
server-data-folder-absent = папки данных { $folder } нет
server-hint-data-folder = укажите её: --data ПАПКА или RESTANTE_DATA; новую создаст `restante-server organisation create ИМЯ`
server-hint-settings = все ключи и их значения по умолчанию — в server.example.toml
server-settings-right = настройки верны
server-settings-key = КЛЮЧ
server-settings-value = ЗНАЧЕНИЕ
server-settings-from = ОТКУДА
server-settings-default = по умолчанию
server-settings-command-line = командная строка

# Администраторы
server-administrator-added = { $name } может пользоваться страницами администраторов
server-administrator-removed = { $name } больше не может пользоваться страницами администраторов
server-administrator-absent = администратора «{ $name }» нет
server-title-administrator = АДМИНИСТРАТОР
server-title-since = С КАКИХ ПОР

# Агенты и устройства
server-title-mode = СОСТОЯНИЕ
server-title-last-seen = ПОСЛЕДНЕЕ ОБРАЩЕНИЕ
server-title-organisation = ОРГАНИЗАЦИЯ
server-title-login = ЛОГИН
server-title-interval = ИНТЕРВАЛ
server-title-version = ВЕРСИЯ
server-title-device = УСТРОЙСТВО
server-title-device-id = ID УСТРОЙСТВА
server-never = никогда
server-device-absent = у { $login } ({ $organisation }) нет устройства «{ $device }»
server-hint-devices = какие есть, покажет `restante-server agents list`
server-device-revoked = на устройстве { $device } пользователя { $login } выполнен выход

# Резервные копии
server-backup-postgresql = копии PostgreSQL делает и восстанавливает сама
server-hint-backup-postgresql = для каждой базы: pg_dump --format=custom --file=restante.dump URL; возвращает их pg_restore
server-hint-backup-nothing = ничего не записано; повреждения ищет `restante-server doctor`
server-backup-opening = открытие { $file }: { $why }
server-hint-backup-archive = укажите архив, который создала команда `restante-server backup --to ФАЙЛ` и который этому пользователю можно читать
server-hint-restore-empty = укажите пустую папку данных или добавьте --keep-old-in ПАПКА; архив только читается
server-backed-up = записано в { $place }: баз данных — { $databases }, сообщений — { $messages }, черновиков — { $drafts }, по состоянию на { $moment }
server-restored = восстановлено в { $place }: баз данных — { $databases }, сообщений — { $messages }, черновиков — { $drafts }, по состоянию на { $moment }
server-restored-anew = при следующей проверке каждый агент загрузит почту заново и не оповестит о ней второй раз
server-restored-devices = устройства, отозванные после создания копии, снова имеют вход: отзовите их ещё раз

# Перенос в PostgreSQL
server-title-rows = СТРОК
server-title-table = ТАБЛИЦА
server-title-database = БАЗА ДАННЫХ
server-migrated = все строки перенесены вместе с содержимым; теперь запускайте сервер с --database

# Организации и серверы сообщений
server-organisation-created = организация { $name } создана
server-title-users = ПОЛЬЗ.
server-title-office = СЕРВЕР
server-title-lifetime = ХРАНЕНИЕ
server-title-placement = БАЗА
server-title-organisations = ОРГАНИЗАЦИИ
server-organisation-unavailable = сервер сообщений недоступен: { $why }
server-schema-same = база данных { $database } ({ $part }) уже имеет схему { $schema }
server-schema-upgraded = база данных { $database } ({ $part }) обновлена со схемы { $before } до { $schema }
server-schema-upgraded-copy = база данных { $database } ({ $part }) обновлена со схемы { $before } до { $schema }; прежняя: { $copy }
server-hint-office = как это записать, покажет `restante-server office --help`
server-office-in-missing = для --placement current нужно --in ОРГАНИЗАЦИЯ
server-office-not-current = --dir и --url указывают с --placement separate
server-office-not-separate = --in указывают с --placement current
server-office-at-least = { $key } — не меньше 1s
server-office-lock = lock-interval — это true или false
server-office-unknown-key = «{ $key }» — не настройка; есть { $keys }
server-office-version = версия записывается так: 1.2.3
server-office-detached = { $office } отсоединён от { $organisation }
server-office-none = у организации { $organisation } нет сервера сообщений
server-lifetime-short = внимание: сообщения, не прочитанные за { $lifetime }, удаляются

# Пользователи
server-ask-password = Пароль
server-password-reading = чтение пароля: { $why }
server-password-no-terminal = нет терминала, чтобы спросить пароль
server-hint-password-stdin = подайте его на стандартный ввод с --password-stdin
server-password-too-short = в пароле { $characters } зн., нужно не меньше { $least }
server-password-too-long = пароль длиннее { $most } байт
server-password-common = пароль слишком распространён: его или то, из чего он составлен, подбирают в первую очередь
server-password-hash = не удалось вычислить хеш пароля
server-hint-password = не меньше 15 любых знаков и не то, что у многих других: легко запомнить целую фразу
server-user-added = пользователь { $login } добавлен в { $organisation }
server-title-name = ИМЯ
server-title-devices = УСТР-В
server-user-note-disabled = (отключён)
server-user-disabled = { $login } больше не может войти
server-user-enabled = { $login } снова может войти
server-user-password = у { $login } теперь другой пароль

# Журнал
server-ledger-writing = запись журнала: { $why }

# Импорт
server-import-reading = чтение { $file }: { $why }
server-import-none = { $file } не импортирован, ничего не изменено
server-import-line = строка { $line }: { $why }
server-hint-import-lines = исправьте эти строки и импортируйте весь файл ещё раз
server-import-passwords = запись паролей в { $file }: { $why }
server-hint-import-passwords = укажите другой файл: --passwords-to; ничего не изменено
server-imported = импортировано пользователей в { $organisation }: { $count }
server-import-made = создано паролей: { $count }; раздайте их из { $file } и удалите этот файл
server-import-columns = в первой строке нет столбцов login и name
server-hint-import-columns = например: login,name,password
server-import-nobody = в файле никого нет
server-hint-import-nobody = по пользователю в строке, после первой
server-import-there = { $login } уже есть
server-import-twice = { $login } в этом файле дважды
server-import-fields = полей { $fields }, а в первой строке { $columns }
server-import-not-utf-eight = не UTF-8: сохраните файл как «CSV UTF-8»
server-import-login = логин «{ $value }» — не 1–64 буквы, цифры, точки, дефисы и подчёркивания, начиная с буквы или цифры
server-import-name = имя: { $why }

# Проверка
server-doctor-ok = норма
server-doctor-warn = внимание
server-doctor-fail = ОШИБКА
server-doctor-wrong = не всё в порядке, см. выше
server-doctor-will-not-start = сервер не запустится
server-doctor-damaged = восстановите копию в другую папку и сравните; см. `restante-server restore --help`
server-doctor-databases-above = см. базы данных выше
server-doctor-no-certificate = нет: HTTP без шифрования, для этого компьютера или для прокси TLS на нём
server-doctor-both = укажите оба или ни одного
server-doctor-own-user = запустите от имени пользователя сервера
server-doctor-folder-closed = { $folder } закрыта для других
server-doctor-folder-open = другие могут войти или читать: { $open }
server-doctor-folder-close = выполните для папки данных chmod -R go=
server-doctor-disk-unknown = сколько занято, здесь узнать нельзя
server-doctor-disk-free = для { $folder } свободно { $free } МиБ
server-doctor-disk-none = освободите место: почта не принимается
server-doctor-disk-little = скоро понадобится место
server-doctor-clock = сейчас { $now }
server-doctor-clock-behind = сейчас { $now }, а файлы записаны на { $seconds } с позже
server-doctor-clock-set = установите часы (NTP): по ним истекает срок почты
server-doctor-unnamed = { $path } не принадлежит ни организации, ни серверу сообщений
server-doctor-unnamed-hint = если там почта, то реестр старее её: восстановите копию обоих
server-doctor-database = { $database }: всё как записано, сообщений — { $messages }, черновиков — { $drafts }
server-doctor-organisation = { $name }: почта есть
server-doctor-why = { $name }: { $why }
server-doctor-attach = restante-server office attach СЕРВЕР --to ОРГАНИЗАЦИЯ
server-doctor-upgrade = restante-server organisation upgrade ОРГАНИЗАЦИЯ
server-doctor-heard = за неделю обращались все пользователи с устройствами: { $all }
server-doctor-user = { $login } ({ $organisation })
server-doctor-silent = за неделю не обращались { $count } из { $all }: { $names }
server-doctor-silent-hint = когда кто обращался, покажет `restante-server user list ОРГАНИЗАЦИЯ`
server-doctor-plain = HTTP без шифрования на { $addresses }: пароли и почту можно прочитать по дороге
server-doctor-plain-refused = HTTP без шифрования на { $addresses }: пароли и почту можно прочитать по дороге; сервер не запустится
server-doctor-plain-hint = укажите сертификат или поставьте впереди прокси TLS
server-doctor-certificate-hint = укажите сертификат: [tls] в server.toml
server-doctor-certificate-unusable = сервер с ним не запустится
server-doctor-certificate = { $file } действует до { $moment }
server-doctor-certificate-ended = обновите его: агенты его не принимают
server-doctor-certificate-ends = обновите его; новый сервер возьмёт сам
server-doctor-key-open = ключ { $file } может прочитать каждый
server-doctor-key-close = выполните для него chmod o=
server-doctor-setting-off = { $database }: выключен { $setting }: { $what }
server-doctor-fsync = при отключении питания может пропасть вся почта
server-doctor-fsync-hint = укажите fsync = on в postgresql.conf и перечитайте его
server-doctor-pages = отключение питания может повредить давно записанное
server-doctor-pages-hint = укажите full_page_writes = on в postgresql.conf и перечитайте его
server-doctor-commit = при сбое может пропасть принятая почта
server-doctor-commit-hint = укажите synchronous_commit = on; он может быть выключен у самой базы или роли (ALTER DATABASE, ALTER ROLE)
server-doctor-old = { $database }: PostgreSQL { $version } старее { $oldest }
server-doctor-old-hint = обновите PostgreSQL
server-doctor-standby = { $database } — резервный сервер: почта не принимается
server-doctor-standby-hint = укажите основной или сделайте основным этот
server-doctor-not-waited = { $database }: COMMIT не ждёт резервных серверов (на связи: { $standbys }): при переключении может пропасть новейшая почта
server-doctor-not-waited-hint = назовите их в synchronous_standby_names
server-doctor-local = { $database }: synchronous_commit = local, и COMMIT не ждёт { $names }: при переключении может пропасть новейшая почта
server-doctor-local-hint = укажите synchronous_commit = on
server-doctor-alone = { $database }: резервных серверов на связи нет, а COMMIT ждёт { $names }: почта не принимается
server-doctor-alone-hint = запустите резервный сервер или очистите synchronous_standby_names
server-doctor-sound = { $database }: PostgreSQL { $version } хранит принятое; резервных серверов на связи нет
server-doctor-sound-waits = { $database }: PostgreSQL { $version } хранит принятое; COMMIT ждёт { $names }

# Работа
server-hint-certificates = сертификаты проверяет `restante-server doctor`
server-sockets = получение сокетов от systemd: { $why }
server-plain = { $address } доступен не только с этого компьютера, а HTTP здесь без шифрования
server-hint-plain = укажите сертификат (--tls-certificate, --tls-key), или слушайте на 127.0.0.1 за прокси TLS (с --behind-proxy), или добавьте --plain-http-anyway
server-binding = приём соединений на { $address }: { $why }
server-hint-binding = возможно, адрес занят другой программой: укажите другой, --listen АДРЕС

# Что говорит хранилище
server-no-file = такого файла нет
server-file-of-another = это чужая база данных; возможно, файлы перепутаны местами
server-said = «{ $said }»
server-path = { $path }: { $why }
server-database-gate = { $database }: { $why }
server-database-corrupt = { $database }: в таблице «{ $table }» повреждена строка { $row }: «{ $said }»
server-database-busy = { $database }: базу данных слишком долго занимают другие
server-database-disk-full = { $database }: на диске нет места
server-database-away = { $database }: база данных не отвечает: { $why }
server-database-malformed = { $database }: база данных повреждена: { $why }
server-database-disk-broken = { $database }: диск повреждён: { $why }
server-database-fails = { $database }: база данных не работает: { $why }
server-ended-damaged = база данных или её диск повреждены: сервер остановился, чтобы не продолжать наугад

# Чего хранилище не делает
server-refused-on-postgresql = всё уже хранится в PostgreSQL
server-refused-database-not-empty = { $database } не пуста, а переносить можно только в новые базы данных
server-refused-not-moved = таблица «{ $table }» из { $database }: перенесено строк { $rows } из { $expected }, или это другие строки
server-refused-backup-of-postgresql = всё хранится в PostgreSQL: копию делает `pg_dump`
server-refused-backup-of-office = «{ $name }» хранится в PostgreSQL: его копию делает `pg_dump`, а эта команда не может
server-refused-backup-there = { $path } уже есть: копия не записывается поверх другого файла
server-refused-no-address = база данных в другом месте указывается так: postgres://СЕРВЕР/БАЗА
server-refused-bad-address = неверный адрес PostgreSQL: «{ $said }»
server-refused-database-taken = база данных { $database } уже занята сервером сообщений «{ $office }»
server-refused-folder = всё хранится в PostgreSQL, и им могут пользоваться несколько серверов: в папке этого компьютера база данных лежать не может
server-refused-path = { $path } — путь не в кодировке UTF-8
server-refused-registry-gone = в папке { $folder } есть почта, а её реестр restante.db пуст или исчез: верните его или восстановите копию
server-refused-database-of-others = { $database } уже есть и не принадлежит здесь ни серверу сообщений, ни организации: сначала уберите её оттуда
server-refused-office-unavailable = сервер сообщений «{ $office }»: { $why }
server-refused-may-not-create = роли «{ $role }» нельзя создать базу данных «{ $database }»: создайте её вручную и укажите в --url или возьмите --placement current
server-refused-lent = { $database }: посредник выдаёт соединения только на одну транзакцию, а серверу нужны свои; пусть выдаёт их на сеанс (PgBouncer: pool_mode = `session`), или укажите сам PostgreSQL
server-refused-folder-not-empty = папка данных { $folder } не пуста
server-refused-there = { $path } уже есть
server-refused-no-whole-backup = { $archive } — не полная копия: «{ $said }»
server-refused-backup-form = { $archive } имеет формат { $form }, а эта программа знает { $known }: возьмите ту, которая его создала, { $program }

# Сертификат
server-tls-unreadable = файл { $file } не удаётся прочитать: { $why }
server-tls-no-certificate = в файле { $file } нет сертификата в формате PEM
server-tls-no-key = в файле { $file } нет ключа в формате PEM
server-tls-unusable = файл { $file } нельзя использовать: «{ $said }»
server-tls-other-key = ключ в { $key } — не от сертификата в { $file }
server-tls-ended = срок действия сертификата в { $file } истёк { $moment }
server-tls-fails = не удалось включить TLS: «{ $said }»

# Что не так в настройках; прочие причины — те же, что у агента
server-settings-unknown-key = у сервера нет настройки { $key }
server-settings-value-wrong = значение не подходит: { $why }
server-settings-certificate-alone = указан tls.certificate_file, но не tls.key_file
server-settings-key-alone = указан tls.key_file, но не tls.certificate_file
server-settings-no-list = нужен список текстов в кавычках
server-settings-no-addresses = нужен хотя бы один адрес
server-settings-no-mode = нужны восьмеричные цифры от "0" до "0777"
server-settings-no-network = «{ $value }» — не сеть вида 10.0.0.0/8
server-settings-no-number = нужно целое число от 1 до { $most }
