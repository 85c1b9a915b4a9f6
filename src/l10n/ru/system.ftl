# Почему операционная система чего-то не сделала
system-not-found = такого файла или папки нет
system-permission-denied = нет прав
system-already-there = там уже что-то есть
system-not-a-folder = там не папка
system-is-a-folder = там папка
system-read-only = диск доступен только для чтения
system-disk-full = на диске нет места
system-quota-exceeded = отведённое место на диске исчерпано
system-too-large = слишком большой размер
system-out-of-memory = не хватает памяти
system-address-in-use = адрес уже занят другой программой
system-address-not-here = у этого компьютера нет такого адреса
system-other = система сообщает: «{ $said }»

# Папки, которыми нельзя пользоваться
paths-bad-profile = имя профиля «{ $name }» — не 1–32 латинские буквы, цифры, дефисы и подчёркивания
paths-no-home = домашняя папка пользователя неизвестна (HOME не задана)
paths-socket-too-long = путь к сокету { $path } слишком длинный: { $bytes } байт при допустимых { $limit }; укажите в XDG_RUNTIME_DIR папку с более коротким путём
paths-not-ours = папка { $path } принадлежит другому пользователю (id { $owner })
paths-not-a-folder = { $path } — не папка
paths-not-created = не удалось создать папку { $path }: { $why }
paths-not-looked-at = не удалось проверить папку { $path }: { $why }
paths-not-closed = не удалось закрыть папку { $path } от других пользователей: { $why }

# Что не по правилам TOML
toml-no-quotes = нет значения, или текст стоит без кавычек; нужно так: "5m"
toml-no-equals-sign = у настройки нет значения; нужно так: название = значение
toml-unclosed = не закрыта кавычка или скобка
toml-twice = это уже есть в файле выше
toml-other = файл записан не по правилам TOML: «{ $said }»

# На что смотрит проверка
doctor-name-agent = агент
doctor-name-folders = папки
doctor-name-settings = настройки
doctor-name-proxy = прокси
doctor-name-certificates = сертификаты
doctor-name-server = сервер
doctor-name-clock = часы
doctor-name-keyring = связка ключей
doctor-name-tray = значок
doctor-name-speech = голос
doctor-name-notifications = уведомления
doctor-name-disk = диск
doctor-name-database = база данных
doctor-name-folder = папка
doctor-name-organisation = организация
doctor-name-organisations = организации
doctor-name-agents = агенты
doctor-name-listen = адреса
doctor-name-certificate = сертификат
doctor-name-postgresql = PostgreSQL
