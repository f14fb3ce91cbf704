"""Who comes into the shop, for what, from where: drawn from here, no two alike."""

from __future__ import annotations

LAST_NAMES = (
    "Абрамов", "Беляев", "Васильев", "Горбунов", "Данилов", "Ершов", "Жуков", "Зимин",
    "Ильин", "Калинин", "Лапин", "Макаров", "Никитин", "Осипов", "Панов", "Рожков",
    "Савин", "Тарасов", "Уваров", "Фомин", "Хохлов", "Цветков", "Чернов", "Шилов",
    "Щукин", "Юдин", "Яшин", "Белов", "Власов", "Гусев", "Дёмин", "Егоров",
)  # fmt: skip
FIRST_NAMES = (
    "Алексей", "Борис", "Виктор", "Глеб", "Денис", "Егор",
    "Захар", "Кирилл", "Леонид", "Михаил", "Роман", "Юрий",
)  # fmt: skip
COMPANIES = (
    "ДК «Маяк»", "Школа искусств № 4", "Клуб «Квадрат»", "Театр «На Литейном»", "Студия «Эхо»",
    "Фестиваль «Белые ночи»", "Отель «Парус»", "Филармония", "Бар «Контрабас»", "ТРК «Волна»",
)  # fmt: skip
# Whom Megaplan and 1C know from former deals: all of them of all kinds.
FIRM_KINDS = (
    "Театр", "Клуб", "Студия", "Школа", "Отель", "Бар", "Центр", "Ансамбль", "Прокат", "Радио",
)  # fmt: skip
FIRM_NAMES = (
    "Аврора", "Весна", "Гамма", "Диапазон", "Заря", "Исток", "Кадр", "Лира", "Мираж",
    "Нота", "Орфей", "Пульс", "Ритм", "Сцена", "Тембр", "Унисон", "Форте", "Этюд",
)  # fmt: skip
# Name, roubles for one, article; empty if the shop does not know it.
Goods = tuple[str, float, str]
GOODS: tuple[Goods, ...] = (
    ("Yamaha DTX6K3-X", 149_900.0, "DTX6K3-X"),
    ("Roland FP-30X", 84_500.0, "FP-30X-BK"),
    ("Shure SM58-LCE", 12_490.0, "SM58-LCE"),
    ("Behringer X32 Compact", 189_000.0, "X32-COMPACT"),
    ("JBL EON715", 71_300.0, "EON715-EK"),
    ("Fender Player", 98_700.0, "0145102515"),
    ("Casio CDP-S110", 46_200.0, "CDP-S110BK"),
    ("Martin MAC Aura", 410_000.0, "90232030"),
    ("AKG C414 XLII", 118_400.0, "3059X00040"),
    ("Yamaha MG12XU", 39_900.0, "MG12XU"),
    ("Korg Kronos 2", 265_000.0, "KRONOS2-61"),
    ("Sennheiser EW-D", 63_800.0, "508701"),
)
# What the supplier has none of, has in two colours, and does not sell at all.
SOLD_OUT: Goods = ("Soundcraft Ui24R", 99_900.0, "UI24R")
ALIKE: Goods = ("Yamaha P-145", 52_990.0, "")
UNLISTED: Goods = ("Nord Stage 4 88", 489_000.0, "AMS-NST4-88")
CITIES = ("Казань", "Самара", "Москва", "Тула", "Пермь", "Омск", "Химки", "Тверь")
DELIVERIES = ("Самовывоз", "Доставка", "Транспортная компания")

KPP = "999001001"
_WEIGHTS = (2, 4, 10, 3, 5, 9, 4, 6, 8)


def inn(number: int) -> str:
    """Return the ИНН of the n-th firm: of no region there is, with a right check digit."""
    nine = f"9991{number:05}"
    check = sum(int(digit) * weight for digit, weight in zip(nine, _WEIGHTS, strict=True)) % 11
    return f"{nine}{check % 10}"
