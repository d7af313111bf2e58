"""What people write about, as far as subjects and meeting titles show: distinctive words, never sensitive ones."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

#: prefixes that programs put before a subject
PREFIX = re.compile(r"^(?:\s*(?:re|fwd?|aw|wg|tr|rv|sv|vs|antw|automatic reply)\s*:)+", re.IGNORECASE)
WORD = re.compile(r"[^\W\d_]{5,24}")
#: "As promised", "Signed and attached": what was done with a matter is none
DONE = re.compile(r"(?<!e)ed$")
#: a matter of two is one that at most one in so many people writes about
FEW = 12
#: What says nothing of a matter: English, German, French, Spanish.
USUAL = frozenset(
    """about after again agenda anfrage antwort appel appointment august avril before betreff bitte bonjour breakfast
    bureau calendar catch chat check coffee cette coming confirmed contact dates deine dejeuner demain dezember dienstag
    dinner document donnerstag draft dringend email encore entre erinnerung ersten event february fecha feedback first
    follow following forward freitag friday fragen frage gestern gracias great gruss hallo hello heute hola idea ideas
    important information invitation invite invoice january jeudi juillet kaffee kalender kurze kurzer last later
    letzter letzte lundi lunch march mardi maybe meeting merci message mercredi minutes mittwoch monday montag monthly
    morgen neues news notes numbers october other party phone please pregunta proposal question questions quick
    rendezvous reminder reply response reunion right samstag saturday schedule schnelle semaine september shared should
    slides some something sonntag sunday super talk termin termine thank thanks their these thing things think this
    thought thoughts thursday time today tomorrow touch treffen tuesday update urgent vendredi visit wednesday week
    weekly where which woche words would your zahlen zusammen abril agosto asunto avant bientot cena comida correo
    diciembre domingo enero febrero jueves junio julio lunes marzo martes miercoles octobre octubre sabado viernes
    step steps schritt schritte etape etapes paso pasos
    model models attached there really still again plans travel article autumn automne budget brief contract
    conference contrat draft eindruck entwurf feedback frage frühling
    herbst hiver invierno kickoff launch meetings offer offre otoño primavera printemps project projekt projet proyecto
    reference referenz report rapport sommer spring summer status team teams verano vertrag winter workshop atelier
    revision revisions version versions versprochen besprochen gewünscht promis convenu prometido acordado hablado
    idee gedanke rueckfrage rückfrage prochaine
    """.split()  # noqa: SIM905 - a list of words reads better than a list of strings
)
#: What no one wants to be introduced by: health, money trouble, work trouble, family, law.
SENSITIVE = frozenset(
    """abmahnung adoption affair alcohol alimony anwalt arrest arzt bankrupt bankruptcy burial burnout cancer chemo
    chemotherapy clinic complaint confidential counseling court credit criminal debt debts decease depression diagnosis
    dismissal disease divorce doctor double drugs embarazo enfermedad entlassung erbe fired funeral gehalt gericht
    gesundheit grievance harassment health hospital illness insolvency insolvenz inheritance kanzlei klage krank
    krankheit krebs kündigung lawsuit lawyer layoff layoffs legal licenciement litigation loan maladie medical memorial
    miscarriage mortgage operation patient pregnancy pregnant prison private privat probation psychiatrist rehab
    religion resign resignation salary scheidung schulden schwanger separation settlement sickness sterbefall strafe
    surgery tax taxes termination testament therapie therapist therapy tribunal trauma treatment trennung tumor
    vertraulich visa whistleblower
    """.split()  # noqa: SIM905 - as above
)


def words_of(subject: str) -> set[str]:
    """Return the words of a subject that could name a matter, in lower case."""
    found = {word.casefold() for word in WORD.findall(PREFIX.sub("", subject[:300]))}
    return set() if found & SENSITIVE else {word for word in found - USUAL if not DONE.search(word)}


class Topics:
    """Who writes with the user about what: from subjects that the user wrote themselves too."""

    def __init__(self, names: Iterable[str]) -> None:
        """Begin; words of people's `names` name no matter."""
        self._names = {word.casefold() for name in names for word in WORD.findall(name)}
        self._said: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        self._own: set[tuple[str, str]] = set()

    def add(self, person: str, subject: str, occasion: str, *, mine: bool) -> None:
        """Note one email or meeting with a person; `occasion` is its thread, `mine` whether the user wrote it."""
        for word in words_of(subject) - self._names:
            self._said[word][person].add(occasion)
            if mine:
                self._own.add((word, person))

    def common(self, everybody: int) -> Mapping[str, Collection[str]]:
        """Return the words that few people share with the user, each on several occasions and in the user's own words.

        The rarest come first, then those that came up most often.

        Args:
            everybody: how many people were looked at; a word that many of them use says nothing of two.
        """
        few = max(2, everybody // FEW)
        found: dict[str, list[str]] = {}
        for word, people in self._said.items():
            sharing = [who for who, on in people.items() if len(on) >= 2 and (word, who) in self._own]
            if len(sharing) >= 2 and len(people) <= few:
                found[word] = sorted(sharing)
        often = {word: sum(len(self._said[word][who]) for who in found[word]) for word in found}
        return {word: found[word] for word in sorted(found, key=lambda word: (len(found[word]), -often[word], word))}
