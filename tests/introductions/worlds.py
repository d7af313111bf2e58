"""Four networks in three languages, and one that mixes them."""

from collections.abc import Callable

from tests.introductions import introduced, mistakable
from tests.introductions.world import World

ENGLISH = {
    "intro": [
        "Intro: you <> NAME",
        "Introducing NAME",
        "Mira, meet NAME",
        "Connecting the two of you",
        "Introduction / NAME",
    ],
    "plain": [
        "The workshop",
        "Pricing for the spring",
        "A thought",
        "Numbers",
        "About last week",
        "Your idea",
        "Dates",
    ],
    "handover": ["Handing over to a colleague", "My last day", "Who takes over"],
    "meet": ["Can we meet?", "Meeting next week", "A time to meet in May"],
    "slides": ["Introduction to our platform", "Meet the team: slides", "Intro to Kubernetes"],
}
GERMAN = {
    "intro": [
        "Darf ich vorstellen: NAME",
        "Vorstellung: NAME",
        "Ich möchte euch bekannt machen",
        "Kontakt zu NAME",
        "NAME <> Mira",
    ],
    "plain": [
        "Der Workshop",
        "Angebot für den Herbst",
        "Ein Gedanke",
        "Zahlen",
        "Zu letzter Woche",
        "Termine",
        "Rückfrage",
    ],
    "handover": ["Übergabe an meine Kollegin", "Mein letzter Tag", "Neue Ansprechpartnerin"],
    "meet": ["Können wir uns treffen?", "Termin nächste Woche", "Treffen im Mai"],
    "slides": ["Vorstellung der Plattform am Dienstag", "Einführung in die Software", "Präsentation Q3"],
}
FRENCH = {
    "intro": ["Mise en relation avec NAME", "Je te présente NAME", "Mise en contact", "NAME / Mira : mise en relation"],
    "plain": [
        "L'atelier",
        "Tarifs du printemps",
        "Une idée",
        "Les chiffres",
        "La semaine dernière",
        "Dates",
        "Question",
    ],
    "handover": ["Passage de relais", "Mon dernier jour", "Votre nouvel interlocuteur"],
    "meet": ["Peut-on se voir ?", "Rendez-vous la semaine prochaine", "On se rencontre en mai ?"],
    "slides": ["Présentation du budget", "Introduction à la plateforme", "Présentations de mardi"],
}
MIXED = {kind: [*ENGLISH[kind], *GERMAN[kind], *FRENCH[kind]] for kind in ENGLISH}


def build(language: str, words: dict[str, list[str]], seed: int, friends: int, times: tuple[int, int]) -> World:
    """Tell a world: old friends, every kind of introduction, and everything that looks like one, so many times each."""
    world = World(language, words, seed)
    world.befriend(friends)
    scenes: list[Callable[[World], None]] = [*introduced.SCENES * times[0], *mistakable.SCENES * times[1]]
    scenes += introduced.MINE * times[0]
    world.random.shuffle(scenes)
    for scene in scenes:
        scene(world)
    return world


def small(language: str, words: dict[str, list[str]], seed: int) -> World:
    """Tell of a few old friends only: what is due is named in `digests`."""
    world = World(language, words, seed)
    world.befriend(10)
    return world


#: The worlds a year of digests is read in.
YEARS: dict[str, Callable[[], World]] = {
    "founder, English": lambda: small("en", ENGLISH, 7),
    "consultant, German": lambda: small("de", GERMAN, 19),
    "fundraiser, French": lambda: small("fr", FRENCH, 29),
    "recruiter, English": lambda: small("en", ENGLISH, 43),
}
WORLDS: dict[str, Callable[[], World]] = {
    "founder, English": lambda: build("en", ENGLISH, 11, 24, (4, 4)),
    "consultant, German": lambda: build("de", GERMAN, 23, 18, (3, 6)),
    "fundraiser, French": lambda: build("fr", FRENCH, 37, 30, (5, 3)),
    "recruiter, mixed": lambda: build("xx", MIXED, 41, 40, (6, 6)),
}
