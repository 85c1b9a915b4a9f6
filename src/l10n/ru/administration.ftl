# Страницы администраторов. Ключи начинаются с administration-.

administration-title = Администрирование
administration-menu = Страницы
administration-skip = К содержанию
administration-sign-in = Войти
administration-sign-out = Выйти
administration-administrator = Администратор
administration-password = Пароль
administration-wrong = администратор и пароль не подходят друг к другу
administration-too-many = слишком много неверных паролей отсюда: повторите через { $seconds } с
administration-busy = слишком много входов одновременно: повторите через { $seconds } с
administration-form-old = Форма устарела или отправлена не отсюда. Ничего не изменено.
administration-again = Начать заново
administration-missing = Такой страницы нет
administration-offices = Серверы сообщений
administration-office = Сервер сообщений
administration-agents = Агенты
administration-organisation = Организация
administration-organisations = Организации
administration-database = База данных
administration-interval = Интервал опроса агента клиента (сек)
administration-interval-short = Интервал
administration-lifetime = Время «жизни» сообщений
administration-lifetime-hint = Новое время «жизни» действует и для сообщений, которые ещё ждут; новому интервалу агенты следуют со следующей проверки.
administration-nobody = никому
administration-locked = интервал закреплён
administration-none-attached = не присоединён
administration-no-organisation = Организаций пока нет: restante-server organisation create ИМЯ
administration-no-office = Серверов сообщений пока нет.
administration-no-user = Пользователей пока нет.
administration-users-count = { $count ->
    [one] { $count } пользователь
    [few] { $count } пользователя
   *[many] { $count } пользователей
}
administration-users-of = Пользователи { $name }
administration-create = Создать
administration-create-title = Создать сервер сообщений
administration-attach = Присоединить
administration-attach-title = Присоединить сервер сообщений: { $name }
administration-available = Доступные серверы сообщений
administration-detach = Отсоединить
administration-detach-warning = Пользователи останутся без почты, пока сервер сообщений не присоединён; то, что ждёт на { $name }, останется там.
administration-change = Изменить
administration-save = Сохранить
administration-cancel = Отмена
administration-office-title = Сервер сообщений { $name }
administration-name = Имя
administration-placement = Размещение
administration-separate = отдельная база данных
administration-current = в базе данных организации
administration-recommended = рекомендуется
administration-folder = Каталог
administration-data-folder = каталог данных
administration-range = Что могут выбрать пользователи
administration-shortest = Кратчайший интервал (сек)
administration-longest = Длиннейший интервал (сек)
administration-lock = Закрепить интервал: пользователи не выбирают
administration-oldest-client = Самая старая версия агентов
administration-any-version = любая
administration-oldest-client-hint = Агенты старее не обслуживаются и сообщают пользователям, какая версия нужна, например 1.2.0.
administration-unit = Единица
administration-days = дни
administration-hours = часы
administration-minutes = минуты
administration-seconds = секунды
administration-seconds-short = с
administration-span-days = { $count ->
    [one] { $count } день
    [few] { $count } дня
   *[many] { $count } дней
}
administration-span-hours = { $count ->
    [one] { $count } час
    [few] { $count } часа
   *[many] { $count } часов
}
administration-span-minutes = { $count ->
    [one] { $count } минута
    [few] { $count } минуты
   *[many] { $count } минут
}
administration-span-seconds = { $count ->
    [one] { $count } секунда
    [few] { $count } секунды
   *[many] { $count } секунд
}
administration-bad-name = имя состоит из 1–64 букв, цифр, точек, дефисов и подчёркиваний и начинается с буквы или цифры
administration-bad-folder = каталог указывается полностью, начиная с /
administration-bad-interval = интервал — целое число секунд от 1 до 31536000
administration-bad-range = кратчайший интервал длиннее длиннейшего
administration-bad-version = версия записывается как 1.2.3 или не указывается
administration-bad-lifetime = время «жизни» — целое число, не больше десяти лет
administration-name-taken = «{ $name }» уже есть
administration-unknown = «{ $name }» не существует
administration-failed = не удалось: { $why }
administration-done-created = Сервер сообщений создан. Присоедините его к организации.
administration-done-attached = Сервер сообщений присоединён.
administration-done-detached = Сервер сообщений отсоединён.
administration-done-changed = Сохранено.
administration-done-disabled = Пользователь больше не может войти ни на одном устройстве.
administration-done-enabled = Пользователь снова может войти.
administration-done-revoked = На устройстве выполнен выход.
administration-login = Логин
administration-called = Имя
administration-user = Пользователь
administration-device = Устройство
administration-devices = Устройства
administration-version = Версия
administration-last-seen = Последнее обращение
administration-never = никогда
administration-mode = Состояние
administration-mode-silent = молчит
administration-mode-never = ни разу не входил
administration-mode-online = на связи
administration-mode-disabled = отключён
administration-silence-hint = Молчит тот, кто не обращался дольше двух своих интервалов: выключен, без сети или в автономном режиме, в котором агент никого не спрашивает.
administration-disable = Отключить
administration-enable = Включить
administration-revoke = Отозвать вход
