"""Numbers of the French registers, valid, and from ranges that no real organisation bears."""

from random import Random

from stdnum import luhn

LA_POSTE = "356000000"
_UAI_LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"
_CORSICA = {"2A": "620", "2B": "720"}


def siret(random: Random, *, public: bool = False) -> str:
    """Fourteen digits that satisfy Luhn, whole and in the first nine. Public bodies begin with 2."""
    start = f"{2 if public else random.randrange(3, 10)}{random.randrange(10**7):07d}"
    establishment = f"{start}{luhn.calc_check_digit(start)}{random.randrange(9000, 10000)}"
    return establishment + luhn.calc_check_digit(establishment)


def siret_of_la_poste(random: Random) -> str:
    """La Poste's establishments have digits that sum to a multiple of five instead."""
    start = f"{LA_POSTE}{random.randrange(9000, 10000)}"
    return f"{start}{-sum(map(int, start)) % 5 + random.choice((0, 5))}"


def impossible(siret: str) -> str:
    """The same number with a wrong check digit."""
    return siret[:-1] + str((int(siret[-1]) + 1) % 10)


def uai(random: Random, *, departement: str) -> str:
    """Seven digits, the first three of the département, and their check letter."""
    area = _CORSICA.get(departement, departement.zfill(3))
    number = f"{area}{random.randrange(9000, 10000)}"
    return number + _UAI_LETTERS[int(number) % len(_UAI_LETTERS)]


def rna(random: Random, *, departement: str) -> str:
    area = _CORSICA.get(departement, departement)[:2]
    return f"W{area}9{random.randrange(900000, 1000000)}"


def phone(random: Random) -> str:
    """From the ranges that the regulator keeps for fiction."""
    start = random.choice(("019900", "026191", "035301", "046571", "053649", "063998"))
    return f"{start}{random.randrange(10000):04d}"
