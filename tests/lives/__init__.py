"""Lifelike lives with their truth written down first: is the digest right, week by week, through the real command line?"""
