"""Gmail and Google Calendar through Google's own client library; metadata only.

Read `connector` first, then `mail` (with `plan`, `survey` and `history`, which decide) and `calendar`. Everything goes
through `calls` (repeats), `pacing` (quota) and `transport` (credentials, proxies, certificates).
"""
