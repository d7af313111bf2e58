"""Gmail and Google Calendar through Google's own client library; metadata only.

Read `connector` first, then `mail` (with `plan`, `survey` and `history`, which decide) and `calendar`. Everything goes
through `api.calls` (repeats), `rate_limit` (quota) and `api.transport` (credentials, proxies, certificates).
"""

import warnings

# google.api_core compares today's date with the end of life of Python's versions when it is imported, and would write
# its advice into the middle of what a command prints. Whoever installs Python learns of it elsewhere.
warnings.filterwarnings("ignore", r"You are using a (non-supported )?Python version", FutureWarning, "google")
