"""The people of the made-up life, and how the user keeps in touch with each."""

from typing import NamedTuple

OWNER = ("Nora Lindgren", "nora@lindgren-studio.example")


class Part(NamedTuple):
    """One person: in touch about every so many days, since so many days ago, quiet for so many, often met or not."""

    name: str
    address: str
    every: int
    since: int
    quiet: int = 0
    meets: bool = False


#: Addresses are in names reserved for examples (RFC 2606).
CAST = (
    Part("Tomasz Zielinski", "tomasz@northlight.example", 8, 900, meets=True),
    Part("Amara Okonkwo", "amara.okonkwo@fieldnote.example", 14, 1000, meets=True),
    Part("Élodie Fournier", "elodie@atelier-fournier.example", 21, 950, quiet=120, meets=True),
    Part("Hiro Tanaka", "hiro.tanaka@kobo-design.example", 12, 700),
    Part("Sam Whitfield", "sam@whitfield-law.example", 25, 820, quiet=150),
    Part("Priya Raman", "priya.raman@harborcap.example", 10, 640, quiet=62, meets=True),
    Part("Jonas Bergqvist", "jonas@bergqvist.example", 18, 1000, meets=True),
    Part("Lucía Herrero", "lucia@herrero-press.example", 30, 900, quiet=210),
    Part("Daniel Osei", "daniel.osei@brightloom.example", 15, 500, meets=True),
    Part("Mei-Ling Chen", "meiling@chenworks.example", 20, 760),
    Part("Farid Haddad", "farid@haddad-partners.example", 9, 430, quiet=50),
    Part("Ingrid Solberg", "ingrid.solberg@fjordbank.example", 28, 980, meets=True),
    Part("Ruth Abrams", "ruth@abramsfoundation.example", 35, 1000),
    Part("Kwame Mensah", "kwame@mensah-studio.example", 16, 300, meets=True),
    Part("Chiara Bianchi", "chiara.bianchi@tessera.example", 24, 880, quiet=95),
    Part("Oskar Nowak", "oskar@nowak-it.example", 11, 210),
    Part("Leila Farahani", "leila@farahani.example", 13, 120, meets=True),
    Part("Ben Carlisle", "ben.carlisle@oldmill.example", 40, 900),
    Part("Yuki Mori", "yuki@mori-paper.example", 22, 620),
    Part("Anton Petrov", "anton.petrov@gridline.example", 19, 540, quiet=30),
    Part("Grace Mbeki", "grace@mbeki-consulting.example", 17, 710, meets=True),
    Part("Noah Feldman", "noah@feldman-vc.example", 26, 450, quiet=140),
)
#: Who writes without being anyone one knows.
LISTS = (("The Morning Brief", "news@morningbrief.example"), ("Parcel Service", "no-reply@parcels.example"))
TOPICS = (
    "The autumn workshop", "Coffee next week?", "Your draft", "A thought on pricing", "Photos from Thursday",
    "The panel", "Notes from today", "An idea", "Proposal", "How did it go?", "The new studio", "Dinner in spring",
    "Contract", "A book for you", "The exhibition", "Question about the grant", "Invoice", "Travel plans",
)  # fmt: skip
MEETINGS = ("Lunch", "Coffee", "Walk", "Catch-up", "Planning", "Breakfast")
