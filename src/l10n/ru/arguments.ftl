# Что каждая программа говорит о набранном после её имени. Ключи начинаются с arguments- или hint.

hint = совет: { $hint }

# Справка
arguments-usage = Использование: { $usage }
arguments-usage-options = [ПАРАМЕТРЫ]
arguments-usage-command = <КОМАНДА>
arguments-usage-command-optional = [КОМАНДА]
arguments-commands = Команды:
arguments-arguments = Аргументы:
arguments-options = Параметры:
arguments-options-everywhere = Параметры всех команд:
arguments-help = Показать справку
arguments-help-command = Показать эту справку или справку по указанной команде
arguments-version = Показать версию
arguments-variable = [переменная: { $what }]
arguments-default = [по умолчанию: { $what }]
arguments-possible-values = [возможные значения: { $what }]
arguments-possible-commands = [команды: { $what }]

# Ошибки
arguments-mistake = ошибка: { $what }
arguments-missing = не указаны обязательные аргументы:
arguments-command-missing = после «{ $command }» нужна команда, но её нет
arguments-unknown = неизвестный или лишний аргумент «{ $argument }»
arguments-unknown-command = неизвестная команда «{ $command }»
arguments-no-value = для «{ $argument }» нужно значение, но его нет
arguments-bad-value = недопустимое значение «{ $value }» для «{ $argument }»
arguments-too-many-values = лишнее значение «{ $value }» для «{ $argument }»
arguments-twice = «{ $argument }» нельзя указывать несколько раз
arguments-conflict = «{ $argument }» нельзя указывать вместе с «{ $other }»
arguments-conflicts = «{ $argument }» нельзя указывать вместе с этими параметрами:
arguments-more = Подробнее: --help.

# Похожее
arguments-tip = совет: { $tip }
arguments-quoted = «{ $name }»
arguments-near-command = { $count ->
    [one] есть похожая команда: { $names }
   *[other] есть похожие команды: { $names }
}
arguments-near-argument = { $count ->
    [one] есть похожий параметр: { $names }
   *[other] есть похожие параметры: { $names }
}
arguments-near-value = { $count ->
    [one] есть похожее значение: { $names }
   *[other] есть похожие значения: { $names }
}
arguments-as-value = чтобы передать «{ $value }» как значение, наберите «{ $line }»
arguments-elsewhere = есть «{ $line }»
arguments-no-dashes = команда «{ $command }» есть: уберите перед ней «--»

# Почему значение не принято
arguments-not-a-number = «{ $value }» — не целое число
arguments-not-in-range = «{ $value }» вне пределов { $range }
arguments-not-a-duration = «{ $value }» — не целое число с единицей, например 300s, 5m, 24h или 7d (секунды, минуты, часы, дни)
arguments-not-a-folder = папки «{ $value }» нет, есть inbox, sent, drafts и outbox
arguments-not-an-id = это не номер письма
arguments-not-a-name = «{ $value }» — не 1–64 буквы, цифры, точки, дефисы и подчёркивания, начиная с буквы или цифры
arguments-not-one-line = нужны 1–200 знаков в одной строке
arguments-not-a-range = пределы записываются так: 30s..24h
arguments-range-backwards = пределы идут от более короткого интервала, не меньше 1s, к более длинному
arguments-not-a-moment = время «{ $value }» записано не так, как 2026-11-24T09:30:00Z
arguments-not-an-address = «{ $value }» — не АДРЕС:ПОРТ, например 127.0.0.1:8025, и не полный путь к сокету, например unix:/run/restante/server.sock
