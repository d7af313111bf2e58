"""Made-up networks whose introductions are written down first, in three languages: are they found, and no others?"""
