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
